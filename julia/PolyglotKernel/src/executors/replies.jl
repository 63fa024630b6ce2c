# What comes back from the executors.

"""
    service!(kernel, executor)

Handle all that can be read from and written to an executor that has a process, and its end.
"""
function service!(kernel::Kernel, executor::Executor)
    process = executor.process::Process
    write_outgoing!(process)
    kernel.source = executor
    is_held_up(kernel, executor) || read_output!(kernel, executor, process)
    kernel.source = nothing
    has_ended(process) && bury!(kernel, executor)
    return nothing
end

"""
    is_held_up(kernel, executor)

Whether the executor's output is left in its pipes, where it will soon have to wait itself, as clients
have not taken what it has written before.
"""
is_held_up(kernel::Kernel, executor::Executor) =
    is_full(executor.backlog) && kernel.shutdown === nothing

"""
    read_output!(kernel, executor, process)

Handle all that an executor has written: its frames, and the raw output, each piece before or after
the frames as the marks and the moment say (*Order* in `docs/executor-protocol.md`).
"""
function read_output!(kernel::Kernel, executor::Executor, process::Process)
    # Raw output that stands there now was written before any frame that is not yet readable.
    limits = (written(process.raw[1]), written(process.raw[2]))
    complete = read_replies!(process)
    handle_frames!(kernel, executor, process) || return nothing
    complete || return nothing
    for i in 1:2
        add_raw!(kernel, executor, i, take_until!(process.raw[i], limits[i]))
    end
    return nothing
end

# Whether all frames were good; after a bad one the rest cannot be read.
function handle_frames!(kernel::Kernel, executor::Executor, process::Process)
    while true
        frame = try
            Frames.next!(process.decoder)
        catch e
            process.decoder = Frames.Decoder()
            condemn!(executor, "was restarted, because it sent a " * sprint(showerror, e))
            return false
        end
        frame === nothing && return true
        try
            for (i, mark) in ((1, Frames.STDOUT_MARK), (2, Frames.STDERR_MARK))
                before = take_before_frame!(process.raw[i], frame.marks & mark != 0)
                add_raw!(kernel, executor, i, before)
            end
            handle_frame!(kernel, executor, frame)
        catch e
            frame_failed!(kernel, frame, e, catch_backtrace())
        end
    end
end

# The host is at fault, which costs no language its variables; but nobody may wait for ever.
function frame_failed!(kernel::Kernel, frame::Frame, @nospecialize(fault), trace::Vector)
    type = get_text(frame.header, "type")
    log_failure("handle a frame of type " * shown(type), fault, trace)
    job = job_of(kernel, frame)
    (type == "reply" && job !== nothing) || return nothing
    succeeds(end_with_error!, kernel, job, "KernelError", sprint(showerror, fault))
    return nothing
end

function add_raw!(kernel::Kernel, executor::Executor, index::Int, bytes::Vector{UInt8})
    isempty(bytes) && return nothing
    if !executor.ready
        executor.last_words *= String(copy(bytes))
        index == 2 && write_log(bytes)
        return nothing
    end
    index == 2 && expect_end!(executor)
    text = whole_characters!(executor.tails[index], bytes)
    add_output!(kernel, output_parent(kernel, executor), index == 1 ? "stdout" : "stderr", text)
    return nothing
end

# Raw output belongs to what runs now, or ran last.
function output_parent(kernel::Kernel, executor::Executor)
    isempty(executor.busy) && return executor.parent
    return kernel.jobs[last(executor.busy)].request.header_json
end

job_of(kernel::Kernel, frame::Frame) =
    get(kernel.jobs, get_int(frame.header, "id", 0), nothing)

# Comm messages are handed over as they come: more of them may be under way than parents are remembered.
function parent_of(kernel::Kernel, executor::Executor, frame::Frame)
    job = job_of(kernel, frame)
    job === nothing || return job.request.header_json
    return get(kernel.parents, get_int(frame.header, "id", 0), executor.parent)
end

function handle_frame!(kernel::Kernel, executor::Executor, frame::Frame)
    type = get_text(frame.header, "type")
    if type == "stream"     # by far the most frequent, in a flood of prints
        name = get_text(frame.header, "name", "stdout")
        text = body(frame)
        add_output!(kernel, parent_of(kernel, executor, frame), name, text)
        recycle!(executor, text)
    elseif haskey(FRAME_HANDLERS, type)
        FRAME_HANDLERS[type](kernel, executor, frame)
    else
        log_warning(string("ignored a frame of type ", shown(type), " from the ", executor.language, " executor"))
    end
    return nothing
end

# The process is gone when the frame was its last.
function recycle!(executor::Executor, buffer::Vector{UInt8})
    process = executor.process
    process === nothing || Frames.recycle!(process.decoder, buffer)
    return nothing
end

