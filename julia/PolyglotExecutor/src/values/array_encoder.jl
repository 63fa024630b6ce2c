# Writing arrays. Elements go out in column-major order, which is Julia's.

"Elements that are rearranged or converted at a time: little beside the array."
const CHUNK = 2^16

"Arrays whose elements are sent; others (sparse, distributed, on a GPU) cross as references."
is_dense(::Array) = true
is_dense(::BitArray) = true
is_dense(::AbstractRange) = true
is_dense(::Categorical) = true
is_dense(::ObjectColumn) = true
is_dense(::Base.CodeUnits) = true
is_dense(@nospecialize(a)) = is_wrapper(a) && is_dense(parent(a))

is_wrapper(::Union{SubArray,Base.ReshapedArray,Base.ReinterpretArray,PermutedDimsArray}) = true
is_wrapper(@nospecialize(a)) = nameof(typeof(a)) in (:Adjoint, :Transpose) && parent(a) !== a

function write_value(encoder::Encoder, @nospecialize(a::AbstractArray))
    is_dense(a) || is_categorical(a) || return write_other(encoder, a)
    a isa Vector{Any} && return write_list(encoder, a)
    write_array(encoder, a, true)
    return nothing
end

function write_value(encoder::Encoder, a::Vector{Any})
    write_list(encoder, a)
    return nothing
end

function write_value(encoder::Encoder, r::AbstractRange{<:Integer})
    # Not `length`, which may be more than Julia counts.
    count = isempty(r) ? 0 : div(big(last(r)) - first(r), step(r)) + 1
    write_tag(encoder, RANGE)
    write_integer(encoder, first(r))
    write_integer(encoder, step(r))
    write_integer(encoder, count)
    return nothing
end

"""
    write_array(encoder, a, as_list)

An array of any elements. Vectors of what has no dtype become lists where `as_list` says so, and
object arrays in a table.
"""
function write_array(encoder::Encoder, @nospecialize(a::AbstractArray), as_list::Bool)
    is_categorical(a) && return later(write_categorical, encoder, a)
    T = eltype(a)
    S = nonmissingtype(T)
    text = without_nothing(S)
    if text !== Union{} && text <: Union{AbstractString,AbstractChar,Symbol}
        texts = text <: AbstractString ? a : as_strings(a)
        return later(write_strings, encoder, texts, STRINGS_ARRAY, string_flags(T))
    end
    description = describe_element(S)
    if description !== nothing
        T === S && return later(write_plain, encoder, description, a)
        return later(write_masked, encoder, description, a, S)
    end
    is_record(T) && return later(write_records, encoder, a)
    element = object_element(a)
    as_list && ndims(a) == 1 && element == NOTHING && return later(write_list, encoder, a)
    return later(write_objects, encoder, a, element)
end

# The call is looked up when it is made, so that what is not called is not compiled.
later(@nospecialize(f), @nospecialize(args...)) = Base.invokelatest(f, args...)

as_strings(a::AbstractArray) = map(x -> x === missing || x === nothing ? x : string(x), a)

without_nothing(@nospecialize(T)) = T === Nothing ? Union{} : T
without_nothing(T::Union) = Union{without_nothing(T.a),without_nothing(T.b)}

"What there may be beside strings in an array of `T`."
string_flags(@nospecialize(T)) =
    (Missing <: T ? IS_MISSING : 0x00) | (Nothing <: T ? IS_NOTHING : 0x00)

function write_head(encoder::Encoder, tag::UInt8, description::Vector{UInt8}, @nospecialize(a))
    write_tag(encoder, tag)
    write(encoder.io, description)
    write_shape(encoder, size(a))
    return nothing
end

function write_shape(encoder::Encoder, dims::Dims)
    write_tag(encoder, UInt8(length(dims)))
    for n in dims
        write_number(encoder, UInt64(n))
    end
    return nothing
end

function write_plain(encoder::Encoder, description::Vector{UInt8}, @nospecialize(a))
    write_head(encoder, ARRAY, description, a)
    remember_struct!(encoder, eltype(a))
    write_elements(encoder, a, eltype(a))
    return nothing
end

"The types are found again under their names when the array comes back."
function remember_struct!(encoder::Encoder, @nospecialize(T))
    T isa DataType && isstructtype(T) && !(T <: Number) || return nothing
    T <: Union{Tuple,NamedTuple} || (encoder.structs[string(T)] = T)
    foreach(F -> remember_struct!(encoder, F), fieldtypes(T))
    return nothing
end

function write_masked(encoder::Encoder, description::Vector{UInt8}, @nospecialize(a), @nospecialize(S))
    write_head(encoder, MASKED_ARRAY, description, a)
    remember_struct!(encoder, S)
    write_elements(encoder, a, S)
    write_converted(encoder, a, UInt8, ismissing)
    return nothing
end

"The elements as bits of `T`, of which the eltype of `a` is a subtype or to which it adds `missing`."
function write_elements(encoder::Encoder, a::Array{T}, ::Type{T}) where {T}
    T <: Union{Date,DateTime} && return write_by_type(encoder, a, T)
    return write_blob(encoder, vec(a))
end

write_elements(encoder::Encoder, @nospecialize(a), ::Type{T}) where {T} = write_by_type(encoder, a, T)

function write_by_type(encoder::Encoder, @nospecialize(a), ::Type{T}) where {T}
    T === Date && return write_converted(encoder, a, Int64, days_since_1970)
    T === DateTime && return write_converted(encoder, a, Int64, milliseconds_since_1970)
    return write_converted(encoder, a, T, identity)
end

days_since_1970(x::Date) = Dates.value(x) - EPOCH_DAY
milliseconds_since_1970(x::DateTime) = Dates.value(x) - EPOCH_MILLISECOND

