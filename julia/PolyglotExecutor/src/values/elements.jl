# Array elements that are plain bits: Julia types and their descriptions in the encoding.

"""
    describe_element(T)

The description of `T` as an array's element, `nothing` where its bits mean nothing to others.
"""
function describe_element(@nospecialize(T))
    T === Bool && return UInt8[BOOL]
    for (number, tag) in NUMBERS
        T === number && return T === Int128 || T === UInt128 ? nothing : UInt8[tag]
    end
    T === Date && return UInt8[DATE]
    T === DateTime && return UInt8[DATETIME]
    T isa DataType && isbitstype(T) || return nothing
    if T <: Period
        index = findfirst(==(T), PERIODS)
        return index === nothing ? nothing : UInt8[PERIOD, index - 1]
    end
    return is_plain_struct(T) ? describe_struct(T) : nothing
end

# Types that are values of their own elsewhere, or that only look like a struct.
function is_plain_struct(@nospecialize(T))
    T <: Union{Tuple,Number,AbstractString,AbstractChar,Dates.AbstractTime,UUID,Ptr,Type,Function} && return false
    return isstructtype(T) && fieldcount(T) > 0
end

function describe_struct(@nospecialize(T))
    description = UInt8[STRUCT]
    append_integer!(description, UInt32(fieldcount(T)))
    append_text!(description, T <: NamedTuple ? "" : string(T))
    for i in 1:fieldcount(T)
        field = describe_field(fieldtype(T, i))
        field === nothing && return nothing
        append_text!(description, string(fieldname(T, i)))
        append!(description, field)
    end
    return description
end

# Inside a struct only numbers: dates have different bits in every language.
function describe_field(@nospecialize(T))
    if T <: NTuple && isbitstype(T) && fieldcount(T) > 0
        inner = describe_field(fieldtype(T, 1))
        inner === nothing && return nothing
        description = UInt8[SUBARRAY]
        append_integer!(description, UInt32(fieldcount(T)))
        return append!(description, inner)
    end
    T <: Union{Dates.AbstractTime,AbstractChar} && return nothing
    return describe_element(T)
end

function append_integer!(bytes::Vector{UInt8}, value::T) where {T<:Unsigned}
    for shift in 0:8:(8 * sizeof(T) - 8)
        push!(bytes, (value >> shift) % UInt8)
    end
    return bytes
end

function append_text!(bytes::Vector{UInt8}, text::String)
    push!(bytes, INLINE)
    append_integer!(bytes, UInt64(sizeof(text)))
    return append!(bytes, codeunits(text))
end
