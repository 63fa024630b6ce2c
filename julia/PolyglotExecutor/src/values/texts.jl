# Writing strings in one piece.

"What texts have between them where none of them holds it."
const SEPARATOR = 0x00

"""
    write_texts(encoder, values, separated)

Strings, without saying how many; what is no `String` is empty. `separated` asks for the separator
between them, which Python reads fastest; it needs that none of them holds it. Throws
[`ConversionError`](@ref) with the `index` of one that is not UTF-8.
"""
function write_texts(encoder::Encoder, values::Array, separated::Bool)
    separated && write_separated(encoder, values) && return nothing
    return with_passing(Int64, length(values) + 1) do offsets
        offsets[1] = 0
        return with_joined(values, offsets) do data
            are_valid(data, offsets) || refuse_invalid(values)
            write_tag(encoder, BY_OFFSETS)
            write_blob(encoder, offsets)
            write_blob(encoder, data)
            return nothing
        end
    end
end

"The texts with separators. Whether they could be written so."
function write_separated(encoder::Encoder, values::Array)
    isempty(values) && return false
    return with_joined(values, nothing) do data
        count(==(SEPARATOR), data) == length(values) || return false
        is_ascii(data) || isvalid(String, data) || refuse_invalid(values)
        write_tag(encoder, BY_SEPARATOR)
        write_blob(encoder, pointer(data), length(data) - 1)   # none behind the last one
        return true
    end
end

"`f` of the bytes of the texts, which are gone when it has returned; `offsets` as in `join_texts!`."
function with_joined(f::F, values::Array, offsets) where {F}
    memory = Passing(0)
    try
        size = join_texts!(memory, offsets, values)
        return f(unsafe_wrap(Array, memory.address, size))
    finally
        give_back!(memory)
    end
end

"""
How many texts are looked at in one go, first for their sizes and then to copy them. Most are not in the
processor's cache, and where only sizes are asked for it fetches many at a time.
"""
const BATCH = 256

"""
    join_texts!(memory, offsets, values)

Writes the texts in one piece, and says how many bytes that is. Where each of them ends is noted in `offsets`, behind
the first; where these are `nothing` there is a separator behind each.
"""
function join_texts!(memory::Passing, offsets, values::Array)
    size = 0
    for first in 1:BATCH:length(values)
        batch = first:min(first + BATCH - 1, length(values))
        needed = size + size_of_texts(values, batch) + length(batch)
        needed <= memory.size || grow!(memory, room_for_texts(needed, last(batch), length(values)))
        data = memory.address
        for i in batch
            x = values[i]
            x isa String && (size += copy_text!(data + size, x))
            size = end_text!(offsets, i, data, size)
        end
    end
    return size
end

# Twice what is to be expected from the first `done` texts: memory that is not touched costs nothing.
room_for_texts(needed::Int, done::Int, count::Int) = done == count ? needed : 2 * needed ÷ done * count

function size_of_texts(values::Array, indices::UnitRange{Int})
    size = 0
    for i in indices
        x = values[i]
        x isa String && (size += sizeof(x))
    end
    return size
end

function end_text!(offsets::Vector{Int64}, i::Int, ::Ptr{UInt8}, size::Int)
    offsets[i + 1] = size
    return size
end

function end_text!(::Nothing, ::Int, data::Ptr{UInt8}, size::Int)
    unsafe_store!(data + size, SEPARATOR)
    return size + 1
end

"All at once: where the whole is valid so is each text, unless it begins amid a character."
function are_valid(data::Vector{UInt8}, offsets::Vector{Int64})
    is_ascii(data) && return true
    isvalid(String, data) || return false
    return all(at -> at == length(data) || data[at + 1] & 0xc0 != 0x80, offsets)
end

"Copies the text, and says how many bytes it has. A call of C's `memcpy` takes longer than most texts."
function copy_text!(to::Ptr{UInt8}, text::String)
    size = sizeof(text)
    GC.@preserve text begin
        from = pointer(text)
        if size > 16
            unsafe_copyto!(to, from, size)
        elseif size >= 8
            copy_ends!(UInt64, to, from, size)
        elseif size >= 4
            copy_ends!(UInt32, to, from, size)
        else
            for i in 1:size
                unsafe_store!(to, unsafe_load(from, i), i)
            end
        end
    end
    return size
end

"The first bytes and the last ones, as many each as a `T` has; together they are all."
function copy_ends!(::Type{T}, to::Ptr{UInt8}, from::Ptr{UInt8}, size::Int) where {T}
    last = size - sizeof(T)
    head, tail = unsafe_load(Ptr{T}(from)), unsafe_load(Ptr{T}(from + last))
    unsafe_store!(Ptr{T}(to), head)
    unsafe_store!(Ptr{T}(to + last), tail)
    return nothing
end

function is_ascii(data::Vector{UInt8})
    bits = zero(UInt64)
    words = length(data) >> 3
    GC.@preserve data begin
        from = Ptr{UInt64}(pointer(data))
        for i in 1:words
            bits |= unsafe_load(from, i)
        end
    end
    for i in (8 * words + 1):length(data)
        bits |= data[i]
    end
    return bits & 0x8080808080808080 == 0
end

@noinline function refuse_invalid(@nospecialize(values))
    for (i, x) in enumerate(values)
        x isa String && !isvalid(x) || continue
        e = ConversionError("it is not valid UTF-8", type_name(x))
        e.index = i
        throw(e)
    end
    return error("no string is invalid")
end
