# Code that catches each interrupt and goes on (`while true; try …; catch; end; end`) would catch every further one,
# too. But one that waits already when the runtime comes to the code that catches the one before is thrown there,
# and so leaves the loop. To have it wait at that moment, the host halts the main thread at the last step of a
# throw: Julia throws an interrupt in a signal's handler, whose end is a system call of its own.

const PTRACE_SYSCALL = Clong(24)
const PTRACE_O_TRACESYSGOOD = Clong(1)

# The number of the system call by which a signal's handler ends, and where the registers have it, from 1.
const END_OF_HANDLER, CALL_REGISTER = Sys.ARCH === :x86_64 ? (15, 16) : (139, 9)

const THROW_SECONDS = 0.02      # in which an interrupt is thrown by code that looks for them

"""
    throw_repeatedly(process, count)

Have the runtime of `process` throw an interrupt, and up to `count` in all, each where the one before is caught.
"""
function throw_repeatedly(process::Process, count::Int)
    pid = process.pid
    can_look() && ptrace(PTRACE_SEIZE, pid, Clong(0), PTRACE_O_TRACESYSGOOD) != -1 || return nothing
    ptrace(PTRACE_INTERRUPT, pid, Clong(0), Clong(0))
    signal = await_halt(pid)
    signal === nothing && return nothing    # the next look, or `exit_status`, meets it when it has halted
    for _ in 1:count
        add_interrupt(process)
        signal = await_throw(process, signal)
        signal === nothing && return nothing
    end
    release(pid, signal)
    return nothing
end

# The thread is halted: the runtime's signal thread takes note meanwhile.
function add_interrupt(process::Process)
    send_signal(process.pid, SIGINT)
    deadline = monotonic() + THROW_SECONDS
    while !has_pending(process.sigint) && monotonic() < deadline
        Libc.systemsleep(STEP_SECONDS)
    end
    return nothing
end

# Let the halted thread go on to the end of the handler that has thrown the interrupt, where it is halted again. The
# signal that is due then; nothing where it did not come to that, and runs freely again.
function await_throw(process::Process, signal::Cint)
    pid = process.pid
    deadline = monotonic() + THROW_SECONDS
    while monotonic() < deadline
        ptrace(PTRACE_SYSCALL, pid, Clong(0), Clong(signal))
        halt = next_halt(pid, deadline)
        if halt === nothing
            halt_and_release(pid)
            return nothing
        end
        at_call = halt == SYSCALL_STOP
        signal = at_call ? Cint(0) : halt
        at_call && ends_throw(process) && return signal
    end
    release(pid, signal)
    return nothing
end

ends_throw(process::Process) =
    general_register(process.pid, CALL_REGISTER) == END_OF_HANDLER && !has_pending(process.sigint)

# What halted the thread: a signal that is to be delivered, `SYSCALL_STOP`, or 0 for none of these.
function next_halt(pid::Cint, deadline::Float64)
    status = Ref{Cint}(0)
    while monotonic() < deadline
        result = ccall(:waitpid, Cint, (Cint, Ref{Cint}, Cint), pid, status, WNOHANG | WALL)
        result == pid && return is_halted(status[]) ? halting_signal(status[]) : nothing
    end
    return nothing
end

function halt_and_release(pid::Cint)
    ptrace(PTRACE_INTERRUPT, pid, Clong(0), Clong(0))
    signal = await_halt(pid)
    signal === nothing || release(pid, signal)
    return nothing
end
