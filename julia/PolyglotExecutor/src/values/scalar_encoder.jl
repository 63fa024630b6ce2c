# Writing scalars.

write_value(encoder::Encoder, ::Nothing) = (write_tag(encoder, NOTHING); nothing)
write_value(encoder::Encoder, ::Missing) = (write_tag(encoder, MISSING); nothing)
write_value(encoder::Encoder, x::Bool) = (write_tag(encoder, x ? TRUE : FALSE); nothing)

for (T, tag) in NUMBERS
    if T <: Complex
        @eval function write_value(encoder::Encoder, x::$T)
            write_tag(encoder, $tag)
            write_number(encoder, real(x))
            write_number(encoder, imag(x))
            return nothing
        end
    else
        @eval function write_value(encoder::Encoder, x::$T)
            write_tag(encoder, $tag)
            write_number(encoder, x)
            return nothing
        end
    end
end

function write_value(encoder::Encoder, x::BigInt)
    write_tag(encoder, INTEGER)
    write_tag(encoder, UInt8(x < 0))
    write_magnitude(encoder, abs(x))
    return nothing
end

function write_magnitude(encoder::Encoder, x::BigInt)
    digits = string(x; base=16)
    isodd(length(digits)) && (digits = "0" * digits)
    write_blob(encoder, reverse!(hex2bytes(digits)))
    return nothing
end

"Int64 where it fits, as Python's int comes back."
function write_integer(encoder::Encoder, x::Integer)
    return write_value(encoder, typemin(Int64) <= x <= typemax(Int64) ? Int64(x) : BigInt(x))
end

"The longest significand that NumPy's longest float holds."
const LONGEST_FLOAT = 64

function write_value(encoder::Encoder, x::BigFloat)
    precision(x) <= LONGEST_FLOAT || return write_reference(encoder, x)
    write_tag(encoder, BIGFLOAT)
    write_number(encoder, UInt32(precision(x)))
    write_tag(encoder, UInt8(signbit(x)))
    write_tag(encoder, isnan(x) ? 0x02 : isinf(x) ? 0x01 : 0x00)
    isfinite(x) || return nothing
    shift = iszero(x) ? 0 : exponent(x) - (precision(x) - 1)
    significand = setprecision(() -> BigInt(ldexp(abs(x), -shift)), BigFloat, precision(x))
    write_magnitude(encoder, significand)
    write_number(encoder, Int64(shift))
    return nothing
end

write_value(encoder::Encoder, x::AbstractIrrational) = write_value(encoder, Float64(x))

"The integers that a Float64 holds."
const EXACT = 2^53

function write_value(encoder::Encoder, x::Complex)
    re, im = real(x), imag(x)
    is_exact(x) || is_long_float(x) || return write_reference(encoder, x)
    write_tag(encoder, COMPLEX)
    write_part(encoder, re)
    write_part(encoder, im)
    return nothing
end

"Whether floats hold the number exactly."
is_exact(x::Complex{<:Integer}) = -EXACT <= real(x) <= EXACT && -EXACT <= imag(x) <= EXACT
is_exact(@nospecialize(x)) = false

write_part(encoder::Encoder, x::Integer) = write_value(encoder, Int64(x))
write_part(encoder::Encoder, x::BigFloat) = write_value(encoder, x)

is_long_float(x::BigFloat) = precision(x) <= LONGEST_FLOAT
is_long_float(x::Complex{BigFloat}) = is_long_float(real(x)) && is_long_float(imag(x))
is_long_float(x) = false

function write_value(encoder::Encoder, x::Rational)
    iszero(denominator(x)) && return write_reference(encoder, x)   # Python has no infinite ones
    write_tag(encoder, RATIONAL)
    write_integer(encoder, numerator(x))
    write_integer(encoder, denominator(x))
    return nothing
end

function write_value(encoder::Encoder, x::String)
    write_tag(encoder, STRING)
    write_text(encoder, x)
    return nothing
end

write_value(encoder::Encoder, @nospecialize(x::Union{AbstractString,AbstractChar,Symbol})) =
    write_value(encoder, as_string(x))

"The text that `x` is; a `String` whatever its type is."
as_string(x::AbstractString) = String(x)::String
as_string(x::Symbol) = String(x)
as_string(x::AbstractChar) = string(x)::String

function write_value(encoder::Encoder, x::Base.CodeUnits{UInt8,String})
    write_tag(encoder, BYTES)
    text = x.s
    GC.@preserve text write_blob(encoder, pointer(text), sizeof(text))
    return nothing
end

function write_value(encoder::Encoder, x::UUID)
    write_tag(encoder, UUID_TAG)
    write(encoder.io, hton(x.value))
    return nothing
end

function write_value(encoder::Encoder, x::Enum)
    T = typeof(x)
    write_tag(encoder, ENUM)
    write_text(encoder, "julia")
    write_text(encoder, enum_name(encoder, T))
    write_text(encoder, string(Symbol(x)))
    write_value(encoder, Int64(x))
    members = instances(T)
    write_count(encoder, length(members))
    for member in members
        write_text(encoder, string(Symbol(member)))
        write_number(encoder, Int64(member))
    end
    return nothing
end

"The name under which the type comes back."
function enum_name(encoder::Encoder, @nospecialize(T))
    name = join((fullname(parentmodule(T))..., nameof(T)), ".")
    encoder.structs[name] = T
    return name
end

function write_value(encoder::Encoder, x::PyEnum)
    write_tag(encoder, ENUM)
    write_text(encoder, "python")
    write_text(encoder, x.type)
    write_text(encoder, x.name)
    write_value(encoder, x.value)
    write_count(encoder, 0)
    return nothing
end

# ------------------------------------------------------------------------------------ dates and times

write_value(encoder::Encoder, x::Date) = write_time(encoder, DATE, Dates.value(x) - EPOCH_DAY)

function write_value(encoder::Encoder, x::DateTime)
    return write_time(encoder, DATETIME, Dates.value(x) - EPOCH_MILLISECOND)
end

function write_value(encoder::Encoder, x::Time)
    Dates.value(x) % 1000 == 0 ||
        loses!(encoder, "a Time was sent to the microsecond: Python's time holds no more")
    return write_time(encoder, TIME, Dates.value(x))
end

function write_time(encoder::Encoder, tag::UInt8, count::Int64)
    write_tag(encoder, tag)
    write_number(encoder, count)
    return nothing
end

function write_value(encoder::Encoder, x::Period)
    unit = findfirst(==(typeof(x)), PERIODS)
    unit === nothing && return write_reference(encoder, x)
    write_tag(encoder, PERIOD)
    write_tag(encoder, UInt8(unit - 1))
    write_number(encoder, Int64(Dates.value(x)))
    return nothing
end
