# Julia compiles a function when it is first called. So that the user's first cell does not wait for
# that, the executor handles requests of its own as soon as it is ready, in a session that talks to
# the null device. The same run, when the package is compiled, puts the results of type inference
# (from Julia 1.9 on, machine code) into its cache.

"Where the cells of the rehearsal are evaluated."
baremodule Stage
using Base
end

"A session like any other, whose frames nobody reads."
function rehearsal_session()
    null = RawFD(checked("open", ccall(:open, Cint, (Cstring, Cint), "/dev/null", 2)))
    channel = HostChannel(
        Base.PipeEndpoint(), Frames.Decoder(), null, (null, null), UInt8[], ReentrantLock(), UInt8[],
        Ref{Cint}(0),
    )
    session = Session(channel)
    session.mod = Stage
    return session
end

rehearsed(code::String) = Dict{String,Any}(
    "type" => "execute", "id" => "rehearsal", "code" => code, "silent" => false,
    "store_history" => true, "allow_stdin" => false, "execution_count" => 1,
    "user_expressions" => Dict{String,Any}(),
)

rehearsed(type::String, code::String) = Dict{String,Any}(
    "type" => type, "id" => "rehearsal", "code" => code, "cursor_pos" => length(code), "detail_level" => 0
)

"What is handled, the commonest first; each is a step that a real request may have to wait for."
rehearsal() = Any[
    rehearsed("1"),
    rehearsed("x = 1;"),
    rehearsed("error(\"\")"),
    rehearsed("\"text\""),
    rehearsed("function f(x)\n    x + 1\nend\nfor i in 1:2\n    f(i)\nend"),
    rehearsed("[1, 2]"),
    rehearsed("[1.0, 2.0]"),
    rehearsed("undefined_name"),
    rehearsed("1 +"),
    rehearsed("complete", "prin"),
    rehearsed("is_complete", "f("),
    rehearsed("inspect", "print"),
    rehearsed("sqrt(-1)"),
]

"""
    warm_up(session)

Rehearses, one step at a time; what the host asks for meanwhile comes first.
"""
function warm_up(session::Session)
    rehearsing = rehearsal_session()
    println(rehearsing.stdout, 1)
    for request in rehearsal()
        serve_waiting(session)
        handle(rehearsing, Frames.Frame(request, Vector{UInt8}[], UInt32(0)))
    end
    close_fd(rehearsing.channel.replies)
    return nothing
end

close_fd(fd::RawFD) = ccall(:close, Cint, (RawFD,), fd)
