# The order in which things happen. Cells of all languages run one after another, as they came; for one in the
# background (`%julia &`) only those of its own language wait. A comm
# message waits for its own language alone, and never overtakes a cell of it that waits, too; the one that
# runs already is no hindrance where the executor takes comm messages beside it. What is sent to a subshell
# waits only for what that subshell was sent before; where its language does one thing at a time, for
# its language too. Questions go at once to whoever can answer them.

"Start each queued job whose turn it is. The loop calls this when it has handled all that came."
function start_jobs!(kernel::Kernel)
    kernel.shutdown === nothing || return nothing
    taken = String[]                # languages, and subshells, that an earlier job in the queue waits for
    cell_waits = false
    i = 1
    while i <= length(kernel.queue)
        job = kernel.queue[i]
        is_cell = job.kind == :execute
        in_main = isempty(job.subshell)
        held_back = is_cell && is_stopping(kernel, job)
        if in_main && is_cell && (cell_waits || kernel.cell !== nothing)
            held_back |= job.language in taken || !may_run_beside_suspended(kernel, job)
        end
        held_back |= !in_main && (job.subshell in taken || is_running(kernel, job.subshell))
        if !held_back && try_start!(kernel, job, taken)
            # a cell that the host answers itself is over already: look again from the front
            taken, cell_waits, i = String[], false, 1
            continue
        end
        (is_cell || job.kind == :comm) && push!(taken, in_main ? job.language : job.subshell)
        cell_waits |= in_main && is_cell && !job.cell.background
        i += 1
    end
    return nothing
end

needs_executor(job::Job) =
    job.kind != :execute || isempty(job.cell.problem) && (!is_blank(job) || has_expressions(job))
has_expressions(job::Job) = !isempty(job.frame["user_expressions"]::Dict{String,Any})
is_blank(job::Job) = all(isspace, job.cell.code) && isempty(job.cell.inputs) && isempty(job.cell.outputs)

function can_start!(kernel::Kernel, job::Job, taken::Vector{String})
    needs_executor(job) || return true
    executor = executor_of(kernel, job.language)
    ensure_started!(executor) || return true    # handing the job over will say why
    executor.ready && !executor.leaving || return false
    job.kind == :ask && return executor.concurrent || isempty(executor.busy)
    job.kind == :call && return takes_calls(executor)
    free = runs_beside(executor, job) || isempty(executor.busy)
    return free && !(isempty(job.subshell) && job.language in taken)
end

"Start the job if it can be. Whether it is out of the queue; so is one that the host fails to start."
function try_start!(kernel::Kernel, job::Job, taken::Vector{String})
    try
        can_start!(kernel, job, taken) || return false
        filter!(other -> other !== job, kernel.queue)
        start!(kernel, job)
    catch e
        Base.invokelatest(abandon!, kernel, job, e, catch_backtrace())
    end
    return true
end

"End a job with the error that the host itself made."
function abandon!(kernel::Kernel, job::Job, @nospecialize(fault), trace::Vector)
    log_failure("start a job of the kind \"$(job.kind)\"", fault, trace)
    withdraw!(kernel, job)
    end_with_error!(kernel, job, "KernelError", sprint(showerror, fault))
    return nothing
end

"Take a job out of the queue that ends without having been started. Does nothing for one that was."
function withdraw!(kernel::Kernel, job::Job)
    at = findfirst(other -> other === job, kernel.queue)
    at === nothing && return nothing
    deleteat!(kernel.queue, at)
    number_cell!(kernel, job)
    announce(kernel, job)
    return nothing
end

function start!(kernel::Kernel, job::Job)
    number_cell!(kernel, job)
    executor = executor_of(kernel, job.language)
    runs = needs_executor(job) && executor.process !== nothing
    try
        runs && hand_over!(kernel, job, executor)   # first: it begins while the clients are told
    finally
        announce(kernel, job)
    end
    if runs
        job.counts && record_code(kernel, job)
        tell_of_breakpoints!(kernel, job)
    elseif needs_executor(job)
        lose!(kernel, job, executor, "could not be started: " * executor.last_words)
    elseif !isempty(job.cell.problem)
        fail_cell!(kernel, job, "MarkerError", job.cell.problem)
    else
        finish!(kernel, job, ok_content(job))
    end
    return nothing
end

"Give the cell its number, unless it has it; one of its own if it counts, for the history too."
function number_cell!(kernel::Kernel, job::Job)
    (job.kind == :execute && !job.numbered) || return nothing
    job.numbered = true
    job.counts = get_bool(job.request.content, "store_history", true) && !job.silent && !is_blank(job)
    job.counts && (kernel.execution_count += 1)
    job.execution_count = kernel.execution_count
    return nothing
end

"Tell the clients that work on a request begins, and a cell's code and number, unless they know."
function announce(kernel::Kernel, job::Job)
    job.kind == :call && return nothing
    if job.announced
        job.waits_told && take_back_wait(kernel, job)
        return nothing
    end
    job.announced = true
    publish_status(kernel, "busy", job.request.header_json)
    job.kind == :execute && !job.silent && publish_input(kernel, job.request, job.execution_count)
    return nothing
end

function publish_input(kernel::Kernel, request::Request, execution_count::Int)
    content = string(
        "{\"code\":", JSON.json(get_text(request.content, "code")),
        ",\"execution_count\":", execution_count, "}",
    )
    publish(kernel, "execute_input", request.header_json, content)
    return nothing
end

function ok_content(job::Job)
    return string(
        "{\"status\":\"ok\",\"execution_count\":", job.execution_count,
        ",\"payload\":[],\"user_expressions\":{}}",
    )
