# The one loop: wait for anything, handle it, never wait for anything else.

"How often it is looked whether clients have taken output for which an executor waits, in seconds."
const BACKLOG_CHECK = 0.01

"How long the loop stays awake behind a call between the languages, and behind its return, in seconds."
const AWAKE_SECONDS = 0.0003

"How often the parent is looked for where the system cannot tell of its end, in seconds."
const PARENT_CHECK = 1.0

"""
    run_kernel(kernel)

Run until the kernel is shut down or its client is gone.

What is not needed for the first answer to a client is called by `invokelatest`: on Julia before 1.9,
which keeps no compiled code, it is then compiled when it is first used, and not before the kernel
can say its first word.
"""
function run_kernel(kernel::Kernel)
    begin_kernel(kernel)
    items = PollItem[]
    while !is_over(kernel)
        step!(kernel, items)
    end
    end_kernel(kernel)
    return nothing
end

function begin_kernel(kernel::Kernel)
    welcome_subscribers(kernel)     # who came since the socket was bound: before any other message
    publish(kernel, "status", NO_PARENT, "{\"execution_state\":\"starting\"}")
    Base.invokelatest(accelerate!, kernel.session.signer)
    return nothing
end

"Wait for whatever comes next, or is due, and handle it; `items` is room for what is waited for."
function step!(kernel::Kernel, items::Vector{PollItem})
    fill_items!(items, kernel)
    is_something_ready(kernel, items) || poll!(kernel.channels.zmq, items, time_to_wait(kernel))
    handle_sockets!(kernel, items)
    for executor in kernel.executors
        reclaim!(executor.backlog)
    end
    handle_executors!(kernel, items)
    handle_deadlines!(kernel)
    isempty(kernel.queue) || Base.invokelatest(start_jobs!, kernel)
    note_litter!(kernel.litter)
    return nothing
end

# To be woken takes longer than a small call does in the other language, and many come one after another: for a
# moment it is looked for what comes back without going to sleep. Of cells only a client's next one would gain
# by it, and the client needs the processor more.
function is_something_ready(kernel::Kernel, items::Vector{PollItem})
    while monotonic() < kernel.awake_until
        poll!(kernel.channels.zmq, items, 0.0)
        any(is_ready, items) && return true
    end
    return false
end

"A call or its return has gone to an executor: stay awake for what comes next."
stay_awake!(kernel::Kernel) = kernel.awake_until = monotonic() + AWAKE_SECONDS

function end_kernel(kernel::Kernel)
    close_channels(kernel.channels)
    remove_ipc_files(kernel.connection)
    return nothing
end

# The sockets come first, in the order of CHANNELS.
function fill_items!(items::Vector{PollItem}, kernel::Kernel)
    empty!(items)
    for socket in kernel.channels.sockets
        push!(items, PollItem(socket))
    end
    for executor in kernel.executors
        process = executor.process
        process === nothing || add_items!(items, process, is_held_up(kernel, executor))
    end
    kernel.parent.pidfd >= 0 && kernel.shutdown === nothing && push!(items, PollItem(kernel.parent.pidfd))
    return items
end

function add_items!(items::Vector{PollItem}, process::Process, held_up::Bool)
    if !held_up
        push!(items, PollItem(process.replies))
        for pipe in process.raw
            pipe.open && push!(items, PollItem(pipe.fd))
        end
    end
    process.pidfd >= 0 && push!(items, PollItem(process.pidfd))
    wants_to_write(process) && push!(items, PollItem(process.requests, ZMQ_POLLOUT))
    return nothing
end

function time_to_wait(kernel::Kernel)
    deadline = min(
        kernel.batch.deadline,
        next_interrupt_step(kernel.interruption),
        next_shutdown_step(kernel.shutdown),
        kernel.preparing,
        next_lost_patience(kernel),
        next_stop(kernel),
        next_telling(kernel),
        next_overdue(kernel),
        next_look(kernel),
        next_end(kernel),
        kernel.litter.due,
    )
    wait = deadline - monotonic()
    watched_by_hand = kernel.parent.pid > 0 && kernel.parent.pidfd < 0
    watched_by_hand && (wait = min(wait, PARENT_CHECK))
    return any_held_up(kernel) ? min(wait, BACKLOG_CHECK) : wait
