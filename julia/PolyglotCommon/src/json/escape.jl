# Text as the inside of a JSON string.

"""
    write_escaped(io, bytes, from, to)

Write `bytes[from:to]` as the inside of a JSON string. What is not UTF-8 becomes U+FFFD.
"""
function write_escaped(io::IO, bytes, from::Int, to::Int)
    run = from
    i = from
    GC.@preserve bytes while i <= to
        i = skip_plain(bytes, i, to)
        i <= to || break
        byte = @inbounds bytes[i]
        if is_plain(byte)
            i += 1
            continue
        end
        if byte >= 0x80
            size = sequence_length(bytes, i, to)
            if size > 0
                i += size
                continue
            end
        end
        write_bytes(io, bytes, run, i - 1)
        i += write_special(io, bytes, i, to)
        run = i
    end
    GC.@preserve bytes write_bytes(io, bytes, run, to)
    return nothing
end

"Whether all of the text is printable ASCII that stands for itself in a JSON string."
function is_plain(text::String)
    to = ncodeunits(text)
    i = GC.@preserve text skip_plain(text, 1, to)
    while i <= to && is_plain(codeunit(text, i))
        i += 1
    end
    return i > to
end

is_plain(byte::UInt8) = 0x20 <= byte < 0x7f && byte != UInt8('"') && byte != UInt8('\\')

# Where the first eight bytes at or behind `i` stand, in steps of eight, that have one to be looked at.
function skip_plain(bytes, i::Int, to::Int)
    while i + 7 <= to && is_plain(unsafe_load(Ptr{UInt64}(pointer(bytes, i))))
        i += 8
    end
    return i
end

# Whether all eight bytes of the word are ASCII that stands for itself in a JSON string.
function is_plain(word::UInt64)
    marked = word | (word - 0x2020202020202020)     # beyond ASCII, or below the space
    marked |= has_zero(word ⊻ 0x2222222222222222)   # a quotation mark
    marked |= has_zero(word ⊻ 0x5c5c5c5c5c5c5c5c)   # a backslash
    marked |= has_zero(word ⊻ 0x7f7f7f7f7f7f7f7f)   # delete
    return marked & 0x8080808080808080 == 0
end

# The highest bit of a byte is set if the byte is zero; above such a byte others may be set too.
has_zero(word::UInt64) = (word - 0x0101010101010101) & ~word

function write_bytes(io::IO, bytes, from::Int, to::Int)
    from <= to && unsafe_write(io, pointer(bytes, from), UInt(to - from + 1))
    return nothing
end

is_continuation(bytes, i::Int, to::Int) = i <= to && (@inbounds bytes[i]) & 0xc0 == 0x80

"""
    sequence_length(bytes, i, to)

The length of the UTF-8 sequence at `i`, 0 when none that is valid and complete stands there.
"""
function sequence_length(bytes, i::Int, to::Int)
    lead = @inbounds bytes[i]
    lead < 0x80 && return 1
    (0xc2 <= lead <= 0xf4 && is_continuation(bytes, i + 1, to)) || return 0
    second = @inbounds bytes[i + 1]
    lead < 0xe0 && return 2
    is_continuation(bytes, i + 2, to) || return 0
    if lead < 0xf0
        # neither overlong nor a surrogate
        (lead == 0xe0 && second < 0xa0 || lead == 0xed && second >= 0xa0) && return 0
        return 3
    end
    is_continuation(bytes, i + 3, to) || return 0
    (lead == 0xf0 && second < 0x90 || lead == 0xf4 && second >= 0x90) && return 0
    return 4
end

const HEX_DIGITS = codeunits("0123456789abcdef")

# Writes the one character at `i` that does not stand for itself; returns how many bytes it took.
function write_special(io::IO, bytes, i::Int, to::Int)
    byte = @inbounds bytes[i]
    if byte == UInt8('"') || byte == UInt8('\\')
        Base.write(io, UInt8('\\'), byte)
    elseif byte == UInt8('\n')
        Base.write(io, "\\n")
    elseif byte == UInt8('\r')
        Base.write(io, "\\r")
    elseif byte == UInt8('\t')
        Base.write(io, "\\t")
    elseif byte < 0x80
        write_unicode_escape(io, UInt16(byte))
    elseif is_surrogate(bytes, i, to)
        low = UInt16(bytes[i + 1] & 0x3f) << 6 | UInt16(bytes[i + 2] & 0x3f)
        write_unicode_escape(io, 0xd000 | low)
        return 3
    else
        Base.write(io, "\\ufffd")
    end
    return 1
end

function is_surrogate(bytes, i::Int, to::Int)
    return bytes[i] == 0xed && is_continuation(bytes, i + 1, to) && is_continuation(bytes, i + 2, to)
end

function write_unicode_escape(io::IO, unit::UInt16)
    Base.write(io, "\\u")
    for shift in (12, 8, 4, 0)
        Base.write(io, HEX_DIGITS[(unit >> shift & 0xf) + 1])
    end
    return nothing
end
