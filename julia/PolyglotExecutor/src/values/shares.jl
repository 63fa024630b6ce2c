# Memory that both languages hold at once (`docs/values.md`, *Shared arrays*). Each process that holds a
# share has a mapping and a descriptor of it: so the memory outlives the one that made it, and can be
# handed on. It goes when the last array on it is gone, in the last process.

"Memory that this process has mapped; `holders` are the arrays on it, and who is about to make one."
mutable struct Share
    fd::Int
    inode::UInt64
    address::Ptr{UInt8}
    size::Int
    holders::Int
end

"""
    Shares(borrower)

The shares that this process holds; the `borrower` counts them among what is mapped.
"""
struct Shares
    live::Dict{UInt64,Share}
    lock::ReentrantLock
    borrower::Borrower
end

Shares(borrower::Borrower) = Shares(Dict{UInt64,Share}(), ReentrantLock(), borrower)

Base.length(shares::Shares) = length(shares.live)

"""
    new_array(shares, T, dims)

A new shared array of zeros. Throws `ArgumentError` for elements that are no plain bits in both
languages, `SystemError` where memory is short.
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
    segment = open_memfd()
    segment === nothing && (segment = open_file())
    segment === nothing && throw(SystemError("memfd_create"))
    fd = keep_open(segment.fd)
    close(segment.io)
    # All of it now: what is not there when it is written to ends the process.
    status = ccall(:posix_fallocate, Cint, (Cint, Int64, Int64), fd, 0, size)
    if status != 0
        close_descriptor(fd)
        throw(SystemError("there is no room for $size bytes of shared memory", status))
    end
    return hold_new!(shares, fd, segment.inode, size)
end

const F_DUPFD_CLOEXEC = 1030

"Another descriptor of the same file, which no child inherits."
function keep_open(fd::Integer)
    kept = ccall(:fcntl, Cint, (Cint, Cint, Cint...), fd, F_DUPFD_CLOEXEC, 0)
    kept < 0 && throw(SystemError("fcntl"))
    return Int(kept)
end

close_descriptor(fd::Int) = (ccall(:close, Cint, (Cint,), fd); nothing)

# One holder: who asked for it.
function hold_new!(shares::Shares, fd::Int, inode::UInt64, size::Int)
    address = try
        make_room!(shares.borrower, size)
        map_shared(fd, size)
    catch
        close_descriptor(fd)
        rethrow()
    end
    share = Share(fd, inode, address, size, 1)
    Threads.atomic_add!(shares.borrower.mapped, size)
    Base.@lock shares.lock shares.live[inode] = share
    return share
end

"The memory that another process has at `path`, with one more holder; mapped once, however often it comes."
function hold!(shares::Shares, path::String, inode::UInt64, size::Int)
    Base.@lock shares.lock begin
        known = get(shares.live, inode, nothing)
        if known !== nothing
            known.holders += 1
            return known
        end
    end
    io = open(path; read=true, write=true, create=false, truncate=false)
    fd = try
        status = stat(io)
        status.inode == inode && status.size >= size ||
            error("$path is no longer the memory that was shared")
        keep_open(Compat.descriptor(io))
    finally
        close(io)
    end
    return hold_new!(shares, fd, inode, size)
end

"""
    wrap(shares, share, T, dims, offset)

An array on the memory of `share`, `offset` bytes behind its beginning; it takes over the place of a
holder.
"""
function wrap(shares::Shares, share::Share, ::Type{T}, dims::Dims, offset::Int) where {T}
    array = unsafe_wrap(Array, Ptr{T}(share.address + offset), dims)
    finalizer(_ -> let_go(shares, share), Compat.storage(array))
    return array
end

# A finalizer, which may run at any point of any code, also of that which holds the lock.
function let_go(shares::Shares, share::Share)
    if islocked(shares.lock) || !trylock(shares.lock)
        finalizer(_ -> let_go(shares, share), Ref(0))
        return nothing
    end
    try
        share.holders -= 1
        share.holders == 0 || return nothing
        delete!(shares.live, share.inode)
    finally
        unlock(shares.lock)
    end
    ccall(:munmap, Cint, (Ptr{Cvoid}, Csize_t), share.address, share.size)
    close_descriptor(share.fd)
    Threads.atomic_sub!(shares.borrower.mapped, share.size)
    return nothing
end

"The share in which all addresses from `first` to before `stop` are, `nothing` if there is none."
function find_share(shares::Shares, first::UInt, stop::UInt)
    Base.@lock shares.lock for share in values(shares.live)
        start = UInt(share.address)
        start <= first && stop <= start + share.size && return share
    end
    return nothing
end