end

any_held_up(kernel::Kernel) = any(executor -> is_held_up(kernel, executor), kernel.executors)

"The first of the times that `deadline` gives for `items`, Inf when there are none."
function earliest(deadline, items::Vector)
    first = Inf
    for item in items
        first = min(first, deadline(item))
    end
    return first
end

function handle_sockets!(kernel::Kernel, items::Vector{PollItem})
    is_ready(items[HEARTBEAT]) && echo_heartbeats(kernel)
    is_ready(items[IOPUB]) && welcome_subscribers(kernel)
    is_ready(items[CONTROL]) && receive_all!(kernel, CONTROL)
    is_ready(items[STDIN]) && receive_all!(kernel, STDIN)
    is_ready(items[SHELL]) && receive_all!(kernel, SHELL)
    return nothing
end

"Send each heartbeat back as it came (\"Heartbeat for kernels\")."
function echo_heartbeats(kernel::Kernel)
    socket = kernel.channels.sockets[HEARTBEAT]
    while true
        parts = receive(socket)
        parts === nothing && return nothing
        for (i, part) in enumerate(parts)
            send_part(socket, part, i == length(parts) ? Cint(0) : ZMQ_SNDMORE)
        end
    end
end

"Greet each new subscription with `iopub_welcome`, by which a client knows that it misses nothing."
function welcome_subscribers(kernel::Kernel)
    socket = kernel.channels.sockets[IOPUB]
    while true
        parts = receive(socket)
        parts === nothing && return nothing
        event = parts[1]
        (isempty(event) || event[1] != 0x01) && continue
        topic = event[2:end]
        content = string("{\"subscription\":", JSON.json(String(copy(topic))), "}")
        send_message(kernel.session, socket, [topic], "iopub_welcome", NO_PARENT, content)
    end
end

function handle_executors!(kernel::Kernel, items::Vector{PollItem})
    for i in (length(CHANNELS) + 1):length(items)
        is_ready(items[i]) || continue
        for executor in kernel.executors
            executor.process === nothing || Base.invokelatest(service!, kernel, executor)
        end
        return nothing
    end
end

function handle_deadlines!(kernel::Kernel)
    now = monotonic()
    now >= kernel.batch.deadline && publish_text!(kernel)
    if kernel.interruption !== nothing && !succeeds(continue_interruption!, kernel, now)
        kernel.interruption = nothing       # or it would be due again at once
    end
    kernel.shutdown === nothing || succeeds(continue_shutdown!, kernel, now)
    now >= next_stop(kernel) && succeeds(conclude_stops!, kernel, now)
    now >= next_overdue(kernel) && succeeds(interrupt_overdue!, kernel, now)
    now >= next_telling(kernel) && succeeds(tell_wait!, kernel, now)
    now >= next_lost_patience(kernel) && succeeds(answer_impatient!, kernel, now)
    now >= next_look(kernel) && succeeds(look_for_stopped!, kernel, now)
    now >= next_end(kernel) && succeeds(end_given_up!, kernel, now)
    now >= kernel.litter.due && succeeds(tidy_up!, kernel.litter)
    now >= kernel.preparing && succeeds(prepare!, kernel)
    is_gone(kernel.parent) && succeeds(begin_shutdown!, kernel, false)
    return nothing
end

# A fault of the host's own is logged, and the kernel goes on. Each step takes from what is due
# before it does what it is about.
function succeeds(step, @nospecialize(arguments...))
    try
        Base.invokelatest(step, arguments...)
        return true
    catch e
        Base.invokelatest(log_failure, string(step), e, catch_backtrace())
        return false
    end
end
