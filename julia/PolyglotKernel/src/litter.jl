# What the host has used and needs no more goes back to the system when there is nothing else to do: Julia
# collects by its own lights only, and what was sent in large pieces would stay for as long as it is idle.

"From how many bytes on, allocated since the last time, it pays to look for what can go."
const LITTER_BYTES = 32 * 2^20

"""
From how many bytes on, allocated since the last collection, Julia collects what is young: that takes it a part of a
millisecond here, and keeps the memory that messages pass through small. By itself it waits for 45 MB and more.
"""
const YOUNG_BYTES = 8 * 2^20

"How long nothing has to have come before, in seconds: to look takes some hundredths of one."
const QUIET_SECONDS = 0.5

"""
What was allocated until the host collected last, until it tidied up last, and the least that was in use afterwards,
in bytes; how long it waits until it looks again, in seconds; and when that is, in `monotonic()`.
"""
mutable struct Litter
    collected::Int
    tidied::Int
    lowest::Int
    pause::Float64
    due::Float64
end

Litter() = Litter(0, 0, Int(Base.gc_live_bytes()), QUIET_SECONDS, Inf)

allocated_bytes() = Int(Base.gc_total_bytes(Base.gc_num()))

"Something has been handled: a new moment of quiet begins."
function note_litter!(litter::Litter)
    allocated = allocated_bytes()
    if allocated - litter.collected > YOUNG_BYTES
        GC.gc(false)
        litter.collected = allocated
    end
    if allocated - litter.tidied > LITTER_BYTES
        litter.pause = QUIET_SECONDS
        litter.due = monotonic() + QUIET_SECONDS
    end
    return nothing
end

function tidy_up!(litter::Litter)
    GC.gc()
    # That leaves Julia's own threshold where the largest heap has set it: up to it would garbage pile up again.
    ccall(:jl_gc_collect, Cvoid, (Cint,), Compat.GC_BY_ITSELF)
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