end

"Give a job to its executor's process, which exists and takes it."
function hand_over!(kernel::Kernel, job::Job, executor::Executor)
    kernel.jobs[job.id] = job
    job.started = monotonic()
    grant!(executor.backlog, REQUEST_ALLOWANCE)
    job.kind == :ask || is_brief(job) || runs_beside(executor, job) || push!(executor.busy, job.id)
    (job.kind == :execute || job.kind == :comm && isempty(executor.busy)) &&
        (executor.parent = job.request.header_json)
    remember_parent!(kernel, job)
    job.frame["id"] = job.id
    if job.kind == :execute
        job.frame["execution_count"] = job.execution_count
        job.frame["store_history"] = job.counts
        isempty(job.subshell) && !job.cell.background && occupy_main!(kernel, job)
        job.language == "julia" && expect_questions!(kernel)
        remember_words!(kernel, job)
    end
    send_frame!(executor, job.frame, job.buffers)
    job.kind == :call && stay_awake!(kernel)
    return nothing
end

"""
    finish!(kernel, job, content)

The job is answered: reply to the client with `content`. After a failure, or an interrupt, the cells
behind it are aborted (`stop.jl`).
"""
function finish!(kernel::Kernel, job::Job, content::Union{String,Vector{UInt8}}, failed::Bool=false)
    tell_left_out!(kernel, job.request.header_json)
    publish_text!(kernel)
    stops = failed && job.kind == :execute && (job.stop_on_error || was_interrupted(kernel, job))
    failed && refuse_waiting_calls!(kernel, job.request)
    forget!(kernel, job)
    stops ? stop_behind!(kernel, job, content) : conclude(kernel, job, content)
    return nothing
end

"The last that clients hear of a job. When that was, in `monotonic()`."
function conclude(kernel::Kernel, job::Job, content::Union{String,Vector{UInt8}})
    isempty(job.reply_type) || reply(kernel, job.request, job.reply_type, content, metadata_of(job))
    replied = monotonic()
    publish_status(kernel, "idle", job.request.header_json)
    record_result(kernel, job)
    return replied
end

# When a cell was begun, by which clients tell how long it took; that is in no field of the content.
function metadata_of(job::Job)
    (job.kind == :execute && !isnan(job.started)) || return NO_METADATA
    return string("{\"started\":\"", utc_timestamp(time_of_day(job.started)), "\"}")
end

# Output may still come when a job is over: from its threads, and what lay in a pipe.
const REMEMBERED_PARENTS = 1000

function remember_parent!(kernel::Kernel, job::Job)
    kernel.parents[job.id] = job.request.header_json
    forgotten = pop!(kernel.parents, job.id - REMEMBERED_PARENTS, nothing)
    forgotten === nothing || delete!(kernel.limit.written, forgotten)
    return nothing
end

# The job runs no longer, whatever became of it.
function forget!(kernel::Kernel, job::Job)
    delete!(kernel.jobs, job.id)
    executor = executor_of(kernel, job.language)
    filter!(id -> id != job.id, executor.busy)
    filter!(entry -> entry.job !== job, kernel.inputs)
    leave_main!(kernel, job)
    job.language == "julia" && Compat.CACHES_MACHINE_CODE && (kernel.preparing = Inf)
    end_interruption!(kernel, job)
    return nothing
end

"End a cell with an error of the kernel's own, shown like any other."
function fail_cell!(kernel::Kernel, job::Job, ename::String, evalue::String)
    publish_text!(kernel)
    traceback = "\e[31m" * ename * "\e[39m: " * evalue
    fields = string(
        "\"ename\":", JSON.json(ename), ",\"evalue\":", JSON.json(evalue),
        ",\"traceback\":[", JSON.json(traceback), "]",
    )
    job.silent || publish(kernel, "error", job.request.header_json, "{" * fields * "}")
    content = string(
        "{\"status\":\"error\",\"execution_count\":", job.execution_count, ",", fields, "}"
    )
    finish!(kernel, job, content, true)
    return nothing
end

"The job's executor is gone: end the job with an error that says what happened."
function lose!(kernel::Kernel, job::Job, executor::Executor, what::String)
    name = language_name(executor.language)
    evalue = "the $name process $what"
    if job.kind == :execute
        lost = executor.ready ? loss(executor) :
               "run the cell again to try once more, or ask `polyglot-kernel doctor`"
        evalue *= ". " * lost
    end
    end_with_error!(kernel, job, "ExecutorDied", evalue)
    return nothing
end

"The reply to `is_complete_request` where nobody knows; it has no form with an error."
const UNKNOWN_COMPLETENESS = "{\"status\":\"unknown\"}"

"End a job, of whatever kind, with an error of the kernel's own."
function end_with_error!(kernel::Kernel, job::Job, ename::String, evalue::String)
    if job.kind == :execute
        fail_cell!(kernel, job, ename, evalue)
    elseif job.kind == :call
        fail_call!(kernel, job, ename, evalue)
    elseif job.reply_type == "is_complete_reply"
        finish!(kernel, job, UNKNOWN_COMPLETENESS)
    else
        content = string(
            "{\"status\":\"error\",\"ename\":\"", ename, "\",\"evalue\":", JSON.json(evalue),
            ",\"traceback\":[]}",
        )
        finish!(kernel, job, content)
    end
    return nothing
end

loss(executor::Executor) = string(
    language_name(executor.language), " starts afresh and its variables are lost; ",
    "the other language keeps its own",
)

language_name(language::String) = uppercasefirst(language)
