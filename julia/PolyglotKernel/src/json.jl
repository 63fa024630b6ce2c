"""
JSON (RFC 8259), strict, and small enough that a process is ready soon after it starts.

Objects are `Dict{String,Any}`, arrays `Vector{Any}`, numbers `Int64`, `BigInt` where that is too
small, or `Float64`. A lone surrogate such as `"\\ud800"`, which Python can send and Unicode forbids,
is kept in a `String` as its three WTF-8 bytes and written as the same escape again.
"""
module JSON

"Deepest nesting that is read; deeper input is refused before it can exhaust the stack."
const MAX_DEPTH = 512

"""
    ParseError(message, position)

The input is not JSON. `position` is the byte, counted from 1, at which that became clear.
"""
struct ParseError <: Exception
    message::String
    position::Int
end

"What is wrong with the input, in a sentence's rest."
describe(e::ParseError) = string("invalid JSON at byte ", string(e.position), ": ", e.message)

Base.showerror(io::IO, e::ParseError) = print(io, describe(e))

"""
    Raw(text)

Text that is JSON already, written as it stands.
"""
struct Raw{T<:Union{String,Vector{UInt8}}}
    text::T
end

# ------------------------------------------------------------------------------------------ reading

mutable struct Reader
    bytes::Vector{UInt8}
    position::Int
end

"""
    parse(input::Union{AbstractString,AbstractVector{UInt8}})

The value that `input` holds. Throws [`ParseError`](@ref), also for anything behind the value.
"""
parse(text::AbstractString) = parse(Vector{UInt8}(codeunits(String(text))))
parse(bytes::AbstractVector{UInt8}) = parse(Vector{UInt8}(bytes))

function parse(bytes::Vector{UInt8})
    reader = Reader(bytes, 1)
    value = read_value(reader, 1)
    skip_space!(reader)
    reader.position > length(bytes) || fail(reader, "text behind the value")
    return value
end

fail(reader::Reader, message::String) = throw(ParseError(message, reader.position))

# The byte at the position; 0, which no token starts with, at the end of the input.
function peek_byte(reader::Reader)
    bytes = reader.bytes
    return reader.position <= length(bytes) ? @inbounds(bytes[reader.position]) : 0x00
end

function skip_space!(reader::Reader)
    while true
        byte = peek_byte(reader)
        (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) || return nothing
        reader.position += 1
    end
end

function read_value(reader::Reader, depth::Int)
    depth > MAX_DEPTH && fail(reader, "nested more than $MAX_DEPTH deep")
    skip_space!(reader)
    byte = peek_byte(reader)
    byte == UInt8('"') && return read_string(reader)
    byte == UInt8('{') && return read_object(reader, depth)
    byte == UInt8('[') && return read_array(reader, depth)
    byte == UInt8('t') && return read_literal(reader, "true", true)
    byte == UInt8('f') && return read_literal(reader, "false", false)
    byte == UInt8('n') && return read_literal(reader, "null", nothing)
    (byte == UInt8('-') || is_digit(byte)) && return read_number(reader)
    return fail(reader, "a value is missing")
end

function read_literal(reader::Reader, literal::String, value)
    for byte in codeunits(literal)
        peek_byte(reader) == byte || fail(reader, "expected $literal")
        reader.position += 1
    end
    return value
end

function read_object(reader::Reader, depth::Int)
    object = Dict{String,Any}()
    reader.position += 1
    skip_space!(reader)
    if peek_byte(reader) == UInt8('}')
        reader.position += 1
        return object
    end
    while true
        skip_space!(reader)
        peek_byte(reader) == UInt8('"') || fail(reader, "expected a key in double quotes")
        key = read_string(reader)
        skip_space!(reader)
        peek_byte(reader) == UInt8(':') || fail(reader, "expected ':' behind the key")
        reader.position += 1
        object[key] = read_value(reader, depth + 1)
        next_item!(reader, UInt8('}')) || return object
    end
end

function read_array(reader::Reader, depth::Int)
    array = Any[]
    reader.position += 1
    skip_space!(reader)
    if peek_byte(reader) == UInt8(']')
        reader.position += 1
        return array
    end
    while true
        push!(array, read_value(reader, depth + 1))
        next_item!(reader, UInt8(']')) || return array
    end
end

# Steps over the separator behind an item: true for a comma, false for the closing bracket.
function next_item!(reader::Reader, closing::UInt8)
    skip_space!(reader)
    byte = peek_byte(reader)
    (byte == closing || byte == UInt8(',')) || fail(reader, "expected ',' or '$(Char(closing))'")
    reader.position += 1
    return byte != closing
