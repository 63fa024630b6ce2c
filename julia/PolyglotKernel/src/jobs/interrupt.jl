# Interrupts, from polite to final: what a press of the stop button means. How one reaches the code is the
# business of `signals.jl`.
#
# The presses add up. The first ones are the code's to handle: it may save its work. The third hits also the code
# that catches it. Where interrupts are not heard for some seconds, or the code goes on after the third, the user
# is told, and the next one is the last means: by force, wherever the code is, and if even that does not help,
# the end of the process.

const PATIENCE = 3.0            # seconds in which an interrupt is to have been heard
const PRESSES = 3               # that code may catch and go on
const MOMENT = 0.5              # for the last of these to take effect
const FORCED_SECONDS = 1.0      # in which code ends that was left by force, or the process is ended

"Reply to an `interrupt_request` (\"Kernel interrupt\")."
function answer_interrupt(kernel::Kernel, request::Request)
    interrupt!(kernel)
    reply(kernel, request, "interrupt_reply", "{\"status\":\"ok\"}")
    return nothing
end

"Handle a client's interrupt: stop the job that runs; where none does, the cells that wait."
function interrupt!(kernel::Kernel)
    job = interruptible_job(kernel)
    if job === nothing
        abort(kernel, take_waiting_cells!(kernel, ""))
        return nothing
    end
    for executor in kernel.executors    # all that may have to write before they hear it
        grant!(executor.backlog, INTERRUPT_ALLOWANCE)
    end
    refuse_waiting_calls!(kernel, job.request)
    now = monotonic()
    current = kernel.interruption
    if current === nothing || current.job !== job
        current = Interruption(job, innermost(kernel, job), now)
        kernel.interruption = current
    end
    current.warned ? use_last_means!(kernel, current, now) : press!(kernel, current, now)
    return nothing
end

function press!(kernel::Kernel, current::Interruption, now::Float64)
    current.arrived && (current.since = now)
    current.presses += 1
    current.insists = current.arrived && current.presses >= PRESSES
    if current.presses < PRESSES
        current.warn_at = current.since + PATIENCE
    elseif current.presses == PRESSES
        current.warn_at = max(current.began + PATIENCE, now + MOMENT)
    end
    begin_steps!(current, now)
    take_step!(kernel, current, now)
    return nothing
end

# The main shell's cell that runs, or else its comm message, or else the newest that a subshell runs, or else
# a question that keeps cells from running.
function interruptible_job(kernel::Kernel)
    kernel.cell === nothing || return kernel.cell
    chosen = nothing
    for job in values(kernel.jobs)
        is_interruptible(kernel, job) || continue
        (chosen === nothing || precedence(job) > precedence(chosen)) && (chosen = job)
    end
    return chosen
end

is_interruptible(kernel::Kernel, job::Job) =
    job.kind in (:execute, :comm) || is_holding_up(kernel, job)

precedence(job::Job) = (job.kind != :ask, isempty(job.subshell), job.id)

# The executor in which the newest call runs that is not another cell's, or that of the job itself.
function innermost(kernel::Kernel, job::Job)
    newest = job
    for other in values(kernel.jobs)
        other.request === job.request || isempty(other.request.identities) || continue
        other.kind == :call && !is_brief(other) && other.id > newest.id && (newest = other)
    end
    return executor_of(kernel, newest.language)
end

was_interrupted(kernel::Kernel, job::Job) =
    kernel.interruption !== nothing && kernel.interruption.job === job

"The interrupt reached the code of `executor`: no further signal, and no answer to its prompts."
function interrupt_arrived!(kernel::Kernel, executor::Executor, frame::Frame)
    current = kernel.interruption
    current === nothing && return nothing
    if current.executor === executor || get_int(frame.header, "id", 0) == current.job.id
        filter!(entry -> entry.job.request !== current.job.request, kernel.inputs)
        arrive!(current)
    end
    return nothing
end

function arrive!(current::Interruption)
    current.arrived = true
    current.next_step = Inf
    return nothing
end

"""
    stops_calls(kernel, request)

Whether an interrupt of `request` has not been heard yet. Its code may call from one language to the other and
back so fast that each is seldom found running: the next call that it makes is refused as interrupted, then.
"""
stops_calls(kernel::Kernel, request::Request) =
    is_interrupted(kernel, request) && !kernel.interruption.arrived

function end_interruption!(kernel::Kernel, job::Job)
    was_interrupted(kernel, job) && (kernel.interruption = nothing)
    return nothing
end

next_interrupt_step(::Nothing) = Inf
next_interrupt_step(current::Interruption) = min(current.next_step, current.warn_at, current.end_at)

"Do what is due of an interrupt that the job has not yet ended by."
function continue_interruption!(kernel::Kernel, now::Float64)
    current = kernel.interruption
    current === nothing && return nothing
    now >= current.next_step && take_step!(kernel, current, now)
    now >= current.warn_at && warn!(kernel, current)
    now >= current.end_at && end_process!(current)
    return nothing
end

function warn!(kernel::Kernel, current::Interruption)
    current.warn_at = Inf
    insists = current.presses >= PRESSES
    current.arrived && !insists && return nothing
    !current.arrived && !current.insists && is_compiling(current) && return tell_of_compiling!(kernel, current)
    current.warned = true
    name = language_name(current.executor.language)
    what = current.arrived || current.insists ? "This cell goes on after $(current.presses) interrupts" :
           "The interrupt has not stopped this cell within $(round(Int, PATIENCE)) seconds"
    add_text!(
        kernel, current.job.request.header_json, "stderr",
        "\n$what. Interrupt once more to restart $name; its variables will be lost.\n",
    )
    return nothing
end

# Nothing is wrong with a process that is in such a part, for once: it gets as much time again.
function is_compiling(current::Interruption)
    process = current.executor.process
    return !current.compiles && process !== nothing && is_deferring(process.sigint)
end

function tell_of_compiling!(kernel::Kernel, current::Interruption)
    current.compiles = true
    current.warn_at = monotonic() + PATIENCE
    add_text!(
        kernel, current.job.request.header_json, "stderr",
        "\n$(language_name(current.executor.language)) is compiling, and stops as soon as it can.\n",
    )
    return nothing
end

# Code that hears interrupts and goes on would catch this one, too.
function use_last_means!(kernel::Kernel, current::Interruption, now::Float64)
    current.executor = innermost(kernel, current.job)
    tried = isfinite(current.end_at)
    if tried || current.arrived || current.insists || !force_anywhere!(current, now)
        end_process!(current)
    else
        current.end_at = now + FORCED_SECONDS
    end
    return nothing
end

function end_process!(current::Interruption)
    current.end_at = Inf
    current.next_step = Inf
    condemn!(current.executor, "was restarted, because it did not react to the interrupt")
    return nothing
end

"Kill the executor's process; what runs in it ends with `reason`, the first if there are several."
function condemn!(executor::Executor, reason::String)
    isempty(executor.condemned) && (executor.condemned = reason)
    executor.process === nothing || kill_group(executor.process)
    return nothing
end
