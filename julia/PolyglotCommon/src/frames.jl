"""
Frames, the units of the pipes between the host and its executors (`docs/executor-protocol.md`).
"""
module Frames

using ..JSON

export Frame, FrameError

const MAGIC = UInt8['P', 'G', 'K', '1']
const PREFIX_SIZE = 16
const MAX_HEADER = 64 * 2^20
const MAX_BUFFERS = 2^16
const MAX_TOTAL = 64 * 2^30

# What is made room for ahead of its arrival, in bytes: a frame may announce more than there is memory for.
const ROOM_AHEAD = 2^30
const READ_AHEAD = 2^26

# From which size on (bytes) a buffer is not copied where that can be had; and up to which it is put into
# memory that was given back (`recycle!`).
const LARGE_BUFFER = 2^16
const SPARE_BUFFER = 2^21

"Marks: raw output stands before this frame, up to a mark in the pipe (see *Order* in the protocol)."
const STDOUT_MARK = UInt32(1)
const STDERR_MARK = UInt32(2)

"""
    Frame(header, buffers, marks)

What the header says, the raw buffers, and for which raw pipes a mark was written.
"""
struct Frame
    header::Dict{String,Any}
    buffers::Vector{Vector{UInt8}}
    marks::UInt32
end

"""
    FrameError(message)

The bytes are no frame. Nothing behind them can be read: the executor has to be ended.
"""
struct FrameError <: Exception
    message::String
end

Base.showerror(io::IO, e::FrameError) = print(io, "broken frame: ", e.message)

"""
    encode(header, buffers = (); marks = 0)

The bytes of a frame. `header` is anything that JSON writes as an object, or its text. Throws
[`FrameError`](@ref) for a header that is longer than any reader takes.
"""
function encode(header, buffers=(); marks::Integer=0)
    text = header isa JSON.Raw ? header.text : JSON.json(header)
    sizeof(text) <= MAX_HEADER || throw(FrameError("a header of $(sizeof(text)) bytes"))
    total = PREFIX_SIZE + 8 * length(buffers) + sizeof(text)
    for buffer in buffers
        total += sizeof(buffer)
    end
    io = IOBuffer(; sizehint=total)
    write(io, MAGIC, htol(UInt32(marks)), htol(UInt32(sizeof(text))), htol(UInt32(length(buffers))))
    for buffer in buffers
        write(io, htol(UInt64(sizeof(buffer))))
    end
    write(io, text)
    for buffer in buffers
        write(io, buffer)
    end
    return take!(io)
end

"Throws a [`FrameError`](@ref) for a frame that its reader would not take."
function check_bounds(header_size::Int, buffers::Int)
    header_size <= MAX_HEADER || throw(FrameError("a header of $header_size bytes"))
    buffers <= MAX_BUFFERS || throw(FrameError("$buffers buffers"))
    return nothing
end

"""
    Decoder()

Takes bytes as they come (`append!`, `read_into!`) and gives frames when they are complete (`next!`).
"""
mutable struct Decoder
    bytes::Vector{UInt8}
    position::Int                # the first byte that belongs to no frame yet
    lacking::Int                 # how many bytes the frame there lacks, 0 while that is not known
    header_text::Vector{UInt8}   # the last header: a flood of prints repeats the same one
    header::Dict{String,Any}
    spare::Union{Vector{UInt8},Nothing}     # memory for the next large buffer
end

Decoder() = Decoder(UInt8[], 1, 0, Vector{UInt8}("{}"), Dict{String,Any}(), nothing)

"How many bytes wait for the rest of their frame."
pending(decoder::Decoder) = length(decoder.bytes) - decoder.position + 1

Base.append!(decoder::Decoder, bytes::Vector{UInt8}) = append!(decoder, bytes, length(bytes))

"Takes the first `count` of `bytes`."
function Base.append!(decoder::Decoder, bytes::Vector{UInt8}, count::Int)
    compact!(decoder)
    start = length(decoder.bytes)
    resize!(decoder.bytes, start + count)
    copyto!(decoder.bytes, start + 1, bytes, 1, count)
    return decoder
end

"""
    read_into!(read, decoder)

Takes what `read(pointer, count)` writes to `pointer`, the place where the rest of the frame that has
begun stays: up to `count` bytes. Returns what `read` does: how many it wrote, or no positive number.
"""
function read_into!(read, decoder::Decoder)
    start = length(decoder.bytes)
    most = min(decoder.lacking, READ_AHEAD)
    bytes = resize!(decoder.bytes, start + most)
    count = GC.@preserve bytes read(pointer(bytes, start + 1), most)
    taken = max(count, 0)
    resize!(bytes, start + taken)
    decoder.lacking -= taken
    return count
