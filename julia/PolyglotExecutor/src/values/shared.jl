# Big buffers in shared memory (`docs/values.md`, *Shared memory*). The sender writes a buffer once
# into an anonymous file and keeps the descriptor open until the receiver has mapped it. The file has
# no name on Linux, so nothing can be left behind: its pages belong to the mapping alone as soon as
# the sender has closed its descriptor, and go with it.

"Buffers of at least this many bytes are worth a file of their own."
const SHARED_THRESHOLD = 64 * 1024

"The ways to share, in the order in which they are tried; when all fail the pipe carries it."
const SHARED_MODES = ["memfd", "file"]

const WRITE_AT_ONCE = 2^30
const MFD_CLOEXEC = Cuint(1)

"A buffer that stands in a file of this process, until it is closed."
struct Segment
    io::IOStream
    fd::Int
    inode::UInt64
    path::String   # empty when the receiver opens the descriptor through /proc instead
end

"The segments that this process has lent and that nobody has taken over yet."
struct Lender
    modes::Vector{String}
    threshold::Int
    segments::Dict{Int,Segment}
end

Lender(modes=SHARED_MODES; threshold=SHARED_THRESHOLD) = Lender(modes, threshold, Dict{Int,Segment}())

"""
    lend!(write_all, lender, lent, size)

A new segment that `write_all(segment)` has filled with `size` bytes, and whose descriptor is among those `lent` from the
beginning: whatever is thrown meanwhile, the caller can close it. `nothing` when no way to share works.
`write_all` says whether all bytes could be written. Throws `NoRoomError` where the pipe is no way, either.
"""
function lend!(write_all, lender::Lender, lent::Vector{Int}, size::Int)
    roomy = is_roomy(size)
    for mode in lender.modes
        segment = disable_sigint() do
            opened = roomy ? open_segment(mode) : open_allocated_file(size)
            return note_segment!(lender, lent, opened)
        end
        segment === nothing && continue
        write_all(segment)::Bool && return segment
        close_last!(lender, lent)
    end
    roomy || throw(NoRoomError(size))
    return nothing
end

note_segment!(::Lender, ::Vector{Int}, ::Nothing) = nothing

function note_segment!(lender::Lender, lent::Vector{Int}, segment::Segment)
    lender.segments[segment.fd] = segment
    push!(lent, segment.fd)
    return segment
end

close_last!(lender::Lender, lent::Vector{Int}) =
    disable_sigint(() -> close_segment!(lender, pop!(lent)))

"Give up all segments in `lent`, which is empty then."
function close_segments!(lender::Lender, lent::Vector{Int})
    while !isempty(lent)
        close_last!(lender, lent)
    end
    return nothing
end

"Give up a segment: the receiver has mapped it, or nobody ever will."
function close_segment!(lender::Lender, fd::Int)
    segment = pop!(lender.segments, fd, nothing)
    segment === nothing && return nothing
    close(segment.io)
    isempty(segment.path) || rm(segment.path; force=true)
    return nothing
end

function open_segment(mode::String)
    mode == "memfd" && return open_memfd()
    mode == "file" && return open_file()
    return nothing
end

function open_memfd()
    Sys.islinux() || return nothing
    fd = try
        ccall(:memfd_create, Cint, (Cstring, Cuint), "polyglot", MFD_CLOEXEC)
    catch
        Cint(-1)   # a C library older than the system call
    end
    fd < 0 && return nothing
    return segment(fdio(Int(fd), true), "")
end

function open_file(folder::String=tempdir())
    template = joinpath(folder, "polyglot-XXXXXX\0")
    bytes = Vector{UInt8}(codeunits(template))
    fd = ccall(:mkstemp, Cint, (Ptr{UInt8},), bytes)
    fd < 0 && return nothing
    path = String(bytes[1:(end - 1)])
    if Sys.islinux()
        rm(path)
        path = ""
    end
    return segment(fdio(Int(fd), true), path)
