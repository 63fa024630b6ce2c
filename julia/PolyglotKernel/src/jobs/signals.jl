# How an interrupt reaches the code that runs. The innermost executor is told by a frame, if it knows those,
# which its code hears that waits for something. Code that does not gets SIGINT. Where the host can see what
# becomes of that (`sigint_words.jl`), one is enough: Julia throws it where its code looks for interrupts. Code
# that never looks is left by force, for which the runtime wants several signals in a row; but only where that
# costs nothing (`look.jl`). Where the host sees nothing it sends signals until the executor has answered.
#
# Code that calls the other language moves from process to process: each step looks anew who runs.

# Julia: the burst that its runtime wants. Python: a signal that comes the moment before a system call
# begins does not end that, and its handler waits for the call; the next one does.
const SIGNAL_INTERVALS = Dict("julia" => 0.1, "python" => 0.5)
const STEP_INTERVAL = 0.01      # until it is looked again what became of a signal
const FRAME_SECONDS = 0.03      # in which an interrupt frame is heard, or never
const ANSWER_SECONDS = 0.01     # and its answer is here
const BEGIN_SECONDS = 0.3       # in which a job begins that was handed over, if nothing keeps it from that
const POLITE_SECONDS = 0.05     # in which code that looks for interrupts has done so
const WAITING_SECONDS = 0.5     # from then on it may be left while it waits for the system
const FORCE_INTERVAL = 0.05
const FORCE_SIGNALS = 6         # are more than the runtime wants in a row to throw by force
const FORCE_SECONDS = 0.02      # as long is looked in each step: code that throws errors is in a library but for 1 %
const PLACE_INTERVAL = 0.0001
const HANDLER_SECONDS = 0.0005  # in which the runtime has handled a signal
const INSIST_INTERVAL = 0.05
const INSIST_SIGNALS = 4        # so many `try` around each other are left at once
const SPACING_SECONDS = 0.4     # between two signals: of more in a row the runtime throws one by force
const DEAF_SECONDS = 0.6        # for half a second after a throw by force it ignores SIGINT

function begin_steps!(current::Interruption, now::Float64)
    current.pressed = now
    current.arrived = false
    aim!(current, current.executor, now)
    return nothing
end

function aim!(current::Interruption, executor::Executor, now::Float64)
    current.executor = executor
    current.framed = false
    current.signalled = NaN
    current.next_step = now
    return nothing
end

function take_step!(kernel::Kernel, current::Interruption, now::Float64)
    executor = innermost(kernel, current.job)
    executor === current.executor || aim!(current, executor, now)
    process = executor.process
    process === nothing && return nothing
    current.insists && can_insist(process.sigint) && return insist!(current, process, now)
    is_frame = executor.interrupt_frames && !current.framed
    is_frame ? send_interrupt!(current, process, now) : signal!(kernel, current, process, now)
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

function signal!(kernel::Kernel, current::Interruption, process::Process, now::Float64)
    state = sigint_state(process.sigint)
    idle = is_idle(process.sigint)      # no request has begun: whatever an earlier cell left behind runs
    current.next_step = now + STEP_INTERVAL
    if state === :unknown
        hits_another(kernel, current) || interrupt(process)
        current.next_step = now + SIGNAL_INTERVALS[current.executor.language]
    elseif state === :closed || (idle && now < current.pressed + BEGIN_SECONDS)
        # it is about the kernel's own business, where a signal would be lost
    elseif isnan(current.signalled) && state === :waiting
        current.signalled = now         # that of an earlier press: several in a row are thrown anywhere
    elseif isnan(current.signalled)
        now < current.executor.deaf_until || send_sigint!(current, process, now)
    elseif state === :waiting
        polite = now < current.signalled + POLITE_SECONDS
        polite || force!(current, process, now) && end_signals!(kernel, current, process, idle)
    elseif now >= current.signalled + STEP_INTERVAL
        end_signals!(kernel, current, process, idle)
    end
    return nothing
