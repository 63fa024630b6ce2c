# Reading strings that stand in one piece.

"""
    Recent(count)

Texts among `count` that were read a short while ago. Where few of them come again and again, one `String` is made
of each: what takes longest is to make them, and to collect them. `credit` says whether it is worth looking.
"""
mutable struct Recent
    texts::Vector{String}
    credit::Int
end

const RECENT_BITS = 10

"How many more texts may be new than were met again."
const CREDIT = 1000

"Longer texts are rarely the same."
const LONGEST_RECENT = 64

Recent(count::Int) =
    count < CREDIT ? Recent(String[], 0) : Recent(fill("", 2^RECENT_BITS), CREDIT)

"The text of `size` bytes at this address."
function text_at!(recent::Recent, at::Ptr{UInt8}, size::Int)
    recent.credit > 0 && size <= LONGEST_RECENT || return unsafe_string(at, size)
    place = place_of(at, size)
    text = recent.texts[place]
    if is_text_at(text, at, size)
        recent.credit += 1
        return text
    end
    recent.credit -= 1
    return recent.texts[place] = unsafe_string(at, size)
end

is_text_at(text::String, at::Ptr{UInt8}, size::Int) =
    sizeof(text) == size &&
    ccall(:memcmp, Cint, (Ptr{UInt8}, Ptr{UInt8}, Csize_t), text, at, size) == 0

"Where the text is looked for, which its first and its last bytes say."
function place_of(at::Ptr{UInt8}, size::Int)
    bits = size % UInt64
    if size >= 8
        head, tail = unsafe_load(Ptr{UInt64}(at)), unsafe_load(Ptr{UInt64}(at + size - 8))
        bits = (bits ⊻ head) * SCRAMBLE ⊻ tail
    else
        for i in 1:size
            bits = bits << 8 | unsafe_load(at, i)
        end
    end
    return Int((bits * SCRAMBLE) >> (64 - RECENT_BITS)) + 1
end

const SCRAMBLE = 0x9e3779b97f4a7c15

"Fill `texts` with as many strings, in the order of memory."
function read_texts!(texts::Array, decoder::Decoder)
    recent = Recent(length(texts))
    if read_byte(decoder) == BY_SEPARATOR
        return with_bytes(decoder) do data
            return uncollected(() -> split_texts!(texts, data, recent), memory_of(texts, data))
        end
    end
    return with_elements(decoder, Int64, length(texts) + 1) do offsets
        return with_bytes(decoder) do data
            return uncollected(() -> cut_texts!(texts, data, offsets, recent), memory_of(texts, data))
        end
    end
end

# A `String` has its type and its length in front, and stands in a pointer.
"What the texts have of memory, with what is in them."
memory_of(texts::Array, data::Vector{UInt8}) = 24 * length(texts) + length(data)

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

function split_texts!(texts::Array, data::Vector{UInt8}, recent::Recent)
    GC.@preserve data begin
        at = pointer(data)
        stop = at + length(data)
        for i in 1:length(texts)
            size = i == length(texts) ? Int(stop - at) : distance(at, stop)
            texts[i] = text_at!(recent, at, size)
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

function cut_texts!(texts::Array, data::Vector{UInt8}, offsets::Vector{Int64}, recent::Recent)
    GC.@preserve data begin
        start = pointer(data)
        for i in 1:length(texts)
            from, to = offsets[i], offsets[i + 1]
            0 <= from <= to <= length(data) || throw(corrupt("a string has no place"))
            texts[i] = text_at!(recent, start + from, to - from)
        end
    end
    return texts
end