end

is_digit(byte::UInt8) = UInt8('0') <= byte <= UInt8('9')

function skip_digits!(reader::Reader)
    is_digit(peek_byte(reader)) || fail(reader, "expected a digit")
    while is_digit(peek_byte(reader))
        reader.position += 1
    end
end

function read_number(reader::Reader)
    start = reader.position
    peek_byte(reader) == UInt8('-') && (reader.position += 1)
    if peek_byte(reader) == UInt8('0')
        reader.position += 1
        is_digit(peek_byte(reader)) && fail(reader, "a number with a leading zero")
    else
        skip_digits!(reader)
    end
    integral = true
    if peek_byte(reader) == UInt8('.')
        integral = false
        reader.position += 1
        skip_digits!(reader)
    end
    if peek_byte(reader) | 0x20 == UInt8('e')
        integral = false
        reader.position += 1
        sign = peek_byte(reader)
        (sign == UInt8('-') || sign == UInt8('+')) && (reader.position += 1)
        skip_digits!(reader)
    end
    text = String(reader.bytes[start:(reader.position - 1)])
    integral || return parse_float(text)
    # 18 digits always fit into Int64
    length(text) <= 18 && return Base.parse(Int64, text)
    big = Base.parse(BigInt, text)
    return typemin(Int64) <= big <= typemax(Int64) ? Int64(big) : big
end

# Julia's parser refuses what is too large or too small for a Float64; by way of BigFloat it becomes
# Inf or 0, as in Python.
function parse_float(text::String)
    number = tryparse(Float64, text)
    return number === nothing ? Float64(Base.parse(BigFloat, text)) : number
end

function read_string(reader::Reader)
    bytes = reader.bytes
    reader.position += 1
    start = reader.position
    while true
        byte = peek_byte(reader)
        if byte == UInt8('"')
            text = String(bytes[start:(reader.position - 1)])
            reader.position += 1
            return valid_text(reader, text)
        end
        byte == UInt8('\\') && return read_escaped_string(reader, start)
        check_plain(reader, byte)
        reader.position += 1
    end
end

function check_plain(reader::Reader, byte::UInt8)
    byte >= 0x20 && return nothing
    at_end = reader.position > length(reader.bytes)
    return fail(reader, at_end ? "the text ends within a string" : "a bare control character")
end

function valid_text(reader::Reader, text::String)
    isvalid(text) || fail(reader, "a string that is not UTF-8")
    return text
end

# A string with at least one escape: plain runs are copied, escapes decoded.
function read_escaped_string(reader::Reader, start::Int)
    bytes = reader.bytes
    out = IOBuffer()
    while true
        byte = peek_byte(reader)
        if byte == UInt8('"')
            write_run(reader, out, start)
            reader.position += 1
            return String(take!(out))
        elseif byte == UInt8('\\')
            write_run(reader, out, start)
            reader.position += 1
            Base.write(out, read_escape(reader))
            start = reader.position
        else
            check_plain(reader, byte)
            reader.position += 1
        end
    end
end

function write_run(reader::Reader, out::IOBuffer, start::Int)
    start < reader.position || return nothing
    Base.write(out, valid_text(reader, String(reader.bytes[start:(reader.position - 1)])))
    return nothing
end

