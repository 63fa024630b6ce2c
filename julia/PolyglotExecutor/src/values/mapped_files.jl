# The files that this process has mapped, as the system tells it (`/proc/self/maps`), by whatever code.

"A range of a file at an address, and its `MODE_…`."
struct FileRange
    address::UInt
    size::Int
    start::Int
    mode::UInt8
    path::String
end

struct MapsLine
    first::UInt
    stop::UInt
    permissions::SubString{String}
    start::Int
    path::String
end

function parse_maps_line(line::String)
    range, permissions, start, _, _, path = split(line, ' '; limit=6)
    first, stop = split(range, '-')
    return MapsLine(
        parse(UInt, first; base=16), parse(UInt, stop; base=16), permissions, parse(Int, start; base=16),
        replace(lstrip(path), "\\012" => "\n"),
    )
end

"What the process has mapped, as lines in the order of the addresses; Linux only."
read_maps() = Sys.islinux() ? readlines("/proc/self/maps") : String[]

"""
    find_file(first, stop, lines)

The range of a file in which all addresses from `first` to before `stop` are; `nothing` where they are in
memory of no file. Libraries are none: what they hold is changed when they are loaded.
"""
function find_file(first::UInt, stop::UInt, lines::Vector{String})
    at = searchsortedfirst(lines, first; lt=(line, address) -> end_of_line(line) <= address)
    at > length(lines) && return nothing
    found = parse_maps_line(lines[at])
    found.first <= first && startswith(found.path, '/') || return nothing
    last = found
    while last.stop < stop && at < length(lines)
        at += 1
        next = parse_maps_line(lines[at])
        is_continued(last, next) || return nothing
        last = next
    end
    stop <= last.stop || return nothing
    (is_memory(found.path) || is_library(lines, found.path)) && return nothing
    size = Int(last.stop - found.first)
    return FileRange(found.first, size, found.start, mode_of(found.permissions), found.path)
end

end_of_line(line::String) =
    parse(UInt, SubString(line, findfirst('-', line) + 1, findfirst(' ', line) - 1); base=16)

# The system tells of one mapping in pieces where advice was given for a part of it.
is_continued(last::MapsLine, next::MapsLine) =
    next.first == last.stop && next.path == last.path && next.permissions == last.permissions &&
    next.start == last.start + (last.stop - last.first)

const DELETED = " (deleted)"

"The path that a file had before it was deleted."
plain_path(range::FileRange) =
    endswith(range.path, DELETED) ? range.path[1:prevind(range.path, end, length(DELETED))] : range.path

function is_memory(path::String)
    (startswith(path, "/memfd:") || startswith(path, "/SYSV")) && return true
    # What had a name for a moment, in memory or of our making.
    endswith(path, DELETED) && return startswith(path, "/dev/") || occursin("/polyglot-", path)
    return startswith(path, "/dev/") && !isfile(path)
end

is_library(lines::Vector{String}, path::String) =
    any(line -> endswith(line, path) && occursin(r"^\S+ ..x", line), lines)

function mode_of(permissions::AbstractString)
    permissions[2] == 'w' || return MODE_READ
    return permissions[4] == 's' ? MODE_WRITE : MODE_COPY
end

"Whether the process has written to something of a range that it keeps for itself."
function is_changed(range::FileRange)
    inside = false
    for line in eachline("/proc/self/smaps")
        if occursin(r"^[0-9a-f]+-[0-9a-f]+ ", line)
            inside = range.address < end_of_line(line) <= range.address + range.size
        elseif inside && occursin(r"^(Anonymous|Swap): +[1-9]", line)
            return true
        end
    end
    return false
end
