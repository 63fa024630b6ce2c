# When the executor collects garbage: not between assignments by Python that follow each other. A collection goes
# through all values that were just made, and finds of them only those that the next one has replaced.

"How many bytes an assignment has to have allocated if it is to be waited for another one."
const LEAST_POSTPONED = 2^20

"How many bytes may be allocated before garbage is collected after all: at the most this, and a part of what is free."
const MOST_POSTPONED = 2^28
const PART_OF_FREE = 8

"How long nothing has to come, in seconds, until what is due is done."
const POSTPONED_SECONDS = 0.1

"Collections wait; `from` is what was allocated when that began, in bytes, `timer` ends it."
mutable struct Garbage
    postponed::Bool
    from::Int
    timer::Union{Timer,Nothing}
end

Garbage() = Garbage(false, 0, nothing)

"What the root task finds in its inbox when nothing has come for a moment."
struct Quiet end

"""
    postpone_garbage!(session)

Nothing is collected from now on until another request comes than an assignment, nothing comes, or there is too much.
To be called by the root task between requests, when no code of the user's is to run. Who has called
`GC.enable(false)` keeps that.
"""
function postpone_garbage!(session)
    garbage = session.garbage
    garbage.postponed && return nothing
    garbage.postponed = GC.enable(false)
    garbage.from = allocated_bytes()
    return nothing
end

"What was postponed comes by itself when nothing else has come for so long, and now if it is little or too much."
function await_quiet!(session)
    garbage = session.garbage
    garbage.postponed || return nothing
    allocated = allocated_bytes() - garbage.from
    LEAST_POSTPONED <= allocated <= MOST_POSTPONED && allocated <= Sys.free_memory() ÷ PART_OF_FREE ||
        return collect_garbage!(session)
    garbage.timer === nothing || close(garbage.timer)
    garbage.timer = Timer(_ -> put!(session.inbox, Quiet()), POSTPONED_SECONDS)
    return nothing
end

"Julia collects again, and what is due now."
function collect_garbage!(session)
    garbage = session.garbage
    garbage.postponed || return nothing
    garbage.timer === nothing || close(garbage.timer)
    garbage.timer = nothing
    garbage.postponed = false
    Compat.collect_again()
    return nothing
end

allocated_bytes() = Int(Base.gc_total_bytes(Base.gc_num()))
