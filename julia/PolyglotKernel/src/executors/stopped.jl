# A process that was stopped (SIGSTOP, a debugger that has left it so) looks like a cell that takes its time,
# and nothing tells of it. While code runs the host looks.

"How often it is looked, in seconds."
const STOPPED_INTERVAL = 0.7

"How often in a row a process is to be seen stopped: after a laptop's sleep all go on, one after the other."
const STOPPED_LOOKS = 2

"When it is to be looked next, in `monotonic()`."
next_look(executor::Executor) = isempty(executor.busy) ? Inf : executor.look_at
next_look(kernel::Kernel) = earliest(next_look, kernel.executors)

"Look at the executors that run code, and tell of those that are stopped, once."
function look_for_stopped!(kernel::Kernel, now::Float64)
    for executor in kernel.executors
        process = executor.process
        (process === nothing || now < next_look(executor)) && continue
        # The first look since it was idle is none, or each cell would pay for one.
        begun = now - executor.look_at > STOPPED_INTERVAL
        executor.look_at = now + STOPPED_INTERVAL
        has_ended(process)      # lets go of a thread that halted later than the press waited for which it was to
        executor.stopped = !begun && is_stopped(process.pid) ? executor.stopped + 1 : 0
        executor.stopped == STOPPED_LOOKS && tell_stopped(kernel, executor, process)
    end
    return nothing
end

function tell_stopped(kernel::Kernel, executor::Executor, process::Process)
    name = language_name(executor.language)
    add_text!(
        kernel, output_parent(kernel, executor), "stderr",
        "\nThe $name process is stopped, as by SIGSTOP, and nothing runs in it. `kill -CONT $(process.pid)` lets " *
        "it go on; an interrupt, and after a while a second one, restarts $name.\n",
    )
    return nothing
end

"Whether process `pid` is stopped; false where the system does not tell."
function is_stopped(pid::Cint)
    file = string("/proc/", pid, "/stat")
    isfile(file) || return false
    text = read(file, String)
    name_end = findlast(isequal(')'), text)     # the state stands behind the program's name
    return name_end !== nothing && length(text) > name_end + 2 && text[name_end + 2] == 'T'
end
