# Values of the other language that Julia has no type for.

"""
    PyEnum

A member of a Python `enum.Enum`: `type` is `"module:Class"`, beside it the member's `name` and its
`value`. It is equal to the members with the same three, and `Int(member)` is its value.
"""
struct PyEnum
    type::String
    name::String
    value::Any
end

function Base.:(==)(a::PyEnum, b::PyEnum)
    return a.type == b.type && a.name == b.name && isequal(a.value, b.value)
end
Base.hash(a::PyEnum, h::UInt) = hash(a.type, hash(a.name, hash(:PyEnum, h)))
Base.Int(a::PyEnum) = Int(a.value)
Base.Symbol(a::PyEnum) = Symbol(a.name)

function Base.show(io::IO, a::PyEnum)
    class = last(split(last(split(a.type, ':')), '.'))
    return print(io, class, ".", a.name, " = ", repr(a.value))
end

"""
    Categorical(codes, levels, ordered)

A vector whose elements are all among `levels`: element `i` is `levels[codes[i] + 1]`, and `missing`
where the code is -1. What pandas calls a Categorical, for those who have not loaded
CategoricalArrays.
"""
struct Categorical{E,L<:AbstractVector} <: AbstractVector{E}
    codes::Vector{Int32}
    levels::L
    ordered::Bool
end

function Categorical(codes::Vector{Int32}, levels::AbstractVector, ordered::Bool)
    T = eltype(levels)
    E = any(==(Int32(-1)), codes) ? Union{Missing,T} : T
    return Categorical{E,typeof(levels)}(codes, levels, ordered)
end

Base.size(c::Categorical) = size(c.codes)

Base.@propagate_inbounds function Base.getindex(c::Categorical{E}, i::Int) where {E}
    code = c.codes[i]
    return (code < 0 ? missing : c.levels[code + 1])::E
end

function Base.setindex!(c::Categorical, value, i::Int)
    if value === missing
        c.codes[i] = -1
        return c
    end
    position = findfirst(isequal(value), c.levels)
    position === nothing && throw(ArgumentError("$(repr(value)) is none of the levels"))
    c.codes[i] = position - 1
    return c
end

"""
    ObjectColumn(items)

A column of anything, in a table that has no other columns: so that the named tuple that it is in is
still told from one of lists. An `AbstractVector{Any}`; `collect` makes a `Vector{Any}` of it.
"""
struct ObjectColumn <: AbstractVector{Any}
    items::Vector{Any}
end

Base.size(c::ObjectColumn) = size(c.items)
Base.@propagate_inbounds Base.getindex(c::ObjectColumn, i::Int) = c.items[i]
Base.@propagate_inbounds Base.setindex!(c::ObjectColumn, value, i::Int) =
    (c.items[i] = value; c)

"The possible elements of `c`."
levels(c::Categorical) = c.levels

"Whether the levels of `c` stand in an order that means something."
isordered(c::Categorical) = c.ordered
