# Writing values. A type that has no method of `write_value` crosses as a reference.

"How deep containers may be nested; both languages' stacks bear it."
const MAX_DEPTH = 200

"""
Writes one value: its description, and beside it the buffers that are too big to copy. `inside` has the
containers that are to be met no more in what is written now, `entered` all in which it stands.
"""
mutable struct Encoder
    io::IOBuffer
    buffers::Vector{Vector{UInt8}}   # those behind the description
    segments::Vector{Int}
    lent::Vector{Int}
    inside::IdDict{Any,Nothing}
    entered::Vector{Any}
    depth::Int
    careful_from::Int   # the depth from which on nothing is attempted: there something cannot be sent
    exports::Exports
    lender::Lender
    shares::Shares
    structs::Dict{String,Type}   # the struct types that were sent as array elements
    losses::Vector{String}       # what the other side's types do not hold of the value, each once
end

function Encoder(
    exports::Exports, lender::Lender, shares::Shares, structs::Dict{String,Type}, segments=Int[]
)
    io = IOBuffer(; sizehint=256)
    inside = IdDict{Any,Nothing}()
    return Encoder(
        io, Vector{UInt8}[], segments, Int[], inside, Any[], 0, MAX_DEPTH + 1, exports, lender, shares,
        structs, String[],
    )
end

"The user is warned when the value is complete."
function loses!(encoder::Encoder, message::String)
    message in encoder.losses || push!(encoder.losses, message)
    return nothing
end

write_tag(encoder::Encoder, tag::UInt8) = write(encoder.io, tag)
write_number(encoder::Encoder, x::Number) = write(encoder.io, htol(x))
write_count(encoder::Encoder, n::Int) = write(encoder.io, htol(UInt32(n)))

"A name or string, with no tag."
function write_text(encoder::Encoder, text::String)
    isvalid(text) || throw(ConversionError("it is not valid UTF-8", "String"))
    GC.@preserve text write_blob(encoder, pointer(text), sizeof(text))
    return nothing
end

"Bytes that stand in one piece."
function write_blob(encoder::Encoder, data::Ptr{UInt8}, size::Int)
    if size < encoder.lender.threshold
        write(encoder.io, INLINE, htol(UInt64(size)))
        unsafe_write(encoder.io, data, size)
    else
        write_big_blob(encoder, size, sink -> write_memory(sink, data, size))
    end
    return nothing
end

function write_blob(encoder::Encoder, data::Vector)
    GC.@preserve data write_blob(encoder, Ptr{UInt8}(pointer(data)), sizeof(data))
    return nothing
end

"Where the pieces of a blob go when it does not get a segment."
struct BufferSink
    io::IOBuffer
end

function write_memory(sink::BufferSink, data::Ptr{UInt8}, size::Int)
    unsafe_write(sink.io, data, size)
    return true
end

"""
`write_all(sink)` writes the `size` bytes, piece by piece, with `write_memory`; it may be called again
with another sink.
"""
function write_chunked_blob(encoder::Encoder, size::Int, write_all)
    if size < encoder.lender.threshold
        write(encoder.io, INLINE, htol(UInt64(size)))
        write_all(BufferSink(encoder.io))
    else
        write_big_blob(encoder, size, write_all)
    end
    return nothing
end

@noinline function write_big_blob(encoder::Encoder, size::Int, @nospecialize(write_all))
    segment = lend!(write_all, encoder.lender, encoder.segments, size)
    if segment === nothing
        write(encoder.io, IN_FRAME, htol(UInt64(size)))
        write_count(encoder, length(encoder.buffers) + 1)
        buffer = IOBuffer(; sizehint=size)
        write_all(BufferSink(buffer))
        push!(encoder.buffers, take!(buffer))
        return nothing
    end
    if isempty(segment.path)
        write(encoder.io, SHARED_FD, htol(UInt64(size)), htol(UInt32(getpid())))
        write(encoder.io, htol(UInt32(segment.fd)), htol(segment.inode))
    else
        write(encoder.io, SHARED_FILE, htol(UInt64(size)), htol(segment.inode))
        write_count(encoder, sizeof(segment.path))
        write(encoder.io, segment.path)
    end
    return nothing
end

"Begin with the contents of a container."
function enter!(encoder::Encoder, @nospecialize(value))
    if can_contain_itself(value)
        haskey(encoder.inside, value) &&
            throw(ConversionError("it contains itself", type_name(value)))
        deeper!(encoder, value)
        encoder.inside[value] = nothing
    else
        deeper!(encoder, value)
    end
    push!(encoder.entered, value)
    return nothing
end

# What these hold is there before they are. Sets are told by the dicts that they consist of.
can_contain_itself(@nospecialize(value)) = !(value isa Union{Tuple,NamedTuple})

function leave!(encoder::Encoder)
    value = pop!(encoder.entered)
    can_contain_itself(value) && delete!(encoder.inside, value)
    encoder.depth -= 1
    encoder.depth < encoder.careful_from && (encoder.careful_from = MAX_DEPTH + 1)
    return nothing
end

"Go down one level, into `value` or into many like it."
function deeper!(encoder::Encoder, @nospecialize(value))
    encoder.depth < MAX_DEPTH || throw(
        ConversionError("it is nested more than $MAX_DEPTH levels deep", type_name(value))
    )
    encoder.depth += 1
    return nothing
end

"Every value, each at its place in the path of an error; `dims` are an array's."
function write_items(encoder::Encoder, @nospecialize(values), dims::Dims=(length(values),))
    index = 0
    try
        for value in values
            index += 1
            write_value(encoder, value)
        end
    catch e
        e isa ConversionError && under!(e, place(index, dims))
        rethrow()
    end
    return nothing
end

"""
    write_value(encoder, value)

Append `value`. Throws [`ConversionError`](@ref).
"""
write_value(encoder::Encoder, @nospecialize(value)) = write_other(encoder, value)

# Tables are recognised here, because they are of types that this package cannot name.
@noinline function write_other(encoder::Encoder, @nospecialize(value))
    is_table(value) ? later(write_table, encoder, value) : write_reference(encoder, value)
    return nothing
end

@noinline function write_reference(encoder::Encoder, @nospecialize(value))
    number = lend!(encoder.exports, value)
    push!(encoder.lent, number)
    callable = value isa Union{Function,Type}
    reference = Reference(
        "julia", encoder.exports.generation, number, type_name(value), callable
    )
    return write_foreign_reference(encoder, reference)
end

"A reference, also one that the other side lent us and that goes back to it."
function write_foreign_reference(encoder::Encoder, reference::Reference)
    write_tag(encoder, REFERENCE)
    write_text(encoder, reference.owner)
    write_number(encoder, UInt64(reference.generation))
    write_number(encoder, UInt64(reference.number))
    write_tag(encoder, UInt8(reference.is_callable))
    write_text(encoder, reference.type_name)
    return nothing
end
