# Strings in one piece, both ways.

"What texts have between them where none of them holds it."
const SEPARATOR = 0x00

# ----------------------------------------------------------------------------------------- writing

"""
    write_texts(encoder, values, separated)

Strings, without saying how many; what is no `String` is empty. `separated` asks for the separator
between them, which Python reads fastest; it needs that none of them holds it. Throws
[`ConversionError`](@ref) with the `index` of one that is not UTF-8.
"""
function write_texts(encoder::Encoder, values::Array, separated::Bool)
    offsets = measure_texts(values)
    data = join_texts(values, offsets, separated)
    are_valid(data, offsets, separated) || refuse_invalid(values)
    if separated && count(==(SEPARATOR), data) == length(values) - 1
        write_tag(encoder, BY_SEPARATOR)
    else
        separated && (data = join_texts(values, offsets, false))
        write_tag(encoder, BY_OFFSETS)
        write_blob(encoder, offsets)
    end
    write_blob(encoder, data)
    return nothing
end

"Where each text begins and the last one ends, with nothing between them."
function measure_texts(values::Array)
    offsets = Vector{Int64}(undef, length(values) + 1)
    size = 0
    offsets[1] = 0
    for i in 1:length(values)
        x = values[i]
        x isa String && (size += sizeof(x))
        offsets[i + 1] = size
    end
    return offsets
end

function join_texts(values::Array, offsets::Vector{Int64}, separated::Bool)
    gaps = separated ? max(length(values) - 1, 0) : 0
    data = Vector{UInt8}(undef, last(offsets) + gaps)
    for i in 1:length(values)
        x = values[i]
        at = offsets[i] + 1
        if separated
            at += i - 1
            i > 1 && (data[at - 1] = SEPARATOR)
        end
        x isa String && copy_text!(data, at, x)
    end
    return data
end

function copy_text!(data::Vector{UInt8}, at::Int, text::String)
    GC.@preserve data text unsafe_copyto!(pointer(data, at), pointer(text), sizeof(text))
    return nothing
end

"All at once: where the whole is valid so is each text, unless it begins amid a character."
function are_valid(data::Vector{UInt8}, offsets::Vector{Int64}, separated::Bool)
    is_ascii(data) && return true
    isvalid(String, data) || return false
    separated && return true
    return all(at -> at == length(data) || data[at + 1] & 0xc0 != 0x80, offsets)
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

# ----------------------------------------------------------------------------------------- reading

"Fill `texts` with as many strings, in the order of memory."
function read_texts!(texts::Array, decoder::Decoder)
    read_byte(decoder) == BY_SEPARATOR && return read_separated!(texts, decoder)
    return with_elements(decoder, Int64, length(texts) + 1) do offsets
        return with_bytes(data -> cut_texts!(texts, data, offsets), decoder)
    end
end

read_separated!(texts::Array, decoder::Decoder) =
    with_bytes(data -> split_texts!(texts, data), decoder)

"`f` of the bytes that come next, which are gone when `f` has returned."
function with_bytes(f::F, decoder::Decoder) where {F}
    blob = read_blob(decoder)
    bytes = bytes_of(decoder, blob)
    try
        return f(bytes)
    finally
        isempty(blob.path) || finalize(Compat.storage(bytes))
    end
end

function split_texts!(texts::Array, data::Vector{UInt8})
    GC.@preserve data begin
        at = pointer(data)
        stop = at + length(data)
        for i in 1:length(texts)
            size = i == length(texts) ? Int(stop - at) : distance(at, stop)
            texts[i] = unsafe_string(at, size)
            at += size + 1
        end
        at == stop + 1 || isempty(texts) || throw(corrupt("there are more strings than there should be"))
    end
    return texts
end

"How far the next separator is."
function distance(at::Ptr{UInt8}, stop::Ptr{UInt8})
    at < stop || throw(corrupt("there are fewer strings than there should be"))
    found = ccall(:memchr, Ptr{UInt8}, (Ptr{UInt8}, Cint, Csize_t), at, SEPARATOR, stop - at)
    found == C_NULL && throw(corrupt("there are fewer strings than there should be"))
    return Int(found - at)
end

function cut_texts!(texts::Array, data::Vector{UInt8}, offsets::Vector{Int64})
    for i in 1:length(texts)
        0 <= offsets[i] <= offsets[i + 1] <= length(data) || throw(corrupt("a string has no place"))
        texts[i] = GC.@preserve data unsafe_string(
            pointer(data) + offsets[i], offsets[i + 1] - offsets[i]
        )
    end
    return texts
end