const EMPTY_OBJECT = Vector{UInt8}(codeunits("{}"))
body(frame::Frame) = isempty(frame.buffers) ? EMPTY_OBJECT : frame.buffers[1]

function take_ready!(kernel::Kernel, executor::Executor, frame::Frame)
    executor.ready = true
    executor.concurrent = get_bool(frame.header, "concurrent", false)
    executor.comms_beside = get_bool(frame.header, "comms_beside", false)
    executor.interrupt_frames = get_bool(frame.header, "interrupt_frames", false)
    executor.version = get_text(frame.header, "version")
    process = executor.process::Process
    process.sigint = sigint_words(process.pid, get(frame.header, "sigint", nothing))
    executor.language == "julia" && (process.faults = handled_faults(process.pid))
    # Julia before 1.9 compiles then what it takes to answer, which is better done now.
    executor.language == "julia" && !Compat.CACHES_MACHINE_CODE && expect_questions!(kernel)
    return nothing
end

function publish_frame!(kernel::Kernel, executor::Executor, frame::Frame)
    publish_text!(kernel)
    msg_type = get_text(frame.header, "msg_type")
    comm_id = get_text(frame.header, "comm_id")
    if msg_type == "comm_open"
        kernel.comms[comm_id] = Comm(executor.language, get_text(frame.header, "target_name"))
    elseif msg_type == "comm_close"
        delete!(kernel.comms, comm_id)
    end
    metadata = get(frame.header, "metadata", nothing)
    publish(
        kernel, msg_type, parent_of(kernel, executor, frame), body(frame),
        metadata isa Dict ? JSON.json(metadata) : NO_METADATA, frame.buffers[2:end],
    )
    job = job_of(kernel, frame)
    job !== nothing && msg_type == "execute_result" && (job.result = body(frame))
    return nothing
end

function handle_reply!(kernel::Kernel, executor::Executor, frame::Frame)
    executor.leaving = get_bool(frame.header, "leaving", false)
    job = job_of(kernel, frame)
    job === nothing && return nothing
    content = in_source(job, body(frame))
    finish!(kernel, job, content, get_text(frame.header, "status") == "error")
    return nothing
end

# Who completes knows nothing of the marker: its positions count without it.
function in_source(job::Job, content::Vector{UInt8})
    (job.reply_type == "complete_reply" && job.cell.marker_length > 0) || return content
    fields = JSON.parse(content)
    shift!(fields, "cursor_start", job.cell)
    shift!(fields, "cursor_end", job.cell)
    metadata = get(fields, "metadata", nothing)
    entries = metadata isa Dict ? get(metadata, "_jupyter_types_experimental", nothing) : nothing
    for entry in (entries isa Vector ? entries : Any[])
        entry isa Dict || continue
        shift!(entry, "start", job.cell)
        shift!(entry, "end", job.cell)
    end
    return Vector{UInt8}(JSON.json(fields))
end

function shift!(fields::Dict, name::String, cell::Cell)
    position = get(fields, name, nothing)
    position isa Int && (fields[name] = position_in_source(cell, position))
    return nothing
end

"""
    request_input!(kernel, executor, frame)

Ask the client whose request runs for a line of input ("Messages on the stdin channel").
"""
function request_input!(kernel::Kernel, executor::Executor, frame::Frame)
    id = get_int(frame.header, "id", 0)
    job = get(kernel.jobs, id, nothing)
    if job === nothing || isempty(job.request.identities)
        answer_input!(executor, id, END_OF_INPUT)
        return nothing
    end
    publish_text!(kernel)
    receive_all!(kernel, STDIN)     # answers to questions that nobody asks any more
    filter!(entry -> entry.executor !== executor, kernel.inputs)
    push!(kernel.inputs, PendingInput(job, executor, id))
    content = Dict{String,Any}(
        "prompt" => get_text(frame.header, "prompt"),
        "password" => get_bool(frame.header, "password", false),
    )
    send_message(
        kernel.session, kernel.channels.sockets[STDIN], job.request.identities, "input_request",
        job.request.header_json, JSON.json(content),
    )
    return nothing
end

const END_OF_INPUT = "\x04"

function answer_input!(executor::Executor, id::Int, value::String)
    frame = Dict{String,Any}("type" => "input_reply", "id" => id, "value" => value)
    executor.process === nothing || send_frame!(executor, frame)
    return nothing
end

function register_target!(kernel::Kernel, executor::Executor, frame::Frame)
    name = get_text(frame.header, "target_name")
    if get_bool(frame.header, "registered", true)
        kernel.targets[name] = executor.language
    elseif get(kernel.targets, name, "") == executor.language
        delete!(kernel.targets, name)
    end
    return nothing
end

