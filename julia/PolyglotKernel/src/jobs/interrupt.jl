# Interrupts, from polite to final. The innermost executor that runs is told by a frame, if it knows
# those, which its code hears that waits for something. Code that does not gets SIGINT, again and again
# until that has reached it. A job that is still there after some seconds cannot be stopped from
# outside: the user is told, and the next interrupt ends the process. Code that has caught an interrupt
# may take its time; if the user interrupts it once more, it is like any other.

# Julia: the burst that its runtime wants. Python: a signal that comes the moment before a system call
# begins does not end that, and its handler waits for the call; the next one does.
const SIGNAL_INTERVALS = Dict("julia" => 0.1, "python" => 0.5)
const BURST = 4                 # from so many signals on Julia may have thrown by force,
const DEAF_SECONDS = 0.6        # and ignores those that come within half a second of that
const GATE_INTERVAL = 0.01      # until it is looked again whether a signal would be heard
const FRAME_SECONDS = 0.03      # in which an interrupt frame is heard, or never
const ANSWER_SECONDS = 0.01     # and its answer is here
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
        abort(kernel, take_waiting_cells!(kernel, ""))
        return nothing
    end
    current = kernel.interruption
    if current !== nothing && current.warned
        condemn!(current.executor, "was restarted, because it did not react to the interrupt")
        return nothing
    end
    for executor in kernel.executors    # all that may have to write before they hear it
        grant!(executor.backlog, INTERRUPT_ALLOWANCE)
    end
    refuse_waiting_calls!(kernel, job.request)
    again = current !== nothing && current.job === job && current.arrived
    now = time()
    kernel.interruption = Interruption(job, innermost(kernel, job), again, now)
    take_step!(kernel.interruption, now)
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
        arrive!(current, time())
        current.next_step = Inf
    end
    return nothing
end

function arrive!(current::Interruption, now::Float64)
    forced = current.signals >= BURST && !current.arrived
    forced && (current.executor.deaf_until = now + DEAF_SECONDS)
    current.arrived = true
    return nothing
end

function end_interruption!(kernel::Kernel, job::Job)
    was_interrupted(kernel, job) && (kernel.interruption = nothing)
    return nothing
end

next_interrupt_step(::Nothing) = Inf
next_interrupt_step(current::Interruption) = min(current.next_step, current.warn_at)

"Do what is due of an interrupt that the job has not yet ended by."
function continue_interruption!(kernel::Kernel, now::Float64)
    current = kernel.interruption
    current === nothing && return nothing
    now >= current.next_step && take_step!(current, now)
    now >= current.warn_at && warn!(kernel, current)
    return nothing
end

function take_step!(current::Interruption, now::Float64)
    executor = current.executor
    process = executor.process
    process === nothing && return nothing
    is_frame = executor.interrupt_frames && !current.framed
    is_frame ? send_interrupt!(current, process, now) : signal!(current, process, now)
    return nothing
end

function send_interrupt!(current::Interruption, process::Process, now::Float64)
    current.framed = true
    current.next_step = now + FRAME_SECONDS + ANSWER_SECONDS
    before = now + FRAME_SECONDS
    header = Dict{String,Any}("type" => "interrupt", "id" => current.job.id, "before" => before)
    send_frame!(process, header)
    return nothing
end

function signal!(current::Interruption, process::Process, now::Float64)
    state = sigint_state(process.sigint)
    current.next_step = now + SIGNAL_INTERVALS[current.executor.language]
    if state === :closed
        current.next_step = now + GATE_INTERVAL
    elseif now < current.executor.deaf_until
        current.next_step = current.executor.deaf_until
    elseif state === :taken && current.signals > 0
        arrive!(current, now)       # a further signal would hit the code that handles it
    else
        interrupt(process)
        current.signals += 1
        current.arrived = false
    end
    return nothing
end

function warn!(kernel::Kernel, current::Interruption)
    current.warn_at = Inf
    current.next_step = Inf
    current.arrived && !current.insists && return nothing
    current.warned = true
    name = language_name(current.executor.language)
    add_text!(
        kernel, current.job.request.header_json, "stderr",
        "\nThe interrupt has not stopped this cell within $(round(Int, PATIENCE)) seconds. Interrupt once " *
        "more to restart $name; its variables will be lost.\n",
    )
    return nothing
end

"Kill the executor's process; what runs in it ends with `reason`, the first if there are several."
function condemn!(executor::Executor, reason::String)
    isempty(executor.condemned) && (executor.condemned = reason)
    executor.process === nothing || kill_group(executor.process)
    return nothing
end
