# A question (completion, inspection) looks at objects of the user's, whose methods may take for ever. Where an
# executor answers it between its cells, nothing else may have to wait for that: the host interrupts it.

"How long a question may keep something else from running, in seconds."
const QUESTION_SECONDS = 3.0

"""
    overdue_at(kernel, job)

Until when a question that runs may take, in `monotonic()`: for ever as long as nothing waits for it. What came behind
it lies in the executor's pipe, or in the queue.
"""
function overdue_at(kernel::Kernel, job::Job)
    is_holding_up(kernel, job) && !was_interrupted(kernel, job) || return Inf
    return job.started + QUESTION_SECONDS
end

function is_holding_up(kernel::Kernel, job::Job)
    (job.kind == :ask && !executor_of(kernel, job.language).concurrent) || return false
    waits(other) = other.language == job.language && other.id > job.id && other.kind != :call
    return any(waits, values(kernel.jobs)) || any(waits, kernel.queue)
end

function next_overdue(kernel::Kernel)
    next = Inf
    for job in values(kernel.jobs)
        next = min(next, overdue_at(kernel, job))
    end
    return next
end

"Interrupt the question that has kept others waiting for long enough: the oldest, which is the one that runs."
function interrupt_overdue!(kernel::Kernel, now::Float64)
    overdue = filter(job -> overdue_at(kernel, job) <= now, collect(values(kernel.jobs)))
    isempty(overdue) && return nothing
    job = overdue[argmin([job.id for job in overdue])]
    kernel.interruption = Interruption(job, executor_of(kernel, job.language), now)
    press!(kernel, kernel.interruption, now)
    return nothing
end
