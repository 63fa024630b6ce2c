# After an error the rest of a Run All must not run. A client sends its cells one after another, and the
# kernel may be done with the first before the last is there. What the client sent before it can have seen
# the reply is a part of this Run All, and is aborted; what it sends once it has the reply is not.
#
# Most of it has come already, and waits. For the next one a cell that fails at once waits a moment: as long
# as messages of this client take, by their dates. A client that does not wait for one cell's reply before it
# sends the next is in the middle of a Run All, and may be slow about it: for that one the reply waits longer,
# as nobody waits for it. What is under way even then is known by its date.

"How long the cell behind a cell may be under way, in seconds, at the least and at the most."
const SHORTEST_MOMENT = 0.002
const LONGEST_MOMENT = 0.05

"For how long, in seconds, a cell that was sent before a reply may be under way."
const STRAGGLING = 1.0

"""
    latency(job)

How long the job's message was under way, in seconds, by its date; NaN where that tells nothing, as the
client has another clock.
"""
function latency(job::Job)
    seconds = time_of_day(job.received) - read_date(job.request.date)
    return 0 <= seconds <= LONGEST_MOMENT ? seconds : NaN
end

# When the first message behind it would be there, by the way that its own took.
function next_expected(job::Job)
    seconds = latency(job)
    isnan(seconds) && return job.received + LONGEST_MOMENT
    return job.received + clamp(2 * seconds, SHORTEST_MOMENT, LONGEST_MOMENT)
end

"""
    was_awaited(kernel, job)

Whether the client may have waited for the replies to all cells before this one: none of them was waiting or
running when it came, and none has come since.
"""
was_awaited(kernel::Kernel, job::Job) =
    !job.pipelined && isempty(cells_behind(kernel, job))

function stop_behind!(kernel::Kernel, job::Job, content::Union{String,Vector{UInt8}})
    last = monotonic() + LONGEST_MOMENT
    deadline = was_awaited(kernel, job) ? min(next_expected(job), last) : last
    push!(kernel.stops, Stop(job, content, deadline, last))
    conclude_stops!(kernel, monotonic())
    return nothing
end

is_stopping(kernel::Kernel, job::Job) = any(stop -> is_behind(job, stop.job), kernel.stops)

next_stop(kernel::Kernel) = earliest(stop -> stop.deadline, kernel.stops)

"Answer the failed cells whose moment is over, and abort those behind them."
function conclude_stops!(kernel::Kernel, now::Float64)
    is_due(stop) = stop.deadline <= now
    due = filter(is_due, kernel.stops)
    isempty(due) && return nothing
    receive_all!(kernel, SHELL)
    filter!(!is_due, kernel.stops)
    for stop in due
        if stop.last > now && !was_awaited(kernel, stop.job)
            push!(kernel.stops, Stop(stop.job, stop.content, stop.last, stop.last))
        else
            conclude_stop!(kernel, stop)
        end
    end
    return nothing
end

function conclude_stop!(kernel::Kernel, stop::Stop)
    receive_all!(kernel, SHELL)
    aborted = cells_behind(kernel, stop.job)
    filter!(job -> !is_behind(job, stop.job), kernel.queue)
    replied = conclude(kernel, stop.job, stop.content)
    abort(kernel, aborted)
    filter!(other -> other.replied > replied - STRAGGLING, kernel.stopped)
    push!(kernel.stopped, Stopped(stop.job, replied))
    return nothing
end

waits_in(job::Job, subshell::String) = job.kind == :execute && job.subshell == subshell

# Behind one in the background only cells of its own language wait.
is_behind(job::Job, failed::Job) =
    waits_in(job, failed.subshell) && (!failed.cell.background || job.language == failed.language)

cells_behind(kernel::Kernel, failed::Job) = filter(job -> is_behind(job, failed), kernel.queue)

"Whether a cell of a subshell, or with an empty name of the main shell, waits or runs."
has_unanswered_cell(kernel::Kernel, subshell::String) =
    any(job -> waits_in(job, subshell), kernel.queue) ||
    any(job -> waits_in(job, subshell), values(kernel.jobs))

"The cells that wait for a subshell, or with an empty name for the main shell."
cells_waiting(kernel::Kernel, subshell::String) =
    filter(job -> waits_in(job, subshell), kernel.queue)

"Take the cells that wait for a subshell, those included that are not read yet, out of the queue."
function take_waiting_cells!(kernel::Kernel, subshell::String)
    receive_all!(kernel, SHELL)
    cells = cells_waiting(kernel, subshell)
    filter!(job -> !waits_in(job, subshell), kernel.queue)
    return cells
end

"Whether the cell was sent before its client can have seen the reply to one that had failed."
is_behind_stop(kernel::Kernel, job::Job) =
    any(stopped -> is_straggler(job, stopped), kernel.stopped)

# By what passed on the client's own clock since it sent the failed cell: clocks may differ.
function is_straggler(job::Job, stopped::Stopped)
    failed = stopped.job
    job.request.client == failed.request.client && is_behind(job, failed) || return false
    job.received - stopped.replied < STRAGGLING || return false
    between = read_date(job.request.date) - read_date(failed.request.date)
    way = latency(failed)
    return 0 <= between < stopped.replied - failed.received + (isnan(way) ? 0.0 : way)
end

"Answer cells with `aborted`, as if they had not been sent."
function abort(kernel::Kernel, cells::Vector{Job})
    for job in cells
        job.announced ? end_waiting!(kernel, job) : refuse_cell(kernel, job)
    end
    return nothing
end

function refuse_cell(kernel::Kernel, job::Job)
    publish_status(kernel, "busy", job.request.header_json)
    content = "{\"status\":\"aborted\",\"execution_count\":$(kernel.execution_count)}"
    reply(kernel, job.request, job.reply_type, content)
    publish_status(kernel, "idle", job.request.header_json)
    return nothing
end

# It has said that it waits for its language: for the client it has begun.
function end_waiting!(kernel::Kernel, job::Job)
    take_back_wait(kernel, job)
    job.stop_on_error = false       # what is behind it is being aborted
    fail_cell!(kernel, job, INTERRUPT_NAMES[job.language], "the cell waited for its language to start")
    return nothing
end
