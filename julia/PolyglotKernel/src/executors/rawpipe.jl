"""
    RawPipe(fd, name, mark)

A raw output of an executor: what C code and subprocesses write to its descriptor 1 or 2. Marks in
it tell which frame comes next (*Order* in `docs/executor-protocol.md`).
"""
mutable struct RawPipe
    fd::Cint
    name::String                # "stdout" or "stderr"
    mark::Vector{UInt8}
    bytes::Vector{UInt8}        # read and not yet shown
    fetched::Int                # how many bytes were read in all
    chunk::Vector{UInt8}
    open::Bool
end

RawPipe(fd::Cint, name::String, mark::Vector{UInt8}) =
    RawPipe(fd, name, mark, UInt8[], 0, Vector{UInt8}(undef, 2^16), true)

"How many bytes have been written so far; only these can stand before a frame that is read from now on."
written(pipe::RawPipe) = pipe.fetched + (pipe.open ? bytes_available(pipe.fd) : 0)

# Reads until `limit` bytes were fetched in all, or none are there.
function fetch!(pipe::RawPipe, limit::Int)
    while pipe.open && pipe.fetched < limit
        count = read_some!(pipe.fd, pipe.chunk, limit - pipe.fetched)
        count == -1 && return nothing
        if count == 0
            pipe.open = false
            return nothing
        end
        pipe.fetched += count
        append!(pipe.bytes, view(pipe.chunk, 1:count))
    end
    return nothing
end

"""
    take_before_frame!(pipe, marked)

The output that stands before a frame: with a mark what stands before that, which is dropped; without
one what was fetched and not shown, as the executor found the pipe empty when it sent the frame.
"""
function take_before_frame!(pipe::RawPipe, marked::Bool)
    !marked && isempty(pipe.bytes) && return pipe.bytes   # as nearly always
    return marked ? take_to_mark!(pipe) : take_front!(pipe, length(pipe.bytes))
end

# All that there is when no mark came. Nothing is fetched but for the mark, and no more than stands there now:
# the executor may find the pipe empty in between, and what it writes then belongs behind a frame without a mark.
function take_to_mark!(pipe::RawPipe)
    at = find_mark(pipe)
    if at == 0
        fetch!(pipe, written(pipe))
        at = find_mark(pipe)
    end
    at == 0 && return take_front!(pipe, length(pipe.bytes))
    taken = take_front!(pipe, at - 1)
    deleteat!(pipe.bytes, 1:length(pipe.mark))
    return taken
end

"""
    take_until!(pipe, limit)

The output among the first `limit` bytes ever written that belongs before no frame still to come.
"""
function take_until!(pipe::RawPipe, limit::Int)
    fetch!(pipe, limit)
    isempty(pipe.bytes) && return UInt8[]
    at = find_mark(pipe)
    at == 0 && return take_front!(pipe, length(pipe.bytes) - begun_mark(pipe))
    return take_front!(pipe, at - 1)
end

function take_front!(pipe::RawPipe, count::Int)
    taken = pipe.bytes[1:count]
    deleteat!(pipe.bytes, 1:count)
    return taken
end

# Where the first mark starts, 0 when none is complete.
function find_mark(pipe::RawPipe)
    bytes, mark = pipe.bytes, pipe.mark
    at = findfirst(isequal(mark[1]), bytes)
    while at !== nothing && at + length(mark) - 1 <= length(bytes)
        matches(bytes, at, mark, length(mark)) && return at
        at = findnext(isequal(mark[1]), bytes, at + 1)
    end
    return 0
end

# How many bytes at the end may be the front of a mark that a read has cut.
function begun_mark(pipe::RawPipe)
    bytes, mark = pipe.bytes, pipe.mark
    pipe.open || return 0
    for count in min(length(mark) - 1, length(bytes)):-1:1
        matches(bytes, length(bytes) - count + 1, mark, count) && return count
    end
    return 0
end

function matches(bytes::Vector{UInt8}, at::Int, mark::Vector{UInt8}, count::Int)
    for i in 1:count
        @inbounds bytes[at + i - 1] == mark[i] || return false
    end
    return true
end
