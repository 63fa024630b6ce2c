# The end: ask, then SIGTERM, then SIGKILL, each with a bounded wait.

const POLITE_WAIT = 1.5
const TERMINATE_WAIT = 0.5

"Reply to a `shutdown_request` (\"Kernel shutdown\"), which comes first, and begin to end."
function answer_shutdown(kernel::Kernel, request::Request)
    restart = get_bool(request.content, "restart", false)
    content = string("{\"status\":\"ok\",\"restart\":", restart ? "true" : "false", "}")
    reply(kernel, request, "shutdown_reply", content)
    publish(kernel, "shutdown_reply", request.header_json, content)
    begin_shutdown!(kernel, restart)
    return nothing
end

function begin_shutdown!(kernel::Kernel, restart::Bool)
    kernel.shutdown === nothing || return nothing
    kernel.shutdown = Shutdown(:polite, monotonic() + POLITE_WAIT)
    conclude_stops!(kernel, Inf)
    for executor in kernel.executors
        process = executor.process
        process === nothing && continue
        if executor.ready && isempty(executor.busy)
            send_frame!(executor, Dict{String,Any}("type" => "shutdown", "restart" => restart))
        else    # one that still starts has nothing to lose, and Julia would say at length where it was
            signal_group(process.pid, executor.ready ? SIGTERM : SIGKILL)
        end
    end
    return nothing
end

next_shutdown_step(::Nothing) = Inf
next_shutdown_step(shutdown::Shutdown) = shutdown.next

"Treat the executors that are left more rudely when their time is up."
function continue_shutdown!(kernel::Kernel, now::Float64)
    shutdown = kernel.shutdown
    (shutdown === nothing || now < shutdown.next) && return nothing
    signal = shutdown.stage == :polite ? SIGTERM : SIGKILL
    shutdown.stage = shutdown.stage == :polite ? :terminate : :kill
    shutdown.next = now + TERMINATE_WAIT
    for executor in kernel.executors
        executor.process === nothing || signal_group(executor.process.pid, signal)
    end
    return nothing
end

is_over(kernel::Kernel) =
    kernel.shutdown !== nothing && all(executor -> executor.process === nothing, kernel.executors)