end

# Drops what was read, when it is the larger part, so that the buffer is moved a bounded number of times.
function compact!(decoder::Decoder)
    read = decoder.position - 1
    if read > 0 && 2 * read >= length(decoder.bytes)
        deleteat!(decoder.bytes, 1:read)
        decoder.position = 1
    end
    return nothing
end

"""
    next!(decoder)

The next complete frame, `nothing` when there is none yet. Throws [`FrameError`](@ref).
"""
function next!(decoder::Decoder)
    decoder.lacking = 0
    available = pending(decoder)
    available >= PREFIX_SIZE || return nothing
    at = decoder.position
    for i in 1:4
        decoder.bytes[at + i - 1] == MAGIC[i] || throw(FrameError("it does not start with PGK1"))
    end
    marks = read_integer(UInt32, decoder, at + 4)
    header_size = Int(read_integer(UInt32, decoder, at + 8))
    count = Int(read_integer(UInt32, decoder, at + 12))
    check_bounds(header_size, count)
    available >= PREFIX_SIZE + 8 * count || return nothing
    total = PREFIX_SIZE + 8 * count + header_size
    for i in 1:count
        size = read_integer(UInt64, decoder, at + PREFIX_SIZE + 8 * (i - 1))
        size <= MAX_TOTAL - total || throw(FrameError("buffers of more than $MAX_TOTAL bytes"))
        total += Int(size)
    end
    if available < total
        sizehint!(decoder.bytes, min(at + total, ROOM_AHEAD))
        decoder.lacking = total - available
        return nothing
    end
    return take_frame!(decoder, marks, header_size, count, total)
end

function take_frame!(decoder::Decoder, marks::UInt32, header_size::Int, count::Int, total::Int)
    start = decoder.position
    at = start + PREFIX_SIZE + 8 * count
    header = parse_header!(decoder, at, header_size)
    at += header_size
    buffers = Vector{Vector{UInt8}}(undef, count)
    for i in 1:count
        size = Int(read_integer(UInt64, decoder, start + PREFIX_SIZE + 8 * (i - 1)))
        at_the_end = i == count && at + size == length(decoder.bytes) + 1
        buffers[i] = if at_the_end && size >= LARGE_BUFFER
            take_rest!(decoder, at, size)
        else
            decoder.bytes[at:(at + size - 1)]
        end
        at += size
    end
    decoder.position = isempty(decoder.bytes) ? 1 : start + total
    return Frame(header, buffers, marks)
end

# The `size` bytes from `at` to the end. Without memory for them they are not copied: the decoder begins with
# new ones.
function take_rest!(decoder::Decoder, at::Int, size::Int)
    bytes, spare = decoder.bytes, decoder.spare
    if spare === nothing || size > SPARE_BUFFER
        decoder.bytes = UInt8[]
        return deleteat!(bytes, 1:(at - 1))
    end
    decoder.spare = nothing
    copyto!(resize!(spare, size), 1, bytes, at, size)
    empty!(bytes)
    return spare
end

"""
    recycle!(decoder, buffer)

Nobody needs the buffer of a frame any more: the next large one may be put into its place. A flood of them
would take fresh memory for each, as Julia collects it only now and then.
"""
function recycle!(decoder::Decoder, buffer::Vector{UInt8})
    LARGE_BUFFER <= length(buffer) <= SPARE_BUFFER && (decoder.spare = buffer)
    return nothing
end

function parse_header!(decoder::Decoder, at::Int, size::Int)
    same_header(decoder, at, size) && return decoder.header
    text = decoder.bytes[at:(at + size - 1)]
    header = try
        JSON.parse(text)
    catch e
        e isa JSON.ParseError || rethrow()
        throw(FrameError("its header is " * JSON.describe(e)))
    end
    header isa Dict{String,Any} || throw(FrameError("its header is no JSON object"))
    decoder.header_text = text
    decoder.header = header
    return header
end

function same_header(decoder::Decoder, at::Int, size::Int)
    size == length(decoder.header_text) || return false
    bytes, text = decoder.bytes, decoder.header_text
    return GC.@preserve bytes text begin
        ccall(
            :memcmp, Cint, (Ptr{UInt8}, Ptr{UInt8}, Csize_t), pointer(bytes, at), pointer(text), size
        ) == 0
    end
end

function read_integer(::Type{T}, decoder::Decoder, at::Int) where {T<:Unsigned}
    bytes = decoder.bytes
    return GC.@preserve bytes ltoh(unsafe_load(Ptr{T}(pointer(bytes, at))))
end

end
