"""
    ByteWriter()

A stream into memory that stays: for what is written again and again, and would each time take fresh
memory from the system before the last one is collected. [`take_written!`](@ref) gives what was written.
"""
mutable struct ByteWriter <: IO
    bytes::Vector{UInt8}
    size::Int               # how many of them were written
end

ByteWriter() = ByteWriter(UInt8[], 0)

"More memory than this, in bytes, is not kept."
const KEPT_MEMORY = 2^22

Base.length(writer::ByteWriter) = writer.size
Base.isempty(writer::ByteWriter) = writer.size == 0

function Base.unsafe_write(writer::ByteWriter, from::Ptr{UInt8}, count::UInt)
    at = make_room!(writer, Int(count))
    bytes = writer.bytes
    GC.@preserve bytes unsafe_copyto!(pointer(bytes, at), from, count)
    return Int(count)
end

function Base.write(writer::ByteWriter, byte::UInt8)
    at = make_room!(writer, 1)
    @inbounds writer.bytes[at] = byte
    return 1
end

# The place of the first of `count` bytes that are now a part of what was written.
@inline function make_room!(writer::ByteWriter, count::Int)
    at = writer.size + 1
    writer.size += count
    writer.size <= length(writer.bytes) || resize!(writer.bytes, max(2 * length(writer.bytes), writer.size, 64))
    return at
end

"""
    take_written!(writer)

The bytes that were written, as the writer's own vector: it is good until the next of them is.
"""
function take_written!(writer::ByteWriter)
    bytes = resize!(writer.bytes, writer.size)
    writer.size > KEPT_MEMORY && (writer.bytes = UInt8[])
    writer.size = 0
    return bytes
end
