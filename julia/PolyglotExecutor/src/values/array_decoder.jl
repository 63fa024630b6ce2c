# Reading arrays.

function read_array(decoder::Decoder)
    T = read_element(decoder)
    dims = Dims(read_shape(decoder))
    return read_elements(decoder, T, dims)
end

"The elements of an array of `T`; those whose bits differ in Julia are converted in place."
function read_elements(decoder::Decoder, ::Type{T}, dims::Dims) where {T}
    array = array_of(decoder, read_blob(decoder), T, dims)
    T === Date && shift_elements!(array, EPOCH_DAY)
    T === DateTime && shift_elements!(array, EPOCH_MILLISECOND)
    return array
end

function shift_elements!(array::Array, offset::Int64)
    GC.@preserve array begin
        data = Ptr{Int64}(pointer(array))
        for i in 1:length(array)
            unsafe_store!(data, unsafe_load(data, i) + offset, i)
        end
    end
    return array
end

function read_element(decoder::Decoder)
    code = read_byte(decoder)
    code == FLOAT64 && return Float64
    code == INT64 && return Int64
    code == BOOL && return Bool
    code == DATE && return Date
    code == DATETIME && return DateTime
    code == PERIOD && return PERIODS[read_byte(decoder) + 1]
    code == STRUCT && return read_struct(decoder)
    if code == SUBARRAY
        count = read_count(decoder)
        return NTuple{count,read_element(decoder)}
    end
    for (T, known) in NUMBERS
        known == code && return T
    end
    throw(corrupt("the element $code is unknown"))
end

"The struct type that was sent earlier under that name and still has these fields, or a named tuple."
function read_struct(decoder::Decoder)
    count = read_count(decoder)
    name = read_text(decoder)
    names = Vector{Symbol}(undef, count)
    types = Vector{Any}(undef, count)
    for i in 1:count
        names[i] = Symbol(read_text(decoder))
        types[i] = read_element(decoder)
    end
    known = get(decoder.structs, name, nothing)
    if known !== nothing && fieldnames(known) == Tuple(names) && fieldtypes(known) == Tuple(types)
        return known
    end
    return NamedTuple{Tuple(names),Tuple{types...}}
end

function read_masked_array(decoder::Decoder)
    T = read_element(decoder)
    dims = Dims(read_shape(decoder))
    data = read_elements(decoder, T, dims)
    return with_missing(data, array_of(decoder, read_blob(decoder), UInt8, dims))
end

function with_missing(data::Array{T,N}, mask::Array{UInt8,N}) where {T,N}
    array = Array{Union{Missing,T},N}(undef, size(data))
    for i in eachindex(data)
        if mask[i] == 0
            array[i] = data[i]
        else
            array[i] = missing
        end
    end
    return array
end

# ----------------------------------------------------------------------- strings, objects, records

function read_strings(decoder::Decoder)
    dims = Dims(read_shape(decoder))
    texts = read_texts!(Array{String}(undef, dims), decoder)
    flags = read_byte(decoder)
    flags == 0x00 && return texts
    gaps = with_elements(copy, decoder, UInt8, length(texts))
    return with_gaps(string_union(flags), texts, gaps)
end

function string_union(flags::UInt8)
    T = flags & IS_MISSING == 0 ? String : Union{Missing,String}
    return flags & IS_NOTHING == 0 ? T : Union{Nothing,T}
end

"The texts, with what the codes say in the place of some."
function with_gaps(::Type{T}, texts::Array{String,N}, gaps::Vector{UInt8}) where {T,N}
    array = Array{T,N}(undef, size(texts))
    for i in 1:length(texts)
        if gaps[i] == 0
            array[i] = texts[i]
        elseif gaps[i] == IS_MISSING
            array[i] = missing
        else
            array[i] = nothing
        end
    end
    return array
end

"The types of object arrays whose elements all have one tag."
const OBJECT_TYPES = (
    (BIGFLOAT, BigFloat),
    (COMPLEX, Complex{BigFloat}),
    (BYTES, Base.CodeUnits{UInt8,String}),
    (UUID_TAG, UUID),
)

function object_type(element::UInt8)
    for (tag, T) in OBJECT_TYPES
        tag == element && return T
        tag | OR_MISSING == element && return Union{Missing,T}
    end
    return Any
end

function read_objects(decoder::Decoder)
    T = object_type(read_byte(decoder))
    dims = Dims(read_shape(decoder))
    items = convert(Vector{T}, read_packed_items(decoder, dims))
    return length(dims) == 1 ? items : reshape(items, dims)
end

"One column for each field becomes one array of named tuples."
function read_records(decoder::Decoder)
    dims = Dims(read_shape(decoder))
    names = read_names(decoder)
    columns = Tuple(read_fields(decoder, names))
    T = NamedTuple{Tuple(names),Tuple{map(column_type, columns)...}}
    return zip_records!(Array{T}(undef, dims), columns)
end

# A tuple of columns holds a subarray, which is a tuple in each record, with all items of one type.
column_type(column) = column_type(column, item_type(column))
column_type(::AbstractArray, ::Type{T}) where {T} = T
column_type(columns::Tuple, ::Type{T}) where {T} =
    NTuple{length(columns),column_type(columns[1], T)}
item_type(column::AbstractArray) = eltype(column)
item_type(columns::Tuple) = Union{map(item_type, columns)...}
column_item(column::AbstractArray, i::Int) = column[i]
column_item(columns::Tuple, i::Int) = map(column -> column_item(column, i), columns)

function zip_records!(records::Array{T}, columns::Tuple) where {T}
    for i in eachindex(records)
        records[i] = T(column_item(columns, i))
    end
    return records
end

for (tag, reader) in (
    (ARRAY, read_array),
    (MASKED_ARRAY, read_masked_array),
    (STRINGS, read_strings),
    (OBJECTS, read_objects),
    (RECORDS, read_records),
)
    READERS[tag + 1] = reader
end
