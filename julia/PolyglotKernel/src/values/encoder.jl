# Writing values: scalars and containers. A type that has no method of `write_value` here crosses as a
# reference.

"How deep containers may be nested; both languages' stacks bear it."
const MAX_DEPTH = 200

"Writes one value: its description, and beside it the buffers that are too big to copy."
struct Encoder
    io::IOBuffer
    buffers::Vector{Vector{UInt8}}   # those behind the description
    segments::Vector{Int}
    lent::Vector{Int}
    inside::Vector{Any}
    exports::Exports
    lender::Lender
    structs::Dict{String,Type}   # the struct types that were sent as array elements
end

function Encoder(exports::Exports, lender::Lender, structs::Dict{String,Type})
    io = IOBuffer(; sizehint=256)
    return Encoder(io, Vector{UInt8}[], Int[], Int[], Any[], exports, lender, structs)
end

"Take everything back: the value will not be sent."
function abandon!(encoder::Encoder)
    foreach(fd -> close_segment!(encoder.lender, fd), encoder.segments)
    for number in encoder.lent
        release!(encoder.exports, encoder.exports.generation, number, 1)
    end
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
    segment = lend!(write_all, encoder.lender)
    if segment === nothing
        write(encoder.io, IN_FRAME, htol(UInt64(size)))
        write_count(encoder, length(encoder.buffers) + 1)
        buffer = IOBuffer(; sizehint=size)
        write_all(BufferSink(buffer))
        push!(encoder.buffers, take!(buffer))
        return nothing
    end
    push!(encoder.segments, segment.fd)
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
    if ismutable(value)
        for outer in encoder.inside
            outer === value && throw(ConversionError("it contains itself", type_name(value)))
        end
    end
    length(encoder.inside) < MAX_DEPTH || throw(
        ConversionError("it is nested more than $MAX_DEPTH levels deep", type_name(value))
    )
    push!(encoder.inside, value)
    return nothing
end

leave!(encoder::Encoder) = pop!(encoder.inside)

"Every value, each at its index in the path of an error."
function write_items(encoder::Encoder, @nospecialize(values))
    index = 0
    try
        for value in values
            index += 1
            write_value(encoder, value)
        end
    catch e
        e isa ConversionError && under!(e, "[$index]")
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

# ------------------------------------------------------------------------------------------ scalars

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
    exact = re isa Integer && -EXACT <= re <= EXACT && -EXACT <= im <= EXACT
    exact || is_long_float(x) || return write_reference(encoder, x)
    write_tag(encoder, COMPLEX)
    write_part(encoder, re)
    write_part(encoder, im)
    return nothing
end

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

write_value(encoder::Encoder, x::AbstractString) = write_value(encoder, String(x))
write_value(encoder::Encoder, x::Symbol) = write_value(encoder, String(x))
write_value(encoder::Encoder, x::AbstractChar) = write_value(encoder, string(x))

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
    Dates.value(x) % 1000 == 0 || warn_precision()
    return write_time(encoder, TIME, Dates.value(x))
end

@noinline function warn_precision()
    @warn "a Time was sent with nanoseconds; Python's time keeps its microseconds" maxlog = 1
    return nothing
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

# ---------------------------------------------------------------------------------------- containers

function write_value(encoder::Encoder, @nospecialize(x::Tuple))
    enter!(encoder, x)
    write_tag(encoder, TUPLE)
    write_count(encoder, length(x))
    write_items(encoder, x)
    leave!(encoder)
    return nothing
end

write_value(encoder::Encoder, x::Pair) = write_value(encoder, (x.first, x.second))

function write_value(encoder::Encoder, @nospecialize(x::NamedTuple))
    is_column_table(x) && return later(write_table, encoder, x)
    enter!(encoder, x)
    write_tag(encoder, NAMED_TUPLE)
    write_fields(encoder, collect(Symbol, keys(x)), Any[values(x)...], write_value)
    leave!(encoder)
    return nothing
end

"The count of the fields, their names, and each field as `write_one` does it."
function write_fields(
    encoder::Encoder, names::Vector{Symbol}, values::Vector{Any}, @nospecialize(write_one)
)
    write_count(encoder, length(names))
    for name in names
        write_text(encoder, string(name))
    end
    for i in eachindex(names)
        try
            write_one(encoder, values[i])
        catch e
            e isa ConversionError && under!(e, ".$(names[i])")
            rethrow()
        end
    end
    return nothing
end

function write_value(encoder::Encoder, @nospecialize(x::AbstractDict))
    enter!(encoder, x)
    items = Pair{Any,Any}[key => value for (key, value) in x]
    write_tag(encoder, DICT)
    write_count(encoder, length(items))
    step = ""
    try
        for (key, value) in items
            step = "<key $(brief(key))>"
            write_value(encoder, key)
            step = "[$(brief(key))]"
            write_value(encoder, value)
        end
    catch e
        e isa ConversionError && under!(e, step)
        rethrow()
    end
    leave!(encoder)
    return nothing
end

function write_value(encoder::Encoder, @nospecialize(x::AbstractSet))
    items = Any[item for item in x]
    write_tag(encoder, SET)
    write_count(encoder, length(items))
    item = nothing
    try
        for outer item in items
            write_value(encoder, item)
        end
    catch e
        e isa ConversionError && under!(e, "<member $(brief(item))>")
        rethrow()
    end
    return nothing
end

"A key as it stands in a path."
function brief(@nospecialize(key))
    key isa Union{Number,AbstractString,Symbol,Char} || return type_name(key)
    text = repr(key)
    return length(text) <= 60 ? text : first(text, 57) * "..."
end
