# Calls between executors, the part that is the same whatever crosses (docs/executor-protocol.md).

"""
    Calls()

Who waits for a `return`, and what is done with calls that arrive: `handlers` maps an `op` to a
function `(session, frame, lease) -> (fields::JSON.Fields, buffers, …)` of the `return`, whose lease has what
is to be ended if that is not sent; `failure` makes the same of an exception stack. Tasks of several threads may call: who waits is changed under `lock`.
"""
mutable struct Calls
    lock::ReentrantLock
    returns::Dict{Any,Any}                  # call number => mailbox
    waiting::Vector{Channel{Any}}   # the innermost last; it serves what arrives meanwhile
    last::Int
    handlers::Dict{String,Any}
    failure::Any
end

Calls() = Calls(ReentrantLock(), Dict{Any,Any}(), Channel{Any}[], 0, Dict{String,Any}(), nothing)

"Who waits for the `return` of a call, or nothing."
waiting_for(calls::Calls, number) = Base.@lock calls.lock get(calls.returns, number, nothing)

"The innermost that waits, or nothing."
innermost(calls::Calls) =
    Base.@lock calls.lock isempty(calls.waiting) ? nothing : last(calls.waiting)

# The number of a call whose `return` comes into `mail`.
function begin_call!(calls::Calls, mail::Channel{Any})
    Base.@lock calls.lock begin
        calls.last += 1
        calls.returns[calls.last] = mail
        push!(calls.waiting, mail)
        return calls.last
    end
end

function end_call!(calls::Calls, number::Int, mail::Channel{Any})
    Base.@lock calls.lock begin
        delete!(calls.returns, number)
        filter!(other -> other !== mail, calls.waiting)
    end
    return nothing
end

"""
    call(read, session, to, op, fields = JSON.fields(), buffers = [], limit = Inf)

Asks the executor of the language `to` and gives `read(frame)` of the `return` frame, whatever its
status; of `nothing` if it has not come after `limit` seconds. Calls that arrive meanwhile are
served.
"""
function call(
    read, session, to::String, op::String, fields=JSON.fields(), buffers=Vector{UInt8}[], limit::Float64=Inf
)
    calls = session.calls
    mail = Channel{Any}(typemax(Int))
    timer = isfinite(limit) ? Timer(_ -> put!(mail, nothing), limit) : nothing
    Base.sigatomic_begin()   # an interrupt while it waits or reads: then nobody's frame is lost
    number = begin_call!(calls, mail)
    try
        header = JSON.fields(
            "type" => "call", "to" => to, "call" => number, "op" => op,
            "id" => session.request.id, "allow_stdin" => session.request.allow_stdin,
            "aside" => current_task() !== session.root,
        )
        send(session.channel, append!(header, fields), buffers)
        while true
            let_through(wait, mail)
            frame = take!(mail)::Union{Frames.Frame,Nothing}
            is_call = frame !== nothing && frame.header["type"] == "call"
            is_call || return read_return(read, session, frame)
            serve_call(session, frame)
        end
    finally
        timer === nothing || close(timer)
        end_call!(calls, number, mail)
        frame_read(session.bridge, ("return", number))
        while isready(mail)   # what came when this task was interrupted is another one's now
            frame = take!(mail)
            frame === nothing || deliver(session, frame)
        end
        Base.sigatomic_end()
    end
end

# What it lends is given back, also where an interrupt comes before it is read.
function read_return(read, session, frame::Union{Frames.Frame,Nothing})
    try
        return let_through(read, frame)
    finally
        frame === nothing || give_back(session, frame)
    end
end

"""
    serve_call(session, frame)

Answers a `call`; output and questions meanwhile are those of the request that it came from.
"""
function serve_call(session, frame::Frames.Frame)
    header = frame.header
    before = session.request
    # The call may come from within a `print` of the cell's, which goes on afterwards.
    printing = (session.stdout.depth, session.stderr.depth)
    attend!(session, Request(get(header, "id", nothing), get(header, "allow_stdin", false) === true))
    lease = Int[]
    outcome = attempt(session, handle_call, session, frame, lease)
    outcome isa Failure && end_lease(session.bridge, lease)
    settle!(session.stdout, printing[1])
    settle!(session.stderr, printing[2])
    forget_all!(session.bridge)
    frame_read(session.bridge, key_of(frame))
    GC.@preserve outcome answer_call(session, header["call"], outcome, lease)
    attend!(session, before)
    return nothing
end

# The caller gets an answer, also when the one that it should have cannot be made or sent.
function answer_call(session, number, @nospecialize(outcome), lease::Vector{Int})
    try
        answer = outcome isa Failure ? interruptible_failure(session, outcome) : outcome
        # Not taken apart as usual, which is compiled for each type of what may stand behind these two.
        fields = getfield(answer, 1)::JSON.Fields
        buffers = getfield(answer, 2)::Vector{Vector{UInt8}}
        send_answer(session, number, outcome isa Failure ? "error" : "ok", fields, buffers)
    catch e
        end_lease(session.bridge, lease)
        e isa InterruptException && report_interrupt(session)
        fields = JSON.fields("ename" => exception_name(e), "evalue" => exception_value(e))
        send_answer(session, number, "error", fields, NO_BUFFERS)
    end
    return nothing
end

function send_answer(session, number, status::String, fields, buffers)
    answer = JSON.fields("type" => "return", "call" => number, "status" => status)
    send(session.channel, append!(answer, fields), buffers)
    return nothing
end

function handle_call(session, frame::Frames.Frame, lease::Vector{Int})
    op = get(frame.header, "op", nothing)
    handler = get(session.calls.handlers, op, nothing)
    handler === nothing && throw(ArgumentError("Julia answers no call \"$op\""))
    return handler(session, frame, lease)
end

function interruptible_failure(session, failure)
    described = attempt(session, returned_failure, session, failure)
    return described isa Failure ? (bare_error_content(failure), NO_BUFFERS) : described
end

function returned_failure(session, failure)
    describe = session.calls.failure
    describe === nothing || return Base.invokelatest(describe, session, failure)
    return error_content(failure), Vector{UInt8}[]
end
