# Streams that a user has redirected: what the other language prints meanwhile goes there, too. A call says which
# streams are redirected where it comes from; the called side collects what is printed on those of its own, and
# hands it back before it answers or calls back.

"The names of the streams for which code of ours has put something else."
function redirected(session)
    names = Any[]
    stdout === session.stdout || push!(names, "stdout")
    stderr === session.stderr || push!(names, "stderr")
    return names
end

is_collecting(session) =
    session.stdout.collected !== nothing || session.stderr.collected !== nothing || session.bridge.shows_there

"""
    collected(f, session, names)

What `f()` prints on the streams of these names is written to the other language's, before this returns.
"""
function collected(f, session, names)
    streams = (session.stdout, session.stderr)
    before = map(stream -> stream.collected, streams)
    flush(session.stdout)
    flush(session.stderr)
    bridge = session.bridge
    shown_there, bridge.shows_there = bridge.shows_there, "display" in names
    for stream in streams
        stream.collected = stream.name in names ? IOBuffer() : nothing
    end
    try
        return f()
    finally
        try
            hand_over(session)
        finally
            for (stream, collector) in zip(streams, before)
                stream.collected = collector
            end
            bridge.shows_there = shown_there
        end
    end
end

"Lets the other language have what was printed, before something else is done there."
function hand_over(session)
    for stream in (session.stdout, session.stderr)
        stream.collected === nothing && continue
        flush(stream)
        text = String(take!(stream.collected))
        isempty(text) || call_python("polyglot.write", stream.name, text)
    end
    return nothing
end

"Has the other language show the data of a `display_data`, or of an update, as it captures what is displayed."
function show_there(session, data::JSON.Fields, metadata::JSON.Fields, id, update::Bool)
    hand_over(session)
    bundle = Dict{Any,Any}(mime => plain_form(form) for (mime, form) in data)
    about = Dict{Any,Any}(name => plain_metadata(value) for (name, value) in metadata)
    call_python("polyglot.display", bundle, about, id === nothing ? nothing : string(id), update)
    return nothing
end

plain_metadata(value) = JSON.parse(JSON.json(value))

"Prints what the other language printed on its stream of this name."
write_here(session, name::String, text::String) = print(name == "stdout" ? stdout : stderr, text)
