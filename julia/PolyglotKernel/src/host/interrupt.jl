# Interrupts, from polite to final. The innermost executor that runs gets SIGINT, again and again until
# it says that it has arrived. A job that is still there after some seconds cannot be stopped from
# outside: the user is told, and the next interrupt ends the process.

# Julia: the burst that its runtime wants. Python: a signal that comes the moment before a system call
# begins does not end that, and its handler waits for the call; the next one does.
const SIGNAL_INTERVALS = Dict("julia" => 0.1, "python" => 0.5)
const PATIENCE = 3.0

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
        abort!(kernel, take_waiting_cells!(kernel, ""))
        return nothing
    end
    current = kernel.interruption
    if current !== nothing && current.warned
        condemn!(current.executor, "was restarted, because it did not react to the interrupt")
        return nothing
    end
    refuse_waiting_calls!(kernel, job.request)
    executor = innermost(kernel, job)
    interrupt(executor.process::Process)
    now = time()
    again = now + SIGNAL_INTERVALS[executor.language]
    kernel.interruption = Interruption(job, executor, again, now + PATIENCE, false)
    return nothing
end

# The main shell's cell that runs, or else its comm message, or else the newest that a subshell runs.
function interruptible_job(kernel::Kernel)
    kernel.cell === nothing || return kernel.cell
    chosen = nothing
    for job in values(kernel.jobs)
        job.kind in (:execute, :comm) || continue
        (chosen === nothing || precedence(job) > precedence(chosen)) && (chosen = job)
    end
    return chosen
end

precedence(job::Job) = (isempty(job.subshell), job.id)

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
function interrupt_arrived!(kernel::Kernel, executor::Executor, ::Frame)
    current = kernel.interruption
    if current !== nothing && current.executor === executor
        filter!(entry -> entry.job.request !== current.job.request, kernel.inputs)
        current.next_signal = Inf
    end
    return nothing
end

function end_interruption!(kernel::Kernel, job::Job)
    was_interrupted(kernel, job) && (kernel.interruption = nothing)
    return nothing
end

next_interrupt_step(::Nothing) = Inf
next_interrupt_step(current::Interruption) =
    min(current.next_signal, current.warned ? Inf : current.warn_at)

"Do what is due of an interrupt that the job has not yet ended by."
function continue_interruption!(kernel::Kernel, now::Float64)
    current = kernel.interruption
    current === nothing && return nothing
    process = current.executor.process
    if now >= current.next_signal && process !== nothing
        interrupt(process)
        current.next_signal = now + SIGNAL_INTERVALS[current.executor.language]
    end
    if now >= current.warn_at && !current.warned
        current.warned = true
        current.next_signal = Inf
        name = language_name(current.executor.language)
        add_text!(
            kernel, current.job.request.header_json, "stderr",
            "\nThe interrupt has not stopped this cell within $(round(Int, PATIENCE)) seconds. Interrupt once " *
            "more to restart $name; its variables will be lost.\n",
        )
    end
    return nothing
end

"Kill the executor's process; what runs in it ends with `reason`, the first if there are several."
function condemn!(executor::Executor, reason::String)
    isempty(executor.condemned) && (executor.condemned = reason)
    executor.process === nothing || kill_group(executor.process)
    return nothing
end
