# The one loop: wait for anything, handle it, never wait for anything else.

"How often the parent is looked for where the system cannot tell of its end, in seconds."
const PARENT_CHECK = 1.0

"Run until the kernel is shut down or its client is gone."
function run_kernel(kernel::Kernel)
    publish(kernel, "status", NO_PARENT, "{\"execution_state\":\"starting\"}")
    foreach(ensure_started!, kernel.executors)
    items = PollItem[]
    while !is_over(kernel)
        fill_items!(items, kernel)
        poll!(kernel.channels.zmq, items, time_to_wait(kernel))
        handle_sockets!(kernel, items)
        foreach(executor -> service_if_due!(kernel, executor), kernel.executors)
        handle_deadlines!(kernel)
        start_jobs!(kernel)
    end
    close_channels(kernel.channels)
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
        process === nothing || add_items!(items, process)
    end
    kernel.parent.pidfd >= 0 && kernel.shutdown === nothing && push!(items, PollItem(kernel.parent.pidfd))
    return items
end

function add_items!(items::Vector{PollItem}, process::Process)
    push!(items, PollItem(process.replies))
    for pipe in process.raw
        pipe.open && push!(items, PollItem(pipe.fd))
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
    )
    wait = deadline - time()
    watched_by_hand = kernel.parent.pid > 0 && kernel.parent.pidfd < 0
    return watched_by_hand ? min(wait, PARENT_CHECK) : wait
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
        content = JSON.json(Dict{String,Any}("subscription" => String(copy(topic))))
        send_message(kernel.session, socket, [topic], "iopub_welcome", NO_PARENT, content)
    end
end

function service_if_due!(kernel::Kernel, executor::Executor)
    process = executor.process
    process === nothing && return nothing
    write_outgoing!(process)
    service!(kernel, executor)
    has_ended(process) && bury!(kernel, executor)
    return nothing
end

function handle_deadlines!(kernel::Kernel)
    now = time()
    now >= kernel.batch.deadline && publish_text!(kernel)
    continue_interruption!(kernel, now)
    continue_shutdown!(kernel, now)
    is_gone(kernel.parent) && begin_shutdown!(kernel, false)
    return nothing
end
