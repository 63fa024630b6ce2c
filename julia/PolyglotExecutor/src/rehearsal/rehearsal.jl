# Julia compiles a function when it is first called. So that the user's first cells do not wait for that,
# the executor handles requests of its own, in a session that talks to the null device: when the package
# is compiled, whose cache keeps the machine code from Julia 1.9 on, and before that at every start.

function rehearsed(type::String, code::String)
    header = Dict{String,Any}()
    header["type"] = type
    header["id"] = 0
    header["code"] = code
    header["silent"] = false
    header["execution_count"] = 1
    header["cursor_pos"] = 4
    return Frames.Frame(header, NO_BUFFERS, UInt32(0))
end

"What is handled, the commonest first; each is a step for which a real request may have to wait."
const REHEARSAL = [
    "execute" "1"
    "execute" "x = 1;"
    "execute" "error(\"\")"
    "execute" "\"text\""
    "execute" "function f(x)\n    x + 1\nend\nfor i in 1:2\n    f(i)\nend"
    "execute" "[1, 2]"
    "execute" "[1.0, 2.0]"
    "execute" "undefined_name"
    "execute" "1 +"
    "complete" "prin"
    "is_complete" "f("
    "inspect" "print"
    "execute" "sqrt(-1)"
]

"""
    rehearse(before_each, steps)

Handles the first `steps` requests of the rehearsal; behind the last one come values.
"""
function rehearse(before_each, steps::Int)
    session = rehearsal_session()
    for step in 1:steps
        before_each()
        number, answer = IJulia.n, IJulia.ans   # of the user's cells, which may have come between
        handle(session, rehearsed(REHEARSAL[step, 1], REHEARSAL[step, 2]))
        IJulia.begin_cell!(number)
        IJulia.set_answer!(answer)
        step == 1 && println(session.stdout, 1)   # what a cell does that the rehearsed ones must not
    end
    steps == size(REHEARSAL, 1) && rehearse_values(before_each, session)
    close_session(session)
    return nothing
end

"Rehearses, one step at a time; what the host asks for meanwhile comes first."
warm_up(session::Session) = rehearse(() -> serve_waiting(session), size(REHEARSAL, 1))

"The first `steps` of the rehearsal outside a kernel, where nothing can come between."
function rehearse_alone(steps::Int=size(REHEARSAL, 1))
    Base.sigatomic_begin()
    rehearse(() -> nothing, steps)
    Base.sigatomic_end()
    return nothing
end
