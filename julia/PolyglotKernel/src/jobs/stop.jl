# After an error the rest of a Run All must not run. A client sends its cells one after another, and the
# kernel may be done with the first before the last is there: so the reply to a cell that fails at once is
# kept back for a moment, and what comes until then is aborted with what waits already. What a client
# sends once it has the reply is no part of this Run All.

"For how long, in seconds, the cells behind a cell may still come."
const STOP_SECONDS = 0.05

function stop_behind!(kernel::Kernel, job::Job, content::Union{String,Vector{UInt8}})
    push!(kernel.stops, Stop(job, content, job.received + STOP_SECONDS))
    conclude_stops!(kernel, time())
    return nothing
end

is_stopping(kernel::Kernel, subshell::String) =
    any(stop -> stop.job.subshell == subshell, kernel.stops)

next_stop(kernel::Kernel) = earliest(stop -> stop.deadline, kernel.stops)

"Answer the failed cells whose moment is over, and abort those behind them."
function conclude_stops!(kernel::Kernel, now::Float64)
    due = filter(stop -> stop.deadline <= now, kernel.stops)
    filter!(stop -> stop.deadline > now, kernel.stops)
    for stop in due
        aborted = take_waiting_cells!(kernel, stop.job.subshell)
        conclude(kernel, stop.job, stop.content)
        abort(kernel, aborted)
    end
    return nothing
end

"""
    take_waiting_cells!(kernel, subshell)

Take the cells that wait for a subshell, or with an empty name for the main shell, out of the queue,
those included that were sent and not yet read.
"""
function take_waiting_cells!(kernel::Kernel, subshell::String)
    receive_all!(kernel, SHELL)
    is_taken(job) = job.kind == :execute && job.subshell == subshell
    cells = filter(is_taken, kernel.queue)
    filter!(!is_taken, kernel.queue)
    return cells
end

"Answer cells with `aborted`, as if they had not been sent."
function abort(kernel::Kernel, cells::Vector{Job})
    for job in cells
        publish_status(kernel, "busy", job.request.header_json)
        content = "{\"status\":\"aborted\",\"execution_count\":$(kernel.execution_count)}"
        reply(kernel, job.request, job.reply_type, content)
        publish_status(kernel, "idle", job.request.header_json)
    end
    return nothing
end