end

segment(io::IOStream, path::String) = Segment(io, Compat.descriptor(io), stat(io).inode, path)

"Write `size` bytes at `data`; whether there was room for all of them."
function write_memory(segment::Segment, data::Ptr{UInt8}, size::Int)
    written = 0
    while written < size
        count = ccall(
            :write,
            Cssize_t,
            (Cint, Ptr{UInt8}, Csize_t),
            segment.fd,
            data + written,
            min(size - written, WRITE_AT_ONCE),
        )
        if count < 0
            Libc.errno() == Libc.EINTR && continue
            return false
        end
        written += count
    end
    return true
end

"""
    Borrower()

Maps what others have lent. The garbage collector does not see the size of a mapping, so the borrower
counts what is mapped and lets it collect when that has grown a lot.
"""
mutable struct Borrower
    mapped::Threads.Atomic{Int}
    limit::Int
end

const FIRST_LIMIT = 256 * 2^20

Borrower() = Borrower(Threads.Atomic{Int}(0), FIRST_LIMIT)

"""
    borrow(borrower, T, dims, path, inode)

The array of `T` that stands in the segment at `path`, with no copy. `inode` guards against a
descriptor that was closed and used again for another file.
"""
function borrow(borrower::Borrower, ::Type{T}, dims::Dims, path::String, inode::UInt64) where {T}
    size = prod(dims) * sizeof(T)
    make_room!(borrower, size)
    io = open_lent(path)
    try
        status = stat(io)
        status.inode == inode && status.size >= size || error(GONE)
        return map_array(borrower, T, dims, Compat.descriptor(io), size)
    finally
        close(io)
        startswith(path, "/proc/") || rm(path; force=true)
    end
end

const GONE = "the process that has lent the value is gone, or has taken it back"

function open_lent(path::String)
    return try
        open(path; read=true, write=true, create=false, truncate=false)
    catch e
        e isa SystemError || rethrow()
        error(GONE)
    end
end

function make_room!(borrower::Borrower, size::Int)
    borrower.mapped[] + size > borrower.limit || return nothing
    GC.gc(false)
    borrower.mapped[] + size > borrower.limit && GC.gc(true)
    # No more garbage than that: memory that the system has to find takes longer than a collection.
    borrower.limit = max(FIRST_LIMIT, (borrower.mapped[] + size) ÷ 2 * 3)
    return nothing
end

const PROT_READ = Cint(1)
const PROT_WRITE = Cint(2)
const MAP_SHARED = Cint(1)
const MAP_PRIVATE = Cint(2)

"The address at which `size` bytes of the file are mapped, from `start` on."
function map_memory(fd::Integer, start::Int, size::Int, protection::Cint, flags::Cint)
    address = ccall(
        :mmap,
        Ptr{UInt8},
        (Ptr{Cvoid}, Csize_t, Cint, Cint, Cint, Int64),
        C_NULL,
        size,
        protection,
        flags,
        fd,
        start,
    )
    address == Ptr{UInt8}(-1 % UInt) && throw(SystemError("mmap"))
    return address
end

map_shared(fd::Integer, size::Int) = map_memory(fd, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED)

function unmap(borrower::Borrower, address::Ptr{UInt8}, size::Int)
    ccall(:munmap, Cint, (Ptr{Cvoid}, Csize_t), address, size)
    Threads.atomic_sub!(borrower.mapped, size)
    return nothing
end

# Not Mmap.mmap: what is mapped has to be counted too, and by the same finalizer that unmaps it.
function map_array(borrower::Borrower, ::Type{T}, dims::Dims, fd::Integer, size::Int) where {T}
    address = map_shared(fd, size)
    array = unsafe_wrap(Array, Ptr{T}(address), dims)
    Threads.atomic_add!(borrower.mapped, size)
    finalizer(_ -> undisturbed(unmap, borrower, address, size), Compat.storage(array))
    return array
end
