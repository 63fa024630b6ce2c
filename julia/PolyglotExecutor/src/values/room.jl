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

is_roomy(size::Int) = size < ROOM_THRESHOLD || size <= available_memory()

"""
    open_roomy(size)

A new segment that nobody else knows, in memory, or in a file where there is no room for it in memory.
Throws `SystemError`.
"""
function open_roomy(size::Int)
    segment = is_roomy(size) ? open_memfd() : nothing
    segment === nothing && (segment = open_file(is_roomy(size) ? tempdir() : roomy_folder()))
    segment === nothing && throw(SystemError("there is no room for $size bytes of shared memory"))
    return segment
end
