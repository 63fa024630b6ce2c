# From values to text.

"""
    Raw(text)

Text that is JSON already, written as it stands.
"""
struct Raw{T<:Union{String,Vector{UInt8}}}
    text::T
end

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