"The elements, each as `convert_one` makes it a `T`; `missing` becomes zeros."
function write_converted(encoder::Encoder, a::AbstractArray, ::Type{T}, convert_one::F) where {T,F}
    write_all = sink -> write_chunks(sink, a, T, convert_one)
    return write_chunked_blob(encoder, length(a) * sizeof(T), write_all)
end

function write_chunks(sink, a::AbstractArray, ::Type{T}, convert_one::F) where {T,F}
    chunk = Vector{T}(undef, min(CHUNK, length(a)))
    zero_bits!(chunk)
    count = 0
    for x in a
        if count == length(chunk)
            flush_chunk(sink, chunk, count) || return false
            count = 0
        end
        count += 1
        set_element!(chunk, count, x, convert_one)
    end
    return flush_chunk(sink, chunk, count)
end

set_element!(chunk::Vector{T}, i::Int, x, f::F) where {T,F} = (chunk[i] = f(x); nothing)

function set_element!(chunk::Vector{UInt8}, i::Int, x::Missing, ::typeof(ismissing))
    chunk[i] = 1
    return nothing
end

function set_element!(chunk::Vector{T}, i::Int, ::Missing, f::F) where {T,F}
    zero_bits!(chunk, i, 1)
    return nothing
end

function zero_bits!(chunk::Vector{T}, first::Int=1, count::Int=length(chunk)) where {T}
    count == 0 && return nothing
    GC.@preserve chunk ccall(
        :memset, Ptr{Cvoid}, (Ptr{Cvoid}, Cint, Csize_t), pointer(chunk, first), 0, count * sizeof(T)
    )
    return nothing
end

function flush_chunk(sink, chunk::Vector{T}, count::Int) where {T}
    return GC.@preserve chunk write_memory(sink, Ptr{UInt8}(pointer(chunk)), count * sizeof(T))
end

# ------------------------------------------------------------------------------ strings and objects

function write_strings(encoder::Encoder, @nospecialize(a), kind::UInt8, flags::UInt8)
    return write_string_array(encoder, a, kind, flags)
end

# The barrier behind which the array's type is known.
function write_string_array(encoder::Encoder, a::AbstractArray, kind::UInt8, flags::UInt8)
    offsets, mask = measure_strings(a)
    write_tag(encoder, STRINGS)
    write_tag(encoder, kind)
    write_shape(encoder, size(a))
    write_blob(encoder, offsets)
    write_chunked_blob(encoder, Int(offsets[end]), sink -> write_string_data(sink, a))
    write_tag(encoder, flags)
    flags == 0x00 || write_blob(encoder, mask)
    return nothing
end

function measure_strings(a::AbstractArray)
    offsets = Vector{Int64}(undef, length(a) + 1)
    offsets[1] = 0
    mask = zeros(UInt8, length(a))
    i = 0
    for x in a
        i += 1
        offsets[i + 1] = offsets[i]
        if x === missing || x === nothing
            mask[i] = x === missing ? IS_MISSING : IS_NOTHING
        else
            isvalid(x) || throw(
                under!(ConversionError("it is not valid UTF-8", type_name(x)), place(i, size(a)))
            )
            offsets[i + 1] += sizeof(x)
        end
    end
    return offsets, mask
end

function write_string_data(sink, a::AbstractArray)
    buffer = IOBuffer(; sizehint=2^20)
    for x in a
        (x === missing || x === nothing) && continue
        write(buffer, x)
        position(buffer) < 2^20 && continue
        flush_buffer(sink, buffer) || return false
    end
    return flush_buffer(sink, buffer)
end

function flush_buffer(sink, buffer::IOBuffer)
    size = position(buffer)
    data = buffer.data
    seekstart(buffer)
    return GC.@preserve data write_memory(sink, pointer(data), size)
end

"The shortest vector for which looking at all types pays."
const SHORTEST_PACKED = 8

function write_list(encoder::Encoder, @nospecialize(a::AbstractVector))
    length(a) >= SHORTEST_PACKED && write_packed_list(encoder, a) && return nothing
    enter!(encoder, a)
    write_tag(encoder, LIST)
    write_count(encoder, length(a))
    write_items(encoder, a)
    leave!(encoder)
    return nothing
end

"Vectors that hold numbers or strings only, much faster; `false` for any other."
function write_packed_list(encoder::Encoder, @nospecialize(a::AbstractVector))
    T = typeof(first(a))
    T === Int64 || T === Float64 || T === String || return false
    for x in a
        typeof(x) === T || return false
    end
    if T === String
        write_strings(encoder, convert(Vector{String}, a), STRINGS_LIST, 0x00)
        return true
    end
    write_tag(encoder, PACKED_LIST)
    write_tag(encoder, describe_element(T)[1])
    write_blob(encoder, convert(Vector{T}, a))
    return true
end

function write_objects(encoder::Encoder, @nospecialize(a::AbstractArray), element::UInt8)
    enter!(encoder, a)
    write_tag(encoder, OBJECTS)
    write_tag(encoder, element)
    write_shape(encoder, size(a))
    write_items(encoder, a, size(a))
    leave!(encoder)
    return nothing
end

"What all elements are, where NumPy has a dtype for it after all."
function object_element(@nospecialize(a))
    T = eltype(a)
    S = nonmissingtype(T)
    S === BigFloat || S === Complex{BigFloat} || return NOTHING
    all(x -> x === missing || is_long_float(x), a) || return NOTHING
    return (S === BigFloat ? BIGFLOAT : COMPLEX) | (T === S ? 0x00 : OR_MISSING)
end

write_in_column(encoder::Encoder, @nospecialize(column)) = write_array(encoder, column, false)
