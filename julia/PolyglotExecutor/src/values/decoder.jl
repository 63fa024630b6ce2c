# Reading values: scalars and references.

"Reads one value out of the buffers of a frame."
mutable struct Decoder
    data::Vector{UInt8}
    position::Int
    buffers::Vector{Vector{UInt8}}
    exports::Exports
    borrower::Borrower
    shares::Shares
    files::Shares
    structs::Dict{String,Type}
    make_proxy::Function
end

function read_byte(decoder::Decoder)
    decoder.position += 1
    return decoder.data[decoder.position - 1]
end

function read_number(decoder::Decoder, ::Type{T}) where {T}
    at = decoder.position
    at + sizeof(T) - 1 <= length(decoder.data) || throw(corrupt("the value ends too early"))
    decoder.position = at + sizeof(T)
    data = decoder.data
    return GC.@preserve data ltoh(unsafe_load(Ptr{T}(pointer(data, at))))
end

function read_number(decoder::Decoder, ::Type{Complex{T}}) where {T}
    re = read_number(decoder, T)
    return Complex{T}(re, read_number(decoder, T))
end

corrupt(reason::String) = ConversionError(reason, "corrupt"; verb="receive")

read_count(decoder::Decoder) = Int(read_number(decoder, UInt32))
read_shape(decoder::Decoder) = Int[read_number(decoder, UInt64) for _ in 1:read_byte(decoder)]

"Where the bytes of a blob are: a range of a buffer, or the segment at `path`."
struct Blob
    buffer::Vector{UInt8}
    first::Int
    size::Int
    path::String
    inode::UInt64
end

function read_blob(decoder::Decoder)
    placement = read_byte(decoder)
    size = Int(read_number(decoder, UInt64))
    if placement == INLINE
        first = decoder.position
        decoder.position += size
        first + size - 1 <= length(decoder.data) || throw(corrupt("the value ends too early"))
        return Blob(decoder.data, first, size, "", 0)
    elseif placement == IN_FRAME
        return Blob(decoder.buffers[read_count(decoder) + 1], 1, size, "", 0)
    end
    return read_segment(decoder, placement, size)
end

@noinline function read_segment(decoder::Decoder, placement::UInt8, size::Int)
    if placement == SHARED_FD
        pid = read_number(decoder, UInt32)
        fd = Int(read_number(decoder, UInt32))
        return Blob(UInt8[], 1, size, "/proc/$pid/fd/$fd", read_number(decoder, UInt64))
    end
    inode = read_number(decoder, UInt64)
    length = read_count(decoder)
    path = String(decoder.data[decoder.position:(decoder.position + length - 1)])
    decoder.position += length
    return Blob(UInt8[], 1, size, path, inode)
end

"The bytes in a vector of their own."
bytes_of(decoder::Decoder, blob::Blob) = array_of(decoder, blob, UInt8, (blob.size,))

"The array of `T` that the blob holds: mapped where it is shared, else a copy."
function array_of(decoder::Decoder, blob::Blob, ::Type{T}, dims::Dims) where {T}
    prod(dims) * sizeof(T) == blob.size || throw(corrupt("an array is not as long as it says"))
    isempty(blob.path) || return borrow(decoder.borrower, T, dims, blob.path, blob.inode)
    array = Array{T}(undef, dims)
    buffer = blob.buffer
    GC.@preserve array buffer ccall(
        :memcpy,
        Ptr{Cvoid},
        (Ptr{Cvoid}, Ptr{Cvoid}, Csize_t),
        pointer(array),
        pointer(buffer, blob.first),
        blob.size,
    )
    return array
end

function read_text(decoder::Decoder)
    blob = read_blob(decoder)
    isempty(blob.path) || return String(bytes_of(decoder, blob))
    buffer = blob.buffer
    return GC.@preserve buffer unsafe_string(pointer(buffer, blob.first), blob.size)
end

"""
    read_value(decoder)

The next value. Throws [`ConversionError`](@ref).
"""
function read_value(decoder::Decoder)
    tag = read_byte(decoder)
    tag == INT64 && return read_number(decoder, Int64)
    tag == FLOAT64 && return read_number(decoder, Float64)
    tag == STRING && return read_text(decoder)
    tag == NOTHING && return nothing
    return READERS[tag + 1](decoder)
