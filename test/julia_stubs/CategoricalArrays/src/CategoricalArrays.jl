# What the kernel asks of CategoricalArrays.jl, for tests where it is not installed.
module CategoricalArrays

struct CategoricalValue
    value::Any
    code::Int
end

struct CategoricalArray{N} <: AbstractArray{Union{Missing,CategoricalValue},N}
    items::Array{Union{Missing,CategoricalValue},N}
    levels::Vector
    ordered::Bool
end

function CategoricalArray(items; levels, ordered)
    value(x) = x === missing ? missing : CategoricalValue(x, findfirst(isequal(x), levels))
    return CategoricalArray{ndims(items)}(map(value, items), levels, ordered)
end

Base.size(a::CategoricalArray) = size(a.items)
Base.getindex(a::CategoricalArray, i::Int) = a.items[i]
levelcode(x::CategoricalValue) = x.code
unwrap(x::CategoricalValue) = x.value

# Since 1.0 they are categorical, too.
levels(a::CategoricalArray) =
    CategoricalArray{1}(map(CategoricalValue, a.levels, eachindex(a.levels)), a.levels, a.ordered)
isordered(a::CategoricalArray) = a.ordered

end
