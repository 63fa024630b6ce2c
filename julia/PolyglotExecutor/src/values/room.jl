# Whether there is room for what is to be shared, which is asked before anything is written: memory that
# the system has promised and does not have ends a process that did nothing wrong.

"What is smaller is written without a question."
const ROOM_THRESHOLD = 64 * 2^20

"The bytes of memory that can be used now, `typemax(Int)` where the system does not say."
function available_memory()
    free = meminfo_available()
    return min(free, cgroup_available())
end

function meminfo_available()
    isfile("/proc/meminfo") || return typemax(Int)
    for line in eachline("/proc/meminfo")
        found = match(r"^MemAvailable:\s+(\d+) kB", line)
        found === nothing || return 1024 * parse(Int, found[1])
    end
    return typemax(Int)
end

# A container's limit. What it has of files in memory is given up when memory is needed.
function cgroup_available(folder::String=cgroup_folder())
    limit = read_number_file(joinpath(folder, "memory.max"))
    used = read_number_file(joinpath(folder, "memory.current"))
    (limit === nothing || used === nothing) && return typemax(Int)
    return max(0, limit - used + inactive_file(joinpath(folder, "memory.stat")))
end

function cgroup_folder()
    isfile("/proc/self/cgroup") || return ""
    for line in eachline("/proc/self/cgroup")
        startswith(line, "0::/") && return "/sys/fs/cgroup/" * line[5:end]
    end
    return ""
end

function read_number_file(path::String)
    isfile(path) || return nothing
    return tryparse(Int, strip(read(path, String)))
end

function inactive_file(path::String)
    isfile(path) || return 0
    for line in eachline(path)
        startswith(line, "inactive_file ") && return parse(Int, split(line)[2])
    end
    return 0
end

"The folder for files that are too big for memory: not `/tmp`, which often is memory."
roomy_folder() = get(ENV, "TMPDIR", isdir("/var/tmp") ? "/var/tmp" : tempdir())

"Whether there is memory for so many bytes."
is_roomy(size::Int) = size < ROOM_THRESHOLD || size <= available_memory()

"What to say when there is none."
function no_room(size::Int)
    memory, disk = in_words(available_memory()), in_words(available_disk())
    return "there is no room for $(in_words(size)): free are $memory of memory, $disk in $(roomy_folder())"
end

# Linux's struct statvfs, on 64 bits: the size of a block is its second number, the fifth how many are free.
"The bytes that a file in the roomy folder may have."
function available_disk()
    fields = zeros(UInt64, 32)
    status = ccall(:statvfs, Cint, (Cstring, Ptr{UInt64}), roomy_folder(), fields)
    return status == 0 ? Int(fields[2] * fields[5]) : 0
end

in_words(size::Int) =
    size >= 10^9 ? string(size ÷ 10^9, '.', size % 10^9 ÷ 10^8, " GB") : string(size ÷ 10^6, " MB")

"There is neither memory nor disk for something."
struct NoRoomError <: Exception
    message::String
end

NoRoomError(size::Int) = NoRoomError(no_room(size))

Base.showerror(io::IO, e::NoRoomError) = print(io, "NoRoomError: ", e.message)

"""
    open_allocated(size)

A new segment that nobody else knows, all of which is there: in memory, else in a file. What is not there
when it is written to would end the process. Throws `NoRoomError`.
"""
function open_allocated(size::Int)
    segment = is_roomy(size) ? allocated(open_memfd(), size) : nothing
    segment === nothing && (segment = open_allocated_file(size))
    segment === nothing && throw(NoRoomError(size))
    return segment
end

# A disk that is too small would be full until the system has noticed.
open_allocated_file(size::Int) =
    size > available_disk() ? nothing : allocated(open_file(roomy_folder()), size)

allocated(::Nothing, ::Int) = nothing

"The segment with `size` bytes in it, `nothing` where there is no room for them."
function allocated(segment::Segment, size::Int)
    allocate(segment.fd, size) && return segment
    close(segment.io)
    return nothing
end

"Whether there was room for `size` bytes in the file."
allocate(fd::Int, size::Int) =
    ccall(:posix_fallocate, Cint, (Cint, Int64, Int64), fd, 0, size) == 0
