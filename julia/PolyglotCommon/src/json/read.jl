# From text to values.

mutable struct Reader
    bytes::Vector{UInt8}
    position::Int
end

"How many digits an integer may have: what Python reads at the least, whatever limit it is given."
const MAX_DIGITS = 640

"""
    parse(input::Union{AbstractString,AbstractVector{UInt8}})
    parse(bytes::Vector{UInt8}, level)

The value that `input` holds. Throws [`ParseError`](@ref), also for anything behind the value. With a
`level` the value may be put that many levels deep into another one, which then can still be read.
"""
parse(text::AbstractString) = parse(Vector{UInt8}(codeunits(String(text))))
parse(bytes::AbstractVector{UInt8}) = parse(Vector{UInt8}(bytes))

parse(bytes::Vector{UInt8}) = parse(bytes, 0)

function parse(bytes::Vector{UInt8}, level::Int)
    reader = Reader(bytes, 1)
    value = read_value(reader, level + 1)
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
    length(text) <= MAX_DIGITS || fail(reader, "an integer of more than $MAX_DIGITS digits")
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
