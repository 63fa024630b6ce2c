# The debugger of Python's cells. The executor does all that is asked (`debug_request`), and says what has become
# of it; here stands what follows from that: cells of the other language go on while one stands at a breakpoint.

const DEBUGGED = "python"

"""
    debug!(kernel, request)

Pass a `debug_request` ("Debug request") on. Of a cell that is dumped the executor is told the language.
"""
function debug!(kernel::Kernel, request::Request)
    frame = Dict{String,Any}("type" => "debug")
    arguments = get(request.content, "arguments", nothing)
    if get_text(request.content, "command") == "dumpCell" && arguments isa Dict
        frame["language"] = parse_cell(get_text(arguments, "code"), kernel.options.language).language
    end
    kernel.last_id += 1
    job = Job(;
        id=kernel.last_id, kind=:ask, language=DEBUGGED, request=request, reply_type="debug_reply",
        frame=frame, buffers=Vector{UInt8}[request.content_json],
    )
    push!(kernel.queue, job)
    return nothing
end

"Take note of the state of the executor's debugger."
function take_debugger!(kernel::Kernel, executor::Executor, frame::Frame)
    debugging = kernel.debugging
    debugging.attached = get_bool(frame.header, "attached", false)
    if !get_bool(frame.header, "suspended", false)
        debugging.suspended = NOT_SUSPENDED
    elseif debugging.suspended == NOT_SUSPENDED
        debugging.suspended = monotonic()
    end
    marked = get(frame.header, "marked", nothing)
    debugging.marked = marked isa Vector ? String[text for text in marked if text isa String] : String[]
    debugging.parent = parent_of(kernel, executor, frame)
    return nothing
end

"The executor's process is gone, and the session with it: tell the clients, which would wait for it."
function end_debugging!(kernel::Kernel, executor::Executor)
    executor.language == DEBUGGED || return nothing
    debugging, kernel.debugging = kernel.debugging, Debugging()
    debugging.attached || return nothing
    content = "{\"type\":\"event\",\"seq\":0,\"event\":\"terminated\",\"body\":{}}"
    publish(kernel, "debug_event", debugging.parent, content)
    return nothing
end

"""
    may_run_beside_suspended(kernel, job)

Whether the cell may run although the one before it has not ended: that one stands at a breakpoint, and this is
one of the other language, which was sent when it stood already. Those sent before may build on it, as in a
Run All.
"""
function may_run_beside_suspended(kernel::Kernel, job::Job)
    cell = kernel.cell
    cell === nothing && return false
    return cell.language == DEBUGGED && job.language != DEBUGGED && kernel.suspended === nothing &&
           kernel.debugging.suspended <= job.received
end

"A cell begins to run in the main shell, perhaps beside one that stands at a breakpoint."
function occupy_main!(kernel::Kernel, job::Job)
    kernel.suspended = kernel.cell
    kernel.cell = job
    return nothing
end

"A cell that ran in the main shell has ended."
function leave_main!(kernel::Kernel, job::Job)
    if job === kernel.cell
        kernel.cell, kernel.suspended = kernel.suspended, nothing
    elseif job === kernel.suspended
        kernel.suspended = nothing
    end
    return nothing
end

"Say in a cell on which a breakpoint is set that its language has none."
function tell_of_breakpoints!(kernel::Kernel, job::Job)
    isempty(kernel.debugging.marked) && return nothing
    (job.kind == :execute && job.language != DEBUGGED && !job.silent) || return nothing
    get_text(job.request.content, "code") in kernel.debugging.marked || return nothing
    name = language_name(job.language)
    add_text!(
        kernel, job.request.header_json, "stderr",
        "$name cells have no breakpoints: this one runs to its end.\n",
    )
    return nothing
end
