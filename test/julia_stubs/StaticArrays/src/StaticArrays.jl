# What the kernel asks of StaticArrays.jl, for tests where it is not installed.
module StaticArrays

export SMatrix, SVector

abstract type StaticArray{S<:Tuple,T,N} <: AbstractArray{T,N} end

struct SArray{S<:Tuple,T,N,L} <: StaticArray{S,T,N}
    data::NTuple{L,T}
end

const SVector{L,T} = SArray{Tuple{L},T,1,L}
const SMatrix{R,C,T,L} = SArray{Tuple{R,C},T,2,L}

Base.size(::SArray{S}) where {S} = Tuple(S.parameters)
Base.IndexStyle(::Type{<:SArray}) = IndexLinear()
Base.getindex(a::SArray, i::Int) = a.data[i]

end
