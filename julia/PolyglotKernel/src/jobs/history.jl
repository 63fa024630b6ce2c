# The history of cells, which Python keeps for every language. What other languages ran it is told behind
# the cell's own way, so that nobody waits for it.

"Up to which size the content of a result goes into the history."
const RECORDED_RESULT = 2^20

"A cell begins to run that counts: record its code, unless Python itself does."
function record_code(kernel::Kernel, job::Job)
    is_history_told(kernel, job) || return nothing
    fields = Dict{String,Any}("type" => "record", "code" => get_text(job.request.content, "code"))
    tell_history(kernel, job, fields)
    return nothing
end

"A job is over: record its result, if its code was recorded. Python reads it; here it goes unread."
function record_result(kernel::Kernel, job::Job)
    result = job.result
    (result === nothing || length(result) > RECORDED_RESULT) && return nothing
    is_history_told(kernel, job) || return nothing
    get(job.frame, "store_history", false) === true || return nothing
    tell_history(kernel, job, Dict{String,Any}("type" => "record_result"), [result])
    return nothing
end

# A Python that is still starting reads it when it has.
is_history_told(kernel::Kernel, job::Job) =
    job.language != "python" && executor_of(kernel, "python").process !== nothing

function tell_history(kernel::Kernel, job::Job, fields::Dict{String,Any}, buffers=())
    fields["execution_count"] = job.execution_count
    send_frame!(executor_of(kernel, "python"), fields, buffers)
    return nothing
end
