# Arrays on memory that both languages hold, of any strides.

"""
    share_of(shares, a)

The share that all elements of `a` stand in, `nothing` if there is none.
"""
function share_of(shares::Shares, @nospecialize(a))
    isempty(shares.live) && return nothing
    place = place_of(a)
    return place === nothing ? nothing : find_share(shares, span(place, a)...)
end

"`a` as a place in its share. Whether it is in one."
function write_shared_array(encoder::Encoder, description::Vector{UInt8}, @nospecialize(a))
    is_shareable(eltype(a)) || return false
    share = share_of(encoder.shares, a)
    share === nothing && return false
    write_place(encoder, SHARED_ARRAY, description, a, UInt(share.address))
    write_share(encoder, share)
    return true
end

"What both kinds of arrays in memory of others begin with: the elements, and where they stand behind `base`."
function write_place(
    encoder::Encoder, tag::UInt8, description::Vector{UInt8}, @nospecialize(a), base::UInt
)
    place = place_of(a)
    write_head(encoder, tag, description, a)
    for step in place.steps
        write_number(encoder, Int64(step))
    end
    write_number(encoder, UInt64(place.address - base))
    return nothing
end

function read_place(decoder::Decoder)
    T = read_element(decoder)
    dims = Dims(read_shape(decoder))
    steps = Int[read_number(decoder, Int64) for _ in dims]
    return T, dims, steps, Int(read_number(decoder, UInt64))
end

"All of the memory of `share`, which the other side is to hold, too."
function write_share(encoder::Encoder, share::Share)
    segment = disable_sigint() do
        kept = segment_of(fdio(keep_open(share.fd), true), share.extent.inode)
        return note_segment!(encoder.lender, encoder.segments, kept)
    end
    write(encoder.io, SHARED_FD, htol(UInt64(share.extent.size)), htol(UInt32(getpid())))
    write(encoder.io, htol(UInt32(segment.fd)), htol(segment.inode))
    return nothing
end

segment_of(io::IOStream, inode::UInt64) = Segment(io, Compat.descriptor(io), inode, "")

function read_shared_array(decoder::Decoder)
    T, dims, steps, offset = read_place(decoder)
    read_byte(decoder) == SHARED_FD || throw(corrupt("shared memory is nowhere"))
    blob = read_segment(decoder, SHARED_FD, Int(read_number(decoder, UInt64)))
    share = hold!(decoder.shares, blob.path, blob.inode, blob.size)
    return place_array(decoder.shares, share, T, dims, steps, offset)
end

"""
The array whose elements stand `steps` bytes from each other in every dimension, the first one at `offset`:
an `Array` where they are in Julia's order, else a view of one, and a copy where there is no such view.
"""
function place_array(
    shares::Shares, share::Share, ::Type{T}, dims::Dims{N}, steps::Vector{Int}, offset::Int
) where {T,N}
    is_column_major(dims, steps, sizeof(T)) && return wrap(shares, share, T, dims, offset)
    layout = find_layout(dims, steps, offset, sizeof(T), share.extent.size)
    if layout === nothing
        elements = copy_elements(share, T, dims, steps, offset)
        let_go(shares, share)
        return elements
    end
    parent = wrap(shares, share, T, Dims(layout.dims), layout.offset)
    whole = layout.indices == Any[1:n for n in layout.dims]
    strided = whole ? parent : view(parent, layout.indices...)
    return issorted(layout.order) ? strided : PermutedDimsArray(strided, invperm(layout.order))
end

function is_column_major(dims::Dims, steps::Vector{Int}, size::Int)
    for (length, step) in zip(dims, steps)
        length == 1 || step == size || return false
        size *= length
    end
    return true
end

"An array in Julia's order, and the indices of the elements in it; the dimensions are in another `order`."
struct Layout
    dims::Vector{Int}
    offset::Int
    indices::Vector{Any}
    order::Vector{Int}
end

# Elements that are `steps` from each other are in an array whose dimensions are the ratios of these, the
# smallest first. `nothing` where they are no such grid.
function find_layout(dims::Dims, steps::Vector{Int}, offset::Int, size::Int, limit::Int)
    order = sortperm([n == 1 ? typemax(Int) : abs(step) for (n, step) in zip(dims, steps)])
    wide = filter(k -> dims[k] > 1, order)
    lowest = offset + sum(Int[(dims[k] - 1) * min(steps[k], 0) for k in wide])
    distances = Int[abs(steps[k]) for k in wide]
    isempty(wide) && return Layout(ones(Int, length(dims)), offset, Any[1:1 for _ in dims], order)
    all(step -> step % size == 0, distances) || return nothing
    distances .÷= size
    shift = mod(lowest, size)   # a file may begin with something else
    first, room = lowest ÷ size, (limit - shift) ÷ size
    for (block, start) in possible_places(dims[wide], distances, first, room)
        found = lay_out(dims[wide], distances, block, start, first)
        found === nothing && continue
        parent, places = found
        indices = Any[p isa Int ? p : steps[wide[i]] < 0 ? reverse(p) : p for (i, p) in places]
        for _ in (length(wide) + 1):length(dims)
            push!(parent, 1)
            push!(indices, 1:1)
        end
        return Layout(parent, start * size + shift, indices, order)
    end
    return nothing
end

# How many elements the array may have in all dimensions but the last, and where it may begin: at a multiple
# of that, where it is all there is; behind something else at its first element, or as far from the end.
function possible_places(counts, distances::Vector{Int}, first::Int, room::Int)
    places = Tuple{Int,Int}[]
    for block in possible_blocks(distances)
        size = block * ((counts[end] - 1) * (distances[end] ÷ block) + 1)
        for start in (first ÷ block * block, first, room - size)
            0 <= start <= first < start + block && start + size <= room && push!(places, (block, start))
        end
    end
    return places
end

function possible_blocks(distances::Vector{Int})
    length(distances) == 1 && return [1]
    outer, inner = distances[end], distances[end - 1]
    return [outer ÷ n for n in 1:(outer ÷ inner) if outer % n == 0 && outer ÷ n % inner == 0]
end

"""
The dimensions of the array, the places in each with the number of the dimension that they are for, and
if it begins at `start`. The smallest of `counts` elements are `distances` apart; the first one is at `first`.
"""
function lay_out(counts, distances::Vector{Int}, block::Int, start::Int, first::Int)
    rest = first - start
    last = length(distances)
    parent, places = Int[], Pair{Int,Any}[]
    if last > 1 && distances[1] > 1
        push!(parent, distances[1])
        push!(places, 0 => rest % distances[1] + 1)
    end
    for i in 1:(last - 1)
        next = i + 1 == last ? block : distances[i + 1]
        next % distances[i] == 0 || return nothing
        width = next ÷ distances[i]
        before = rest ÷ distances[i] % width
        before + counts[i] <= width || return nothing
        push!(parent, width)
        push!(places, i => (before + 1):(before + counts[i]))
    end
    step = distances[last] ÷ block
    width = (counts[last] - 1) * step + 1
    push!(parent, width)
    push!(places, last => step == 1 ? (1:width) : (1:step:width))
    return parent, places
end

function copy_elements(share::Share, ::Type{T}, dims::Dims, steps::Vector{Int}, offset::Int) where {T}
    array = Array{T}(undef, dims)
    for index in CartesianIndices(dims)
        at = offset + sum(Int[(i - 1) * step for (i, step) in zip(Tuple(index), steps)])
        array[index] = unsafe_load(Ptr{T}(share.address + at))
    end
    return array
end

READERS[SHARED_ARRAY + 1] = read_shared_array
