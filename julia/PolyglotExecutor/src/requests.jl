# What the host asks for.

"Handles frames until the host closes the pipe."
function serve(session::Session)
    while true
        await_request(session)
        handle_next(session)
    end
end

function handle_next(session::Session)
    next = take!(session.inbox)
    next isa Quiet && return collect_garbage!(session)
    frame = next::Frames.Frame
    if is_assignment(frame)
        postpone_garbage!(session)
        try
            handle_surely(session, frame)
        finally
            await_quiet!(session)
        end
    else
        collect_garbage!(session)
        handle_surely(session, frame)
    end
    return nothing
end

function is_assignment(frame::Frames.Frame)
    return frame.header["type"] == "call" && get(frame.header, "op", nothing) == "set"
end

# Tasks of earlier cells run meanwhile. One that never yields keeps the next request from beginning: the host
# may end it by an interrupt, and only then sends one.
function await_request(session::Session)
    deliver_sigint(session.sigint, IDLE)
    wait_undisturbed(() -> nothing, wait, session.inbox)
    discard_sigint(session.sigint)
    return nothing
end

"Handles what has come already, also what is still in the pipe."
function serve_waiting(session::Session)
    while isready(session.inbox) || has_unread(session.channel)
        await_request(session)
        handle_next(session)
    end
    return nothing
end

"Handles a frame; a fault of the executor's own answers it, and costs nobody's variables."
function handle_surely(session::Session, frame::Frames.Frame)
    outcome = attempt_shielded(session, handle, session, frame)
    outcome isa Failure && answer_fault(session, frame.header, outcome)
    return nothing
end

# The host takes no notice of a second answer, where the fault came behind the first.
@noinline function answer_fault(session::Session, header::Dict{String,Any}, fault::Failure)
    error = error_content(fault)
    type = get(header, "type", nothing)
    if type == "call"
        returned = JSON.fields("type" => "return", "call" => header["call"], "status" => "error")
        send(session.channel, append!(returned, error))
    else
        attend!(session, Request(get(header, "id", nothing), false))
        type == "execute" && publish(session, "error", error)
        content = failed_content(error)
        push!(content, Pair{String,Any}("execution_count", session.execution_count))
        reply(session, get(header, "id", nothing), content, "error")
        attend!(session, NO_REQUEST)
    end
    return nothing
end

function handle(session::Session, frame::Frames.Frame)
    header = frame.header
    type = header["type"]
    if type == "execute"
        execute(session, header)
    elseif type == "call"
        serve_call(session, frame)
    elseif type == "comm"
        comm_arrived(session, frame)
    elseif type == "complete" || type == "inspect" || type == "is_complete" ||
           type == "variables"
        answer(session, header)
    end
    return nothing
end