"""
    bury!(kernel, executor)

An executor's process has ended, or is about to: show its last output, end what ran in it with an
error that says how it ended, and start the next one.
"""
function bury!(kernel::Kernel, executor::Executor)
    process = executor.process::Process
    lives_on(process) && condemn!(executor, "was ended, because it had closed its pipes to the kernel")
    kill_group(process)
    while !read_replies!(process)
        handle_frames!(kernel, executor, process)
    end
    handle_frames!(kernel, executor, process)
    for i in 1:2
        add_raw!(kernel, executor, i, take_to_mark!(process.raw[i]))
        empty!(executor.tails[i])
    end
    status = await_end!(process)
    close_process!(process)
    executor.process = nothing
    was_ready = executor.ready
    # One of the shim's that ended before it was taken over: the next one can be asked how.
    status == UNKNOWN_STATUS && !was_ready && kernel.shutdown === nothing &&
        return (ensure_started!(executor); nothing)
    what = isempty(executor.condemned) ? describe_status(status) : executor.condemned
    was_ready || (what = what * startup_words(executor))
    if kernel.shutdown === nothing
        status == EXIT_SUCCESS && end_exited_cell!(kernel, executor)
        is_told(kernel, executor) || tell_of_end!(kernel, executor, what)
        lose_jobs!(kernel, executor, what)
    end
    close_comms!(kernel, executor)
    end_debugging!(kernel, executor)
    executor.ready = false
    empty!(executor.busy)
    was_ready && kernel.shutdown === nothing && ensure_started!(executor)
    return nothing
end

# The cells of the notebook's own language may end the session, as `exit` in Python does: a console closes. Where the
# client stays, what it costs is said. In a notebook of another language, an end is an error.
function end_exited_cell!(kernel::Kernel, executor::Executor)
    executor.language == "julia" == kernel.options.language && isempty(executor.condemned) || return nothing
    for job in collect(values(kernel.jobs))
        job.language == executor.language && job.kind == :execute || continue
        job.silent || add_text!(kernel, job.request.header_json, "stderr", "exit(): " * loss(executor) * ".\n")
        publish_text!(kernel)
        content = string(
            "{\"status\":\"ok\",\"execution_count\":", job.execution_count, ",\"user_expressions\":{},",
            "\"payload\":[{\"source\":\"ask_exit\",\"keepkernel\":false}]}",
        )
        finish!(kernel, job, content)
        executor.leaving = true
    end
    return nothing
end

# Whether the end is told anyway: by what it ends, or because the user asked for it.
function is_told(kernel::Kernel, executor::Executor)
    (executor.leaving || !executor.ready) && return true
    shows(job) = job.language == executor.language && job.kind in (:execute, :call)
    return any(shows, values(kernel.jobs))
end

"An executor ended while none of its cells ran: say so below the last one."
function tell_of_end!(kernel::Kernel, executor::Executor, what::String)
    name = language_name(executor.language)
    text = string("The ", name, " process ", what, ". ", loss(executor), ".\n")
    if executor.parent === NO_PARENT
        log_warning(text)
    else
        add_text!(kernel, executor.parent, "stderr", text)
    end
    return nothing
end

function startup_words(executor::Executor)
    words = strip(executor.last_words)
    return isempty(words) ? " while it started" : " while it started, saying:\n" * words
end

# All that the process had, and, when it never was ready, all that waits for it.
function lose_jobs!(kernel::Kernel, executor::Executor, what::String)
    for job in collect(values(kernel.jobs))
        job.language == executor.language && lose!(kernel, job, executor, what)
        caller = job.call
        if caller !== nothing && caller.language == executor.language
            other = executor_of(kernel, job.language)
            other.process === nothing || interrupt(other.process)
        end
    end
    if !executor.ready
        waiting = filter(job -> job.language == executor.language && needs_executor(job), kernel.queue)
        for job in waiting
            # ending the first cell may have aborted the others
            any(other -> other === job, kernel.queue) || continue
            withdraw!(kernel, job)
            lose!(kernel, job, executor, what)
        end
    end
    return nothing
end

# Clients must not go on talking to comms whose other end is gone.
function close_comms!(kernel::Kernel, executor::Executor)
    for (comm_id, comm) in collect(kernel.comms)
        comm.language == executor.language || continue
        delete!(kernel.comms, comm_id)
        content = JSON.json(Dict{String,Any}("comm_id" => comm_id, "data" => Dict{String,Any}()))
        publish(kernel, "comm_close", executor.parent, content)
    end
    filter!(entry -> entry[2] != executor.language, kernel.targets)
    return nothing
end

"What is done with each type of frame, `stream` apart."
const FRAME_HANDLERS = Dict{String,Function}(
    "ready" => take_ready!,
    "publish" => publish_frame!,
    "reply" => handle_reply!,
    "input_request" => request_input!,
    "interrupted" => interrupt_arrived!,
    "call" => route_call!,
    "return" => route_return!,
    "release" => route_release!,
    "comm_target" => register_target!,
    "debugger" => take_debugger!,
)
