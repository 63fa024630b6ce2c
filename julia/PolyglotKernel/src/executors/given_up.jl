# A fault that somebody has sent, as by `kill -SEGV`: older Julias tell of it, take back their handler, and
# return to where it is to happen again, which a fault that was sent does not. What is left runs on, without
# what its collector and its interrupts need. It is to end as it was to.

"The signals of faults after which Julia's handler returns: SIGILL, SIGBUS, SIGSEGV."
const FAULTS = (Cint(4), Cint(7), Cint(11))      # on Linux
const FAULT_BITS = reduce(|, UInt64(1) << (fault - 1) for fault in FAULTS)

"How long after it was written, in seconds, what was written is taken for a last word."
const LAST_WORD = 0.3

"Which of the faults process `pid` handles, a bit for each signal as in /proc; none where that is not told."
function handled_faults(pid::Cint)
    caught = tryparse(UInt64, status_field(pid, "SigCgt"); base=16)
    return caught === nothing ? UInt64(0) : caught & FAULT_BITS
end

"The executor has written to its raw stderr, as runtimes do that end: see soon whether it did."
expect_end!(executor::Executor) = executor.end_at = min(executor.end_at, monotonic() + LAST_WORD)

next_end(kernel::Kernel) = earliest(executor -> executor.end_at, kernel.executors)

"End the executors whose runtime has given up."
function end_given_up!(kernel::Kernel, now::Float64)
    for executor in kernel.executors
        executor.end_at <= now || continue
        executor.end_at = Inf
        process = executor.process
        process === nothing || has_ended(process) || end_given_up(process)
    end
    return nothing
end

function end_given_up(process::Process)
    lost = process.faults & ~handled_faults(process.pid)
    for fault in FAULTS
        (lost >> (fault - 1)) & 1 == 1 && send_signal(process.pid, fault)
    end
    return nothing
end
