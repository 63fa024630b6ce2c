# A cell whose language still starts says so, when that takes longer than a start does; behind an
# installation Julia compiles the kernel first. The line goes when the cell begins.

"How long a cell waits for its language before it says so, in seconds."
const SILENT_WAIT = 0.7

const WAITING = Dict(
    "julia" => "Julia is starting. Once for each version of Julia it compiles the kernel, which may take a minute …\n",
    "python" => "Python is starting …\n",
)

"The cell or call that waits for nothing but the start of its language, and has not said so; or nothing."
function job_in_wait(kernel::Kernel)
    for job in kernel.queue
        is_cell = job.kind == :execute
        is_cell || job.kind == :call || continue
        is_cell && is_stopping(kernel, job) && return nothing   # it is going to be aborted
        executor = executor_of(kernel, job.language)
        waits = !executor.ready && executor.process !== nothing && needs_executor(job)
        told = job.waits_told || (is_cell && job.silent)
        waits && !told && return job
        is_cell && !job.cell.background && return nothing   # the others wait for this one
    end
    return nothing
end

next_telling(kernel::Kernel) = next_telling(job_in_wait(kernel))
next_telling(::Nothing) = Inf
next_telling(job::Job) = job.received + SILENT_WAIT

"Tell the user why a cell waits."
function tell_wait!(kernel::Kernel, now::Float64)
    job = job_in_wait(kernel)
    next_telling(job) <= now || return nothing
    number_cell!(kernel, job)
    announce(kernel, job)
    job.waits_told = true
    add_text!(kernel, job.request.header_json, "stderr", WAITING[job.language])
    return nothing
end

# The line was all that the cell has shown.
function take_back_wait(kernel::Kernel, job::Job)
    publish_text!(kernel)
    publish(kernel, "clear_output", job.request.header_json, "{\"wait\":false}")
    return nothing
end