function read_escape(reader::Reader)
    byte = peek_byte(reader)
    reader.position += 1
    byte == UInt8('n') && return '\n'
    byte == UInt8('t') && return '\t'
    byte == UInt8('r') && return '\r'
    byte == UInt8('b') && return '\b'
    byte == UInt8('f') && return '\f'
    (byte == UInt8('"') || byte == UInt8('\\') || byte == UInt8('/')) && return Char(byte)
    byte == UInt8('u') || fail(reader, "an unknown escape")
    high = read_hex(reader)
    0xd800 <= high <= 0xdbff || return Char(high)
    # a high surrogate: with the low one behind it, one character
    resume = reader.position
    if peek_byte(reader) == UInt8('\\')
        reader.position += 1
        if peek_byte(reader) == UInt8('u')
            reader.position += 1
            low = read_hex(reader)
            if 0xdc00 <= low <= 0xdfff
                return Char(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
            end
        end
    end
    reader.position = resume
    return Char(high)
end

function read_hex(reader::Reader)
    value = UInt32(0)
    for _ in 1:4
        byte = peek_byte(reader)
        lower = byte | 0x20
        digit = if is_digit(byte)
            byte - UInt8('0')
        elseif UInt8('a') <= lower <= UInt8('f')
            lower - UInt8('a') + 0x0a
        else
            fail(reader, "expected four hexadecimal digits")
        end
        value = value << 4 | UInt32(digit)
        reader.position += 1
    end
    return value
end

# ------------------------------------------------------------------------------------------ writing

"""
    json(value)

`value` as JSON text; see [`write`](@ref) for what it may be.
"""
json(value) = String(bytes(value))

"    bytes(value)\n\nThe UTF-8 bytes of [`json`](@ref)."
function bytes(@nospecialize(value))
    io = IOBuffer()
    write(io, value)
    return take!(io)
end

"""
    write(io, value)

Write `value` as JSON: `AbstractDict` and `NamedTuple` as objects, vectors, tuples and sets as
arrays, strings, symbols and characters as strings, `nothing` and `missing` as `null`, as are the
numbers that JSON has no form for (`NaN`, `Inf`). Throws an `ArgumentError` for anything else.
"""
write(io::IO, ::Union{Nothing,Missing}) = (Base.write(io, "null"); nothing)
write(io::IO, value::Bool) = (Base.write(io, value ? "true" : "false"); nothing)
write(io::IO, value::Integer) = (print(io, big_or_int(value)); nothing)
write(io::IO, value::Raw) = (Base.write(io, value.text); nothing)
write(io::IO, value::Union{Symbol,AbstractChar}) = write(io, string(value))
write(io::IO, value::AbstractString) = write(io, String(value))

function write(io::IO, value::Real)
    number = Float64(value)
    isfinite(number) ? print(io, number) : Base.write(io, "null")
    return nothing
end

big_or_int(value::Union{Int64,BigInt}) = value
big_or_int(value::Integer) = typemin(Int64) <= value <= typemax(Int64) ? Int64(value) : BigInt(value)

function write(io::IO, value::String)
    Base.write(io, UInt8('"'))
    write_text(io, value)
    Base.write(io, UInt8('"'))
    return nothing
end

"""
    InQuotes(text)

The string `text` between quotation marks, for a large one whose copy would cost too much.
"""
struct InQuotes
    text::String
end

Base.string(quoted::InQuotes) = string('"', quoted.text, '"')

function write(io::IO, quoted::InQuotes)
    Base.write(io, "\"\\\"")
    write_text(io, quoted.text)
    Base.write(io, "\\\"\"")
    return nothing
end

function write_text(io::IO, text::String)
    make_room(io, ncodeunits(text))
    write_escaped(io, codeunits(text), 1, ncodeunits(text))
    return nothing
end

# A large buffer that a text has just filled would be moved once more for what comes behind it.
make_room(::IO, ::Int) = nothing
make_room(io::IOBuffer, size::Int) =
    size >= LARGE_TEXT ? Base.ensureroom(io, size + size >> 4) : nothing

const LARGE_TEXT = 2^16

function write(io::IO, object::Union{AbstractDict,NamedTuple})
    Base.write(io, UInt8('{'))
    first = true
    for (key, value) in pairs(object)
        first || Base.write(io, UInt8(','))
        first = false
        write(io, string(key))
        Base.write(io, UInt8(':'))
        write(io, value)
    end
    Base.write(io, UInt8('}'))
    return nothing
end

"""
    Fields

An object in the order of its keys. Unlike a `Dict` it is made by the same compiled code whatever
types its values have.
"""
const Fields = Vector{Pair{String,Any}}

"    fields(pairs...)\n\nThe object of these pairs of a `String` and a value."
function fields(@nospecialize(pairs...))
    object = Pair{String,Any}[]
    for pair in pairs
        push!(object, Pair{String,Any}(getfield(pair, 1), getfield(pair, 2)))
    end
    return object
end

function write(io::IO, object::Fields)
    Base.write(io, UInt8('{'))
    for i in 1:length(object)
        i == 1 || Base.write(io, UInt8(','))
        write(io, object[i].first)
        Base.write(io, UInt8(':'))
        write(io, object[i].second)
    end
    Base.write(io, UInt8('}'))
    return nothing
end

function write(io::IO, items::Union{AbstractVector,Tuple,AbstractSet})
    Base.write(io, UInt8('['))
    first = true
    for item in items
        first || Base.write(io, UInt8(','))
        first = false
        write(io, item)
    end
    Base.write(io, UInt8(']'))
    return nothing
end

write(io::IO, value) = throw(ArgumentError("no JSON form for a value of type $(typeof(value))"))

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

end