end

# Where a process does not tell, signals are repeated, and reach its main thread alone: a cell of a subshell does not
# hear them, and one of the main shell that has begun since was not meant.
function hits_another(kernel::Kernel, current::Interruption)
    isempty(current.job.subshell) && return false
    is_other(job) = job.kind == :execute && isempty(job.subshell) && job.language == current.executor.language
    return any(is_other, values(kernel.jobs))
end

# It was thrown: a further signal would hit the code that handles it, unless there is none, as in a finalizer.
function end_signals!(kernel::Kernel, current::Interruption, process::Process, idle::Bool)
    if missed_interrupts(process.sigint) != current.missed
        current.signalled = NaN
        return nothing
    end
    idle && add_text!(
        kernel, current.job.request.header_json, "stderr",
        "The interrupt has stopped a task of an earlier cell, which kept this cell from beginning.\n",
    )
    arrive!(current)
    return nothing
end

function send_sigint!(current::Interruption, process::Process, now::Float64)
    current.missed = missed_interrupts(process.sigint)
    interrupt(process)
    current.signalled = now
    current.executor.deaf_until = now + SPACING_SECONDS
    return nothing
end

# Code that waits cannot be left so: it is not it that runs then, but the event loop.
can_insist(words::SigintWords) =
    Compat.THROWS_WHERE_CAUGHT && !is_idle(words) && !is_deferring(words) && sigint_state(words) !== :closed

can_insist(::Nothing) = false

# Until the executor says that the cell's code is left. (Python insists by itself: `insistence.py`.)
function insist!(current::Interruption, process::Process, now::Float64)
    current.next_step = now + INSIST_INTERVAL
    is_thrown(process) ? throw_repeatedly(process, INSIST_SIGNALS) : force!(current, process, now)
    return nothing
end

"Have the runtime throw the interrupt that waits, where that is safe. Whether it did."
function force!(current::Interruption, process::Process, now::Float64)
    current.next_step = now + FORCE_INTERVAL
    waits_too = now >= current.signalled + WAITING_SECONDS
    place = waits_too ? is_in_julia_or_waits : is_in_julia
    sent = 0
    deadline = monotonic() + FORCE_SECONDS
    while monotonic() < deadline
        outcome = send_sigint_where(pid -> !is_deferring(process.sigint) && place(pid), process.pid)
        outcome === :blind && return force_blindly!(current, process, now)
        outcome === :sent && (sent += 1)
        Libc.systemsleep(outcome === :sent ? HANDLER_SECONDS : PLACE_INTERVAL)
        # on a busy machine it may be thrown later than it is looked for
        sent > 0 && (current.executor.deaf_until = monotonic() + DEAF_SECONDS)
        is_thrown(process) && return true
        sent == FORCE_SIGNALS && return false
    end
    return false
end

is_thrown(process::Process) = sigint_state(process.sigint) !== :waiting

# One more signal, so that there are several in a row, and the runtime throws at the last.
function force_blindly!(current::Interruption, process::Process, now::Float64)
    current.next_step = now + SIGNAL_INTERVALS[current.executor.language]
    is_deferring(process.sigint) || send_signal(process.pid, SIGINT)
    current.executor.deaf_until = monotonic() + DEAF_SECONDS
    return false
end

"""
    force_anywhere!(current, now)

The user was told what it may cost: throw wherever the code is. Whether that can be done: Python has no such
thing, and hears every signal but in the middle of one call of C code.
"""
function force_anywhere!(current::Interruption, now::Float64)
    process = current.executor.process
    (process === nothing || process.sigint === nothing) && return false
    current.next_step = Inf
    for _ in 1:FORCE_SIGNALS
        send_signal(process.pid, SIGINT)
        Libc.systemsleep(4 * HANDLER_SECONDS)
        is_thrown(process) && break
    end
    current.executor.deaf_until = monotonic() + DEAF_SECONDS
    return true
end
