# The part of the rehearsal that concerns values: what the first `jl.x` and `py.x` wait for.

"Values of the commonest types; in a call they are read, and written as its result."
rehearsed_values() = Any[
    nothing, true, 1, 1.5, "text", Any[1, "a"], (1, "a"), Dict{Any,Any}("a" => 1), [1.5, 2.5],
    [1 2], ["a"], (a=[1, 2], b=["a", missing]), packed_values()...,
]

"Containers of many values, as they are packed: of each kind, and of several."
function packed_values()
    records = Any[Dict{Any,Any}("a" => i, "b" => Any[i, (i, "b")]) for i in 1:9]
    kinds = Any[1, 1.5, "a", true, nothing, missing, (1, "a"), (1,), Any[1], records[1], 0x01, (a=1,)]
    dicts = Any[Dict("a" => 1), Dict{Any,Any}(i => "a" for i in 1:9), Dict("k$i" => i for i in 1:9)]
    return Any[collect(Any, 1:9), kinds, records, dicts..., Set{Any}(1:9), Any["a\0" for _ in 1:9]]
end

# Shared arrays of floats, as the first ones mostly are: made, sent and received.
function rehearse_shares(session::Session)
    Sys.islinux() || return nothing
    codec = session.bridge.codec
    for dims in ((2,), (2, 2))
        shared = Values.new_array(codec.shares, Float64, dims)
        copyto!(shared, zeros(dims))
        lease = Int[]
        sent = outgoing(Values.encode, session.bridge, shared, "the value", lease)
        arrived = incoming(session.bridge, sent.buffers, "the value")
        end_lease(session.bridge, lease)
        foreach(finalize, (shared, arrived))   # their files are not to stay open until a collection
    end
    return nothing
end

function rehearsed_call(session::Session, op::String, parts::Vector{NamedValue}, fields...)
    header = Dict{String,Any}("type" => "call", "call" => 0, "id" => 0, "op" => op, fields...)
    buffers = outgoing(Values.encode_parts, session.bridge, parts).buffers
    return Frames.Frame(header, buffers, UInt32(0))
end

"""
    rehearse_values(before_each, session)

Serves calls, and makes one that is answered at once.
"""
function rehearse_values(before_each, session::Session)
    serve_python!(session)
    value = NamedValue("value", 1)
    handle(session, rehearsed_call(session, "set", NamedValue[value], "names" => Any["rehearsed"]))
    before_each()
    handle(session, rehearsed_call(session, "get", NamedValue[], "name" => "rehearsed"))
    before_each()
    rehearse_request(session)
    before_each()
    rehearse_names(session)
    before_each()
    for x in rehearsed_values()
        parts = NamedValue["f" => identity, "x" => x]
        handle(session, rehearsed_call(session, "call", parts, "keywords" => Any[]))
        before_each()
    end
    rehearse_shares(session)
    handle(session, rehearsed_call(session, "get", NamedValue[], "name" => "undefined_name"))
    return nothing
end

# The answer to the call that is made next.
function answer_soon(session::Session, @nospecialize(value))
    sent = outgoing(Values.encode, session.bridge, value)
    number = session.calls.last + 1
    header = Dict{String,Any}("type" => "return", "status" => "ok", "call" => number)
    answer = Frames.Frame(header, sent.buffers, UInt32(0))
    schedule(Task(() -> deliver(session, answer)))
    return nothing
end

# What the first Tab behind `jl.` and `py.` waits for.
function rehearse_names(session::Session)
    for (target, parts) in (
        "polyglot.names" => NamedValue[],
        "polyglot.names_below" => NamedValue["path" => Any[]],
        "polyglot.names_below" => NamedValue["path" => Any["Base", "Math"]],
        "polyglot.text" => NamedValue["object" => sin],
    )
        fields = ("target" => target, "keywords" => Any[])
        handle(session, rehearsed_call(session, "call", parts, fields...))
    end
    answer_soon(session, Any["name"])
    python_names(session, PYTHON, String[])
    precompile(python_completions, (Session, String, Int))
    return nothing
end

function rehearse_request(session::Session)
    answer_soon(session, 1)
    request(session, "get", NamedValue[], JSON.fields("name" => "x"))
    precompile(python_get, (String,))
    precompile(python_set, (String, Int))
    return nothing
end
