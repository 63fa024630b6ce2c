# What the host has used and needs no more goes back to the system when there is nothing else to do: Julia
# collects by its own lights only, and what was sent in large pieces would stay for as long as it is idle.

"From how many bytes on, allocated since the last time, it pays to look for what can go."
const LITTER_BYTES = 32 * 2^20

"How long nothing has to have come before, in seconds: to look takes some hundredths of one."
const QUIET_SECONDS = 0.5

"For `jl_gc_collect`: a collection like those that Julia begins, which sets when it begins the next one."
const GC_BY_ITSELF = 0

"""
What was allocated until the host tidied up last, and the least that was in use afterwards, in bytes; how long it
waits until it looks again, in seconds; and when that is, in `monotonic()`.
"""
mutable struct Litter
    tidied::Int
    lowest::Int
    pause::Float64
    due::Float64
end

Litter() = Litter(0, Int(Base.gc_live_bytes()), QUIET_SECONDS, Inf)

allocated_bytes() = Int(Base.gc_total_bytes(Base.gc_num()))

"Something has been handled: a new moment of quiet begins."
function note_litter!(litter::Litter)
    if allocated_bytes() - litter.tidied > LITTER_BYTES
        litter.pause = QUIET_SECONDS
        litter.due = monotonic() + QUIET_SECONDS
    end
    return nothing
end

function tidy_up!(litter::Litter)
    GC.gc()
    # That leaves Julia's own threshold where the largest heap has set it: up to it would garbage pile up again.
    ccall(:jl_gc_collect, Cvoid, (Cint,), GC_BY_ITSELF)
    # C's allocator keeps what lies between what is in use; musl's has no such function.
    Sys.islinux() && try
        ccall(:malloc_trim, Cint, (Csize_t,), 0)
    catch
    end
    used = Int(Base.gc_live_bytes())
    litter.lowest = min(litter.lowest, used)
    litter.tidied = allocated_bytes()
    # What is in use may just be under way: it is looked again, after a pause that grows as often as it is not.
    litter.pause *= 2
    litter.due = used - litter.lowest > LITTER_BYTES ? monotonic() + litter.pause : Inf
    return nothing
end
