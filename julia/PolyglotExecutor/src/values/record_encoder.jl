# Writing arrays of named tuples that are no plain bits, which are structured arrays for NumPy.

"Whether all fields have a dtype."
function is_record(@nospecialize(T))
    T isa DataType && T <: NamedTuple && fieldcount(T) > 0 || return false
    return all(is_record_field, fieldtypes(T))
end

function is_record_field(@nospecialize(F))
    is_uniform_tuple(F) && return is_record_field(fieldtype(F, 1))
    S = nonmissingtype(F)
    S === Union{} && return false
    return S <: Union{AbstractString,Date,DateTime,Period} || describe_element(S) !== nothing || is_record(S)
end

"Whether the tuples `F` are subarrays: of one type and not empty."
is_uniform_tuple(@nospecialize(F)) =
    F isa DataType && F <: Tuple && fieldcount(F) > 0 && all(==(fieldtype(F, 1)), fieldtypes(F))

function write_records(encoder::Encoder, @nospecialize(a::AbstractArray))
    T = eltype(a)
    write_tag(encoder, RECORDS)
    write_shape(encoder, size(a))
    columns = Any[column_of(a, fieldtype(T, i), i) for i in 1:fieldcount(T)]
    write_fields(encoder, collect(Symbol, fieldnames(T)), columns, write_record_field)
    return nothing
end

function column_of(a::AbstractArray, ::Type{F}, i::Int) where {F}
    column = Array{F}(undef, size(a))
    for (k, x) in enumerate(a)
        column[k] = getfield(x, i)
    end
    return column
end

"The field of all records; where that is a tuple, one column for each place in it."
function write_record_field(encoder::Encoder, @nospecialize(column))
    F = eltype(column)
    is_uniform_tuple(F) || return write_array(encoder, column, false)
    write_tag(encoder, TUPLE)
    write_count(encoder, fieldcount(F))
    for i in 1:fieldcount(F)
        write_record_field(encoder, column_of(column, fieldtype(F, i), i))
    end
    return nothing
end
