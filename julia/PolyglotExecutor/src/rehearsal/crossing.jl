# Cells that ask Python, with a Python that this process plays itself, for the cache of the package.

"""
    with_python(f, session, answers)

`f()`, in which one call of Python after the other is answered with these values, or frames. What is asked beyond
them fails: a step that does not go as it was meant to may leave nobody waiting.
"""
function with_python(f, session::Session, answers::Vector{Any})
    number = session.calls.last + 1
    is_over = Ref(false)
    python = Task() do
        while !is_over[]
            if waiting_for(session.calls, number) === nothing
                yield()
            else
                value = isempty(answers) ? ForeignError("not rehearsed") : popfirst!(answers)
                deliver(session, rehearsed_return(session, number, value))
                number += 1
            end
        end
    end
    python.sticky = true
    schedule(python)
    try
        f()
    finally
        is_over[] = true
    end
    return nothing
end

"An object that stays in Python, by the name of its type."
struct Foreign
    type_name::String
end

"An error of Python's."
struct ForeignError
    message::String
end

function rehearsed_return(session::Session, number::Int, @nospecialize(value))
    bridge = session.bridge
    header = Dict{String,Any}(
        "type" => "return", "status" => "ok", "call" => number, "generation" => 1
    )
    sent = if value isa Foreign
        outgoing(encode_foreign, bridge, value.type_name)
    elseif value isa ForeignError
        header["status"] = "error"
        merge!(header, Dict("ename" => "ValueError", "evalue" => value.message))
        header["traceback"] = Any["Traceback (most recent call last)", value.message]
        outgoing(encode_foreign, bridge, "ValueError")
    else
        outgoing(Values.encode, bridge, value)
    end
    return Frames.Frame(header, sent.buffers, UInt32(0))
end

function encode_foreign(codec::Values.Codec, type_name::String)
    encoder = Values.Encoder(codec)
    reference = Values.Reference("python", 1, length(type_name), type_name, true)
    Values.write_foreign_reference(encoder, reference)
    return Values.finish(encoder)
end

"Cells that ask Python, and what it answers."
rehearsed_questions_to_python() = Any[
    ("py.x", Any[1]),
    ("py.x = 1", Any[nothing]),
    ("py.f(1)", Any[Foreign("function"), 1]),
    ("py.len([1, 2])", Any[Foreign("function"), 2]),
    ("py.np.sum([1.5 2.5])", Any[Foreign("module"), Foreign("function"), 4.0]),
    ("py.object", Any[Foreign("function"), Dict{Any,Any}("text/plain" => "<object>", "text/html" => "<b>o</b>")]),
    ("py.f(1; key = \"a\")", Any[Foreign("function"), "text"]),
    ("py\"1 + 1\"", Any[2]),
    ("pyimport(\"math\").pi", Any[Foreign("module"), 3.14]),
    ("py.fails()", Any[Foreign("function"), ForeignError("text")]),
    ("py.array", Any[[1.5, 2.5]]),
    ("string(py.object)", Any[Foreign("function"), "text"]),
    ("py.object == 1", Any[Foreign("function"), true]),
    ("py.object[1]", Any[Foreign("function"), 1]),
    ("[item for item in py.object]", Any[Foreign("function"), Foreign("function"), Any[1, 2], Any[]]),
]

function rehearse_crossing(session::Session)
    for (code, answers) in rehearsed_questions_to_python()
        rehearse_step(code) do
            with_python(() -> handle(session, rehearsed("execute", code)), session, answers)
        end
    end
    for value in rehearsed_values()
        rehearse_step("-i and -o") do
            frame = rehearsed("execute", "it")
            frame.header["inputs"] = frame.header["outputs"] = Any[Any["it", "it"]]
            with_python(() -> handle(session, frame), session, Any[value, nothing])
        end
    end
    rehearse_step("release") do
        release_arrived(session, Dict{String,Any}("refs" => Any[], "segments" => Any[]))
        GC.gc(false)
        release_dropped(session)
    end
    return nothing
end
