# Subshells ("Kernel subshells"): lines of cells that run beside the main shell's, for the same user and in
# the same variables. Who runs them is the executors' business (`subshell` in docs/executor-protocol.md).

"Reply to `create_subshell_request` (\"Create subshell\"): a new id."
function create_subshell!(kernel::Kernel, request::Request)
    kernel.last_id += 1
    subshell = string(kernel.session.id, "-subshell-", kernel.last_id)
    push!(kernel.subshells, subshell)
    content = Dict{String,Any}("status" => "ok", "subshell_id" => subshell)
    reply(kernel, request, "create_subshell_reply", JSON.json(content))
    return nothing
end

"Reply to `list_subshell_request` (\"List subshell\")."
function list_subshells(kernel::Kernel, request::Request)
    content = Dict{String,Any}("status" => "ok", "subshell_id" => kernel.subshells)
    reply(kernel, request, "list_subshell_reply", JSON.json(content))
    return nothing
end

"""
    delete_subshell!(kernel, request)

Reply to `delete_subshell_request` ("Delete subshell"). The cell that runs there goes on to its end;
those that wait are aborted, and comm messages are left to the main shell.
"""
function delete_subshell!(kernel::Kernel, request::Request)
    subshell = get_text(request.content, "subshell_id")
    if !(subshell in kernel.subshells)
        reply(kernel, request, "delete_subshell_reply", unknown_subshell(kernel, subshell))
        return nothing
    end
    waiting = take_waiting_cells!(kernel, subshell)
    filter!(!isequal(subshell), kernel.subshells)
    for job in kernel.queue
        job.subshell == subshell && return_to_main!(job)
    end
    for executor in kernel.executors
        frame = Dict{String,Any}("type" => "end_subshell", "subshell" => subshell)
        executor.ready && executor.concurrent && send_frame!(executor, frame)
    end
    reply(kernel, request, "delete_subshell_reply", "{\"status\":\"ok\"}")
    abort(kernel, waiting)
    return nothing
end

# The number is what the reply to a cell must have, and no other minds.
function unknown_subshell(kernel::Kernel, subshell::String)
    return string(
        "{\"status\":\"error\",\"execution_count\":", kernel.execution_count,
        ",\"ename\":\"UnknownSubshellError\",\"evalue\":",
        JSON.json("there is no subshell \"$subshell\""), ",\"traceback\":[]}",
    )
end

"Whether the shell that the request is for exists. The field counts on the shell channel alone."
is_known_shell(kernel::Kernel, request::Request) =
    request.channel != SHELL || isempty(request.subshell) || request.subshell in kernel.subshells

"Answer a request for a subshell that does not exist, as is done with any other error."
function refuse_subshell!(kernel::Kernel, request::Request)
    publish_status(kernel, "busy", request.header_json)
    request.msg_type == "execute_request" && publish_input(kernel, request, kernel.execution_count)
    if endswith(request.msg_type, "_request")
        reply_type = replace(request.msg_type, "_request" => "_reply")
        is_question = request.msg_type == "is_complete_request"
        content = is_question ? UNKNOWN_COMPLETENESS : unknown_subshell(kernel, request.subshell)
        reply(kernel, request, reply_type, content)
    end
    publish_status(kernel, "idle", request.header_json)
    return nothing
end

"Tell the executor, should it have subshells, which one the job is for."
function name_subshell!(job::Job)
    isempty(job.subshell) || (job.frame["subshell"] = job.subshell)
    return nothing
end

function return_to_main!(job::Job)
    job.subshell = ""
    delete!(job.frame, "subshell")
    return nothing
end

"Whether something of the subshell runs."
is_running(kernel::Kernel, subshell::String) =
    any(job -> job.kind != :ask && job.subshell == subshell, values(kernel.jobs))

"Whether the executor takes the job beside whatever else it does: it has a thread for the subshell, or
handles comm messages when it can."
runs_beside(executor::Executor, job::Job) =
    job.kind == :comm && executor.comms_beside || executor.concurrent && !isempty(job.subshell)
