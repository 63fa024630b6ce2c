# Completion of `py.…` and of the objects that stay in Python.

"How long Python may take to name what there is, in seconds; while it runs a cell it is not asked."
const NAMES_LIMIT = 1.0

const DOTTED_NAME = r"([\p{L}_][\w!]*(?:\.\w+)*)\.(\w*)$"

"The content of `complete_reply` where the cursor is behind a name of Python's, else `nothing`."
function python_completions(session, code::String, cursor_pos::Int)
    cursor_pos = clamp(cursor_pos, 0, length(code))
    found = match(DOTTED_NAME, first(code, cursor_pos))
    found === nothing && return nothing
    path = split(found[1], '.')
    root = python_root(session, path)
    root === nothing && return nothing
    names = python_names(session, root, path[2:end])
    matches = sort!(String[name for name in names if startswith(name, found[2])])
    start = cursor_pos - length(found[2])
    return typed_completions(matches, "property", start, cursor_pos)
end

"The content of `complete_reply` with `matches` of one type for what stands from `start` to `stop`."
function typed_completions(matches::Vector{String}, type::String, start::Int, stop::Int)
    entries = Any[
        JSON.fields("text" => text, "type" => type, "start" => start, "end" => stop) for
        text in matches
    ]
    return JSON.fields(
        "status" => "ok",
        "matches" => matches,
        "cursor_start" => start,
        "cursor_end" => stop,
        "metadata" => JSON.fields("_jupyter_types_experimental" => entries),
    )
end

"The same for a name behind `-i` or `-o`, which is that of a variable."
function variable_completions(session, prefix::String)
    isours(name) = isdefined(session.mod, name) && is_variable_name(session, session.mod, name) && is_plain_name(name)
    own = String[string(name) for name in names(session.mod; all=true) if isours(name)]
    matches = sort!(filter(name -> startswith(name, prefix), own))
    return typed_completions(matches, "variable", 0, length(prefix))
end

"What the first name of a path stands for, if that is Python or an object of its."
function python_root(session, path)
    name = Symbol(path[1])
    isdefined(session.mod, name) || return nothing
    value = getfield(session.mod, name)
    return value isa Union{Python,AnyPyObject} ? value : nothing
end

function python_names(session, root::Union{Python,AnyPyObject}, path)
    names = ask_briefly(session, "polyglot.names_below", root, path)
    return names === nothing ? String[] : String[name for name in names]
end

const WHOLE_NAME = r"^([\p{L}_][\w!]*(?:\.\w+)+)\s*\??$"

"""
    python_help(ask, session, name)

What Python knows about the object that a dotted name means, by mime type: a name below `py`, or below an
object of Python's, or below a variable that Python alone has. `nothing` where the name is Julia's.
`ask(session, target, root, path)` asks Python.
"""
function python_help(ask, session, name::AbstractString)
    found = match(WHOLE_NAME, name)
    found === nothing && return nothing
    path = split(found[1], '.')
    root = python_root(session, path)
    root === nothing || return ask(session, "polyglot.help", root, path[2:end])
    isdefined(session.mod, Symbol(path[1])) && return nothing
    try
        return ask(session, "polyglot.help", PYTHON, path)
    catch e   # neither language knows the name: Julia says so
        e isa PyError || rethrow()
        return nothing
    end
end

ask_at_length(session, target::String, root, path) = call_python(target, path_parts(root, path)...)

path_parts(root, path) =
    root isa Python ? (Any[String(name) for name in path],) : (Any[String(name) for name in path], root)

"What Python answers in a moment; `nothing` where it does not, or fails."
function ask_briefly(session, target::String, root::Union{Python,AnyPyObject}, path)
    parts = named_arguments(path_parts(root, path), 0)
    fields = call_fields(target, String[])
    push!(fields, Pair{String,Any}("generation", session.bridge.exports.generation))
    push!(fields, Pair{String,Any}("brief", true))
    buffers = outgoing(Values.encode_parts, session.bridge, parts).buffers
    return call(session, session.bridge.peer, "call", fields, buffers, NAMES_LIMIT) do frame
        frame === nothing && return nothing
        value, failed = result_of(session, frame)
        return failed === nothing ? value : nothing
    end
end