end

not_a_value(decoder::Decoder) =
    throw(corrupt("the tag $(decoder.data[decoder.position - 1]) is unknown"))

"""
What reads the values of each tag, at index tag + 1. Called by way of this table, a reader is compiled
when the first value of its kind comes, and not with all others before any.
"""
const READERS = Any[not_a_value for _ in 0x00:0xff]

for (T, tag) in NUMBERS
    READERS[tag + 1] = @eval decoder -> read_number(decoder, $T)
end

function read_magnitude(decoder::Decoder)
    digits = bytes2hex(reverse!(bytes_of(decoder, read_blob(decoder))))
    return isempty(digits) ? big(0) : parse(BigInt, digits; base=16)
end

function read_integer(decoder::Decoder)
    negative = read_byte(decoder) != 0
    magnitude = read_magnitude(decoder)
    return negative ? -magnitude : magnitude
end

function read_bigfloat(decoder::Decoder)
    precision = Int(read_number(decoder, UInt32))
    negative = read_byte(decoder) != 0
    special = read_byte(decoder)
    # All of it: what is computed from a number outside has the precision that is usual there.
    return setprecision(BigFloat, precision) do
        x = read_float_magnitude(decoder, special)
        return negative ? -x : x
    end
end

function read_float_magnitude(decoder::Decoder, special::UInt8)
    special == 0x01 && return BigFloat(Inf)
    special == 0x02 && return BigFloat(NaN)
    significand = read_magnitude(decoder)
    return ldexp(BigFloat(significand), read_number(decoder, Int64))
end

function read_rational(decoder::Decoder)
    numerator = read_value(decoder)
    return numerator // read_value(decoder)
end

read_datetime(decoder::Decoder) = DateTime(Dates.UTM(read_number(decoder, Int64) + EPOCH_MILLISECOND))

function read_period(decoder::Decoder)
    T = PERIODS[read_byte(decoder) + 1]
    return T(read_number(decoder, Int64))
end

function read_uuid(decoder::Decoder)
    return UUID(ntoh(htol(read_number(decoder, UInt128))))
end

function read_enum(decoder::Decoder)
    owner, path, name = read_text(decoder), read_text(decoder), read_text(decoder)
    value = read_value(decoder)
    for _ in 1:read_count(decoder)
        read_text(decoder)
        read_number(decoder, Int64)
    end
    owner == "julia" || return PyEnum(path, name, value)
    T = get(decoder.structs, path, nothing)
    T === nothing &&
        throw(ConversionError("there is no enum $path any more", path; verb="receive"))
    return T(value)
end

read_complex(decoder::Decoder) = complex(read_value(decoder), read_value(decoder))
read_date(decoder::Decoder) = Date(Dates.UTD(read_number(decoder, Int64) + EPOCH_DAY))
read_time(decoder::Decoder) = Time(Nanosecond(read_number(decoder, Int64)))

function read_reference(decoder::Decoder)
    owner = read_text(decoder)
    generation, number = Int(read_number(decoder, UInt64)), Int(read_number(decoder, UInt64))
    is_callable = read_byte(decoder) != 0
    type_name = read_text(decoder)
    return find_object(decoder, Reference(owner, generation, number, type_name, is_callable))
end

"The object itself where it is one of ours, else what stands for it."
function find_object(decoder::Decoder, reference::Reference)
    reference.owner == "julia" || return decoder.make_proxy(reference)
    return resolve(decoder.exports, reference.generation, reference.number)
end

# What is defined in this file; those of containers, arrays and tables are added where they are.
for (tag, reader) in (
    (MISSING, decoder -> missing),
    (FALSE, decoder -> false),
    (TRUE, decoder -> true),
    (INTEGER, read_integer),
    (BIGFLOAT, read_bigfloat),
    (COMPLEX, read_complex),
    (BYTES, decoder -> codeunits(read_text(decoder))),
    (RATIONAL, read_rational),
    (DATE, read_date),
    (DATETIME, read_datetime),
    (TIME, read_time),
    (PERIOD, read_period),
    (UUID_TAG, read_uuid),
    (ENUM, read_enum),
    (REFERENCE, read_reference),
)
    READERS[tag + 1] = reader
end
