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
    root = Symbol(path[1])
    isdefined(session.mod, root) || return nothing
    value = getfield(session.mod, root)
    value isa Union{Python,PyObject} || return nothing
    names = python_names(session, value, path[2:end])
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

function python_names(session, root::Union{Python,PyObject}, path)
    parts = NamedValue["the path" => Any[String(name) for name in path]]
    root isa PyObject && push!(parts, NamedValue("the object", root))
    fields = call_fields("polyglot.names_below", String[])
    push!(fields, Pair{String,Any}("generation", session.bridge.exports.generation))
    push!(fields, Pair{String,Any}("brief", true))
    buffers = outgoing(Values.encode_parts, session.bridge, parts).buffers
    return call(session, session.bridge.peer, "call", fields, buffers, NAMES_LIMIT) do frame
        frame === nothing && return String[]
        names, failed = result_of(session, frame)
        return failed === nothing ? String[name for name in names] : String[]
    end
end
