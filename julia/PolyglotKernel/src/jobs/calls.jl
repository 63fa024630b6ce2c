# Calls between the executors (*Calls* in docs/executor-protocol.md). The host only looks at who calls
# whom; values pass through unread.

"An executor calls the other language."
function route_call!(kernel::Kernel, executor::Executor, frame::Frame)
    number = get_int(frame.header, "call", 0)
    language = get_text(frame.header, "to")
    caller = Caller(executor.language, number, executor.generation)
    executor.waiting += 1
    if !(language in LANGUAGES) || language == executor.language
        send_return!(kernel, caller, call_error("CallError", "there is no other language \"$language\""))
        return nothing
    end
    header = copy(frame.header)
    delete!(header, "to")
    header["from"] = executor.language
    kernel.last_id += 1
    header["call"] = kernel.last_id
    request = request_of(kernel, executor, get_int(frame.header, "id", 0))
    # Threads and tasks that were to be stopped with their cell must not make it wait for more.
    if get_bool(frame.header, "aside", false) && is_interrupted(kernel, request)
        refuse_call!(kernel, caller, language)
        return nothing
    end
    if stops_calls(kernel, request) && !is_brief(header)
        arrive!(kernel.interruption::Interruption)
        refuse_call!(kernel, caller, language)
        return nothing
    end
    if is_brief(header) && !takes_calls(executor_of(kernel, language))
        busy = call_error("Busy", language_name(language) * " is running a cell")
        busy["busy"] = true
        send_return!(kernel, caller, busy)
        return nothing
    end
    job = Job(;
        id=kernel.last_id, kind=:call, language=language, request=request, frame=header,
        buffers=frame.buffers, execution_count=kernel.execution_count, call=caller,
    )
    push!(kernel.queue, job)
    return nothing
end

# A question of completion or inspection: asked at once or not at all, and answered in a moment, so that
# neither cells nor other questions need to know of it.
is_brief(header::Dict{String,Any}) = get_bool(header, "brief", false)
is_brief(job::Job) = job.kind == :call && is_brief(job.frame)

"Whether the executor serves calls now: it is idle, or waits for the return of one that it made."
takes_calls(executor::Executor) =
    executor.ready && !executor.leaving && (isempty(executor.busy) || executor.waiting > 0)

# The request on whose behalf an executor does something; one without a client when none is known.
function request_of(kernel::Kernel, executor::Executor, id::Int)
    job = get(kernel.jobs, id, nothing)
    job === nothing || return job.request
    return clientless_request(get(kernel.parents, id, executor.parent))
end

"The called executor answers."
function route_return!(kernel::Kernel, ::Executor, frame::Frame)
    job = get(kernel.jobs, get_int(frame.header, "call", 0), nothing)
    (job === nothing || job.call === nothing) && return nothing
    caller = job.call::Caller
    forget!(kernel, job)
    send_return!(kernel, caller, copy(frame.header), frame.buffers)
    return nothing
end

function fail_call!(kernel::Kernel, job::Job, ename::String, evalue::String)
    forget!(kernel, job)
    send_return!(kernel, job.call::Caller, call_error(ename, evalue))
    return nothing
end

# An interrupt by the name that the called language has for it: so the caller knows it as one.
const INTERRUPT_NAMES = Dict("julia" => "InterruptException", "python" => "KeyboardInterrupt")

"""
    refuse_waiting_calls!(kernel, request)

Answer the calls on behalf of `request` that have not begun: it was interrupted, or has failed.
"""
function refuse_waiting_calls!(kernel::Kernel, request::Request)
    is_refused(job) = job.kind == :call && job.request === request
    refused = filter(is_refused, kernel.queue)
    filter!(!is_refused, kernel.queue)
    for job in refused
        refuse_call!(kernel, job.call::Caller, job.language)
    end
    return nothing
end

function refuse_call!(kernel::Kernel, caller::Caller, language::String)
    evalue = "the call had not begun when its cell was stopped"
    send_return!(kernel, caller, call_error(INTERRUPT_NAMES[language], evalue))
    return nothing
end

is_interrupted(kernel::Kernel, request::Request) =
    kernel.interruption !== nothing && kernel.interruption.job.request === request

call_error(ename::String, evalue::String) = Dict{String,Any}(
    "type" => "return", "status" => "error", "ename" => ename, "evalue" => evalue
)

function send_return!(kernel::Kernel, caller::Caller, header::Dict{String,Any}, buffers=())
    executor = executor_of(kernel, caller.language)
    executor.generation == caller.generation && executor.process !== nothing || return nothing
    executor.waiting -= 1
    header["call"] = caller.number
    send_frame!(executor, header, buffers)
    stay_awake!(kernel)
    return nothing
end

"References that one executor let go of, which the other holds."
function route_release!(kernel::Kernel, ::Executor, frame::Frame)
    language = get_text(frame.header, "to")
    language in LANGUAGES || return nothing
    executor = executor_of(kernel, language)
    executor.ready && send_frame!(executor, frame.header)
    return nothing
end
