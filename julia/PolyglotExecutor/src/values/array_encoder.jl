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
is_dense(@nospecialize(a)) = is_wrapper(a) ? is_dense(parent(a)) : is_shared_array(a)

is_wrapper(::Union{SubArray,Base.ReshapedArray,Base.ReinterpretArray,PermutedDimsArray}) = true
is_wrapper(@nospecialize(a)) = is_turned(a)

is_turned(@nospecialize(a)) =
    a isa AbstractArray && nameof(typeof(a)) in (:Adjoint, :Transpose) && parent(a) !== a

"Whether the elements stand in the array itself, as those of StaticArrays do."
function is_static(@nospecialize(a))
    for id in STATIC_ARRAYS
        package = loaded(id)
        package === nothing || return a isa package.StaticArray
    end
    return false
end

function write_value(encoder::Encoder, @nospecialize(a::AbstractArray))
    is_static(a) && return write_value(encoder, Base.invokelatest(Array, a))
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
        return later(write_strings, encoder, only_texts(a), string_flags(T), as_list)
    end
    if is_whole_complex(S) && all(x -> x === missing || is_exact(x), a)
        return later(write_array, encoder, float_elements(a), as_list)
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

"The elements, with a `String` in the place of every text that is none."
only_texts(a::Array{<:Union{String,Missing,Nothing}}) = a
only_texts(@nospecialize(a::AbstractArray)) = Any[text_or_gap(x) for x in a]

text_or_gap(x::Union{String,Missing,Nothing}) = x
text_or_gap(@nospecialize(x)) = as_string(x)

# NumPy has complex floats only. Those hold all that a Complex of integers, sent alone, becomes in Python.
is_whole_complex(@nospecialize(T)) = T !== Union{} && T <: Complex && T <: Complex{<:Integer}

float_elements(a::AbstractArray{T}) where {T<:Complex} = ComplexF64[ComplexF64(x) for x in a]
float_elements(@nospecialize(a::AbstractArray)) =
    Union{Missing,ComplexF64}[x === missing ? missing : ComplexF64(x) for x in a]

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
    remember_struct!(encoder, eltype(a))
    write_shared_array(encoder, description, a) && return nothing
    write_mapped_array(encoder, description, a) && return nothing
    write_head(encoder, ARRAY, description, a)
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

"""
An array of strings, among which there may be what the `flags` say. `separated` says that texts are to be
separated, which is what Python reads fastest; columns of a table go to Arrow, which counts.
"""
function write_strings(encoder::Encoder, @nospecialize(a::Array), flags::UInt8, separated::Bool)
    write_tag(encoder, STRINGS)
    write_shape(encoder, size(a))
    write_array_texts(encoder, a, separated)
    write_tag(encoder, flags)
    flags == 0x00 || write_blob(encoder, mask_texts(a))
    return nothing
end

function write_array_texts(encoder::Encoder, @nospecialize(a::Array), separated::Bool)
    try
        write_texts(encoder, a, separated)
    catch e
        e isa ConversionError && under!(e, place(e.index, size(a)))
        rethrow()
    end
    return nothing
end

"What each element is, where it is no text."
function mask_texts(a::Array)
    mask = zeros(UInt8, length(a))
    for i in 1:length(a)
        x = a[i]
        x === missing && (mask[i] = IS_MISSING)
        x === nothing && (mask[i] = IS_NOTHING)
    end
    return mask
end

function write_list(encoder::Encoder, @nospecialize(a::AbstractVector))
    enter!(encoder, a)
    items = list_items(a)
    if !write_packed(encoder, LIST, items)
        write_tag(encoder, LIST)
        write_count(encoder, length(items))
        write_items(encoder, items)
    end
    leave!(encoder)
    return nothing
end

list_items(items::Vector{Any}) = items
list_items(@nospecialize(a::AbstractArray)) = Any[x for x in a]

function write_objects(encoder::Encoder, @nospecialize(a::AbstractArray), element::UInt8)
    enter!(encoder, a)
    write_tag(encoder, OBJECTS)
    write_tag(encoder, element)
    write_shape(encoder, size(a))
    items = vec(list_items(a))
    if !write_packed_items(encoder, items)
        write_tag(encoder, ONE_BY_ONE)
        write_items(encoder, items, size(a))
    end
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
