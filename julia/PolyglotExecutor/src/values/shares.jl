# Memory that both languages hold at once (`docs/values.md`, *Shared arrays*). Each process that holds a
# share has a mapping and a descriptor of it: so the memory outlives the one that made it, and can be
# handed on. It goes when the last array on it is gone, in the last process.

"""
What is mapped: `size` bytes of a file, from `start` on, and its `MODE_…`. The same extent is
mapped once, however often it comes; but for `MODE_COPY`, as what was written there is not in the file.
"""
struct Extent
    device::UInt64
    inode::UInt64
    start::Int
    size::Int
    mode::UInt8
end

"All of a file in memory, which both languages write to."
whole_file(status, size::Int) =
    Extent(UInt64(status.device), UInt64(status.inode), 0, size, MODE_WRITE)

"""
Memory that this process has mapped; `holders` are the arrays on it, and who is about to make one. The
descriptor is -1 where the file has a name by which it is found again.
"""
mutable struct Share
    fd::Int
    extent::Extent
    address::Ptr{UInt8}
    holders::Int
end

"""
    Shares(borrower)

The shares that this process holds; the `borrower` counts them among what is mapped.
"""
struct Shares
    live::Dict{Extent,Share}
    lock::ReentrantLock
    borrower::Borrower
end

Shares(borrower::Borrower) = Shares(Dict{Extent,Share}(), ReentrantLock(), borrower)

Base.length(shares::Shares) = length(shares.live)

"""
    new_array(shares, T, dims)

A new shared array of zeros. Throws `ArgumentError` for elements that are no plain bits in both
languages, `NoRoomError` where memory and disk are short.
"""
function new_array(shares::Shares, ::Type{T}, dims::Dims) where {T}
    is_shareable(T) || throw(ArgumentError("the elements of a shared array are numbers, not $T"))
    share = new_share(shares, max(prod(dims) * sizeof(T), 1))
    return wrap(shares, share, T, dims, 0)
end

# Dates and times have other bits in Python.
is_shareable(@nospecialize(T)) =
    !(T <: Dates.AbstractTime) && isbitstype(T) && describe_element(T) !== nothing

function new_share(shares::Shares, size::Int)
    Sys.islinux() || throw(ArgumentError("memory is shared on Linux only"))
    segment = open_allocated(size)
    fd = keep_open(segment.fd)
    extent = whole_file(stat(segment.io), size)
    close(segment.io)
    try
        return hold_new!(shares, fd, extent)
    catch
        close_descriptor(fd)
        rethrow()
    end
end

const F_DUPFD_CLOEXEC = 1030

"Another descriptor of the same file, which no child inherits."
function keep_open(fd::Integer)
    kept = ccall(:fcntl, Cint, (Cint, Cint, Cint...), fd, F_DUPFD_CLOEXEC, 0)
    kept < 0 && throw(SystemError("fcntl"))
    return Int(kept)
end

close_descriptor(fd::Int) = (ccall(:close, Cint, (Cint,), fd); nothing)

# One holder: who asked for it. The share takes over the descriptor `kept`.
function hold_new!(shares::Shares, fd::Int, extent::Extent, kept::Int=fd)
    make_room!(shares.borrower, extent.size)
    address = map_extent(fd, extent)
    share = Share(kept, extent, address, 1)
    Threads.atomic_add!(shares.borrower.mapped, extent.size)
    extent.mode == MODE_COPY || Base.@lock shares.lock shares.live[extent] = share
    return share
end

function map_extent(fd::Integer, extent::Extent)
    protection = extent.mode == MODE_READ ? PROT_READ : PROT_READ | PROT_WRITE
    flags = extent.mode == MODE_COPY ? MAP_PRIVATE : MAP_SHARED
    return map_memory(fd, extent.start, extent.size, protection, flags)
end

"The share that `extent` is, with one more holder; `nothing` where it is not mapped."
function hold_known!(shares::Shares, extent::Extent)
    Base.@lock shares.lock begin
        known = get(shares.live, extent, nothing)
        known === nothing || (known.holders += 1)
        return known
    end
end

"The memory that another process has at `path`, with one more holder."
function hold!(shares::Shares, path::String, inode::UInt64, size::Int)
    io = open(path; read=true, write=true, create=false, truncate=false)
    try
        status = stat(io)
        status.inode == inode && status.size >= size ||
            error("$path is no longer the memory that was shared")
        return hold_file!(shares, Compat.descriptor(io), whole_file(status, size))
    finally
        close(io)
    end
end

"The open file as memory, with one more holder."
function hold_file!(shares::Shares, fd::Int, extent::Extent)
    known = hold_known!(shares, extent)
    known === nothing || return known
    kept = keep_open(fd)
    try
        return hold_new!(shares, kept, extent)
    catch
        close_descriptor(kept)
        rethrow()
    end
end

"""
    wrap(shares, share, T, dims, offset)

An array on the memory of `share`, `offset` bytes behind its beginning; it takes over the place of a
holder.
"""
function wrap(shares::Shares, share::Share, ::Type{T}, dims::Dims, offset::Int) where {T}
    array = unsafe_wrap(Array, Ptr{T}(share.address + offset), dims)
    finalizer(_ -> undisturbed(let_go, shares, share), Compat.storage(array))
    return array
end

# A finalizer, which may run at any point of any code, also of that which holds the lock.
function let_go(shares::Shares, share::Share)
    if islocked(shares.lock) || !trylock(shares.lock)
        finalizer(_ -> undisturbed(let_go, shares, share), Ref(0))
        return nothing
    end
    try
        share.holders -= 1
        share.holders == 0 || return nothing
        get(shares.live, share.extent, nothing) === share && delete!(shares.live, share.extent)
    finally
        unlock(shares.lock)
    end
    ccall(:munmap, Cint, (Ptr{Cvoid}, Csize_t), share.address, share.extent.size)
    share.fd < 0 || close_descriptor(share.fd)
    Threads.atomic_sub!(shares.borrower.mapped, share.extent.size)
    return nothing
end

"The share in which all addresses from `first` to before `stop` are, `nothing` if there is none."
function find_share(shares::Shares, first::UInt, stop::UInt)
    Base.@lock shares.lock for share in values(shares.live)
        start = UInt(share.address)
        start <= first && stop <= start + share.extent.size && return share
    end
    return nothing
end
