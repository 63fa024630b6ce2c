# Where the elements of arrays stand in memory, through whatever views of an `Array`.

"The address of the first element, and the bytes from one to the next in every dimension."
struct Place
    address::UInt
    steps::Vector{Int}
end

"""
    place_of(a)

Where the elements of `a` stand, `nothing` where it has none in memory, or not at regular distances.
"""
function place_of(@nospecialize(a))
    isbitstype(eltype(a)) && !isempty(a) || return nothing
    return Base.invokelatest(find_place, a)
end

find_place(a::Array) = strided_place(a)

function find_place(@nospecialize(a::AbstractArray))
    is_shared_array(a) && return find_place(a.s)
    is_turned(a) && return find_turned(a)
    return a isa StridedArray && root_of(a) !== nothing ? strided_place(a) : nothing
end

strided_place(a::AbstractArray{T}) where {T} =
    Place(UInt(pointer(a)), Int[step * sizeof(T) for step in strides(a)])

function find_place(a::SubArray)
    indices = a.indices
    length(indices) == ndims(parent(a)) && all(i -> i isa Union{Int,AbstractRange}, indices) ||
        return nothing
    whole = find_place(parent(a))
    whole === nothing && return nothing
    address, steps = whole.address, Int[]
    for (index, step) in zip(indices, whole.steps)
        address += ((first(index) - 1) * step) % UInt
        index isa Int || push!(steps, Base.step(index) * step)
    end
    return Place(address, steps)
end

function find_place(a::PermutedDimsArray{T,N,P}) where {T,N,P}
    whole = find_place(parent(a))
    return whole === nothing ? nothing : Place(whole.address, whole.steps[collect(P)])
end

# What LinearAlgebra turns around; an adjoint has other elements, where they are complex.
function find_turned(@nospecialize(a))
    eltype(a) <: Real || nameof(typeof(a)) === :Transpose || return nothing
    whole = find_place(parent(a))
    whole === nothing && return nothing
    return Place(whole.address, reverse!([whole.steps; ndims(parent(a)) == 1 ? whole.steps : Int[]]))
end

"The `Array` that `a` is a view of, `nothing` where it is none of one."
function root_of(@nospecialize(a))
    while !(a isa Array)
        inner = is_shared_array(a) ? a.s : parent(a)
        inner === a && return nothing
        a = inner
    end
    return a
end

"Whether it is a `SharedArray` of numbers, in memory that this process has, too."
is_shared_array(@nospecialize(a)) =
    nameof(typeof(a)) === :SharedArray && hasfield(typeof(a), :s) && a.s isa Array && !isempty(a.s) &&
    is_shareable(eltype(a))

"The address of the first byte of the elements of `a`, and that behind the last."
function span(place::Place, @nospecialize(a))
    first = stop = place.address
    for (length, step) in zip(size(a), place.steps)
        reach = (length - 1) * step
        first -= UInt(max(-reach, 0))
        stop += UInt(max(reach, 0))
    end
    return first, stop + UInt(sizeof(eltype(a)))
end
