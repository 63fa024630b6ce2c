# Writing the values in a container at once, kind by kind (`docs/values.md`, *Packed values*). Anything
# out of the ordinary (a string that is not UTF-8, a container that may contain itself) is a
# `ConversionError` without a place: then the container is written value by value, which knows better.

"The shortest container for which looking at all types pays."
const SHORTEST_PACKED = 8

"Of how many kinds the values in one container may be."
const MOST_KINDS = 32

"How many sets of keys dicts may have for each of them to be sent once."
const MOST_SHAPES = 16

"How many levels of containers are written until it is looked whether they contain themselves: what does has no end."
const MOST_UNNOTED = 6

"How many times as many values as in the level noted last, likewise."
const GROWTH = 8

"A tuple, list or set, as `tag` says. Whether it could be written so."
function write_packed(encoder::Encoder, tag::UInt8, values::Vector{Any})
    length(values) >= SHORTEST_PACKED || return false
    return attempt(encoder) do
        write_tag(encoder, PACKED)
        write_tag(encoder, tag)
        write_count(encoder, length(values))
        pack(encoder, values)
    end
end

"A dict. Whether it could be written so."
function write_packed_dict(encoder::Encoder, keys::Vector{Any}, values::Vector{Any})
    length(values) >= SHORTEST_PACKED || return false
    return attempt(encoder) do
        write_tag(encoder, PACKED_DICT)
        write_count(encoder, length(values))
        pack(encoder, keys)
        pack(encoder, values)
    end
end

"Values whose number is known to the reader. Whether they could be written so."
write_packed_items(encoder::Encoder, values::Vector{Any}) =
    attempt(() -> pack(encoder, values), encoder)

"""
Whether `write_all()` could write all of the container that was entered last. Where it could not, nothing
is left of what it wrote, and in that container nothing else is attempted: it is written for the error's
sake, and once.
"""
function attempt(@nospecialize(write_all), encoder::Encoder)
    encoder.depth < encoder.careful_from || return false
    before = written(encoder)
    try
        write_all()
        return true
    catch e
        e isa ConversionError || rethrow()
        take_back!(encoder, before)
        return false
    end
end

written(encoder::Encoder) = (
    position(encoder.io),
    length(encoder.buffers),
    length(encoder.segments),
    length(encoder.lent),
    length(encoder.entered),
    encoder.depth,
)

function take_back!(encoder::Encoder, before::NTuple{6,Int})
    truncate(encoder.io, before[1])
    resize!(encoder.buffers, before[2])
    while length(encoder.segments) > before[3]
        close_last!(encoder.lender, encoder.segments)
    end
    for number in encoder.lent[(before[4] + 1):end]
        release!(encoder.exports, encoder.exports.generation, number, 1)
    end
    resize!(encoder.lent, before[4])
    while length(encoder.entered) > before[5]
        leave!(encoder)
    end
    encoder.depth = encoder.careful_from = before[6]
    return nothing
end

"""
    Packer(encoder)

Writes values of which there are many. `levels` are the containers that what is written now stands in,
one level below the other; `noted` are the addresses of the first of them, which may be met again further down
(there were `noted_size` values when that was looked for last), and of as many as are `told` the encoder knows.
"""
mutable struct Packer
    encoder::Encoder
    levels::Vector{Vector{Any}}
    noted::Vector{Set{UInt}}
    noted_size::Int
    told::Int
end

function pack(encoder::Encoder, values::Vector{Any})
    packer = Packer(encoder, Vector{Any}[], Set{UInt}[], 0, 0)
    depth = encoder.depth
    try
        write_values(packer, values)
    finally
        while !isempty(packer.noted)
            forget_level!(packer)
        end
        encoder.depth = depth
    end
    return nothing
end

"The values, without their number. Throws [`ConversionError`](@ref)."
function write_values(packer::Packer, values::Vector{Any})
    isempty(values) && return write_one_by_one(packer, values)
    T = typeof(values[1])
    are_all(T, values) && return write_kind(packer, kind_of(packer.encoder, T), values)
    kinds = Kinds(Any[], Any[], UInt8[])
    codes = number_kinds!(kinds, packer.encoder, values)
    codes === nothing && return write_one_by_one(packer, values)
    length(kinds.kinds) == 1 && return write_kind(packer, kinds.kinds[1], values)
    return write_mixed(packer, kinds.kinds, codes, values)
end

function are_all(@nospecialize(T), values::Vector{Any})
    for i in eachindex(values)
        typeof(values[i]) === T || return false
    end
    return true
end

"The kinds of values that were met; the types, and the number of the kind of each."
struct Kinds
    kinds::Vector{Any}
    types::Vector{Any}
    numbers::Vector{UInt8}
end

"The number of the kind of each value, from 1; `nothing` where the kinds are too many."
function number_kinds!(kinds::Kinds, encoder::Encoder, values::Vector{Any})
    codes = Vector{UInt8}(undef, length(values))
    type, code = Any, 0x00
    for i in eachindex(values)
        T = typeof(values[i])
        if T !== type
            at = find_identical(kinds.types, T)
            if at == 0
                length(kinds.types) < 4 * MOST_KINDS || return nothing
                at = add_type!(kinds, encoder, T)
                length(kinds.kinds) <= MOST_KINDS || return nothing
            end
            type, code = T, kinds.numbers[at]
        end
        codes[i] = code
    end
    return codes
end

function find_identical(items::Vector{Any}, @nospecialize(x))
    for i in 1:length(items)
        items[i] === x && return i
    end
    return 0
end

@noinline function add_type!(kinds::Kinds, encoder::Encoder, @nospecialize(T))
    kind = kind_of(encoder, T)
    number = find_identical(kinds.kinds, kind)
    if number == 0
        push!(kinds.kinds, kind)
        number = length(kinds.kinds)
    end
    push!(kinds.types, T)
    push!(kinds.numbers, UInt8(number))
    return length(kinds.types)
end

"""
What values of type `T` are written together with: the kind's tag, `T` itself where they have to be of
one type, and `ONE_BY_ONE` where there is nothing to say of many at once.
"""
@noinline function kind_of(encoder::Encoder, @nospecialize(T))
    T === Int64 && return INT64
    T === Float64 && return FLOAT64
    T === Bool && return BOOL
    T === Nothing && return NOTHING
    T === Missing && return MISSING
    T <: Union{AbstractString,AbstractChar,Symbol} && return TEXTS
    T <: Tuple && return TUPLE
    T === Vector{Any} && return LIST
    T <: Dict && return DICT
    T <: NamedTuple && return is_plain_record(T) ? T : ONE_BY_ONE
    return crosses_as_reference(T) ? T : ONE_BY_ONE
end

# One that has a vector in it may be a table.
is_plain_record(@nospecialize(T)) =
    isconcretetype(T) && fieldcount(T) > 0 &&
    !any(F -> typeintersect(F, AbstractVector) !== Union{}, fieldtypes(T))

"Whether there is no way but the last resort for values of type `T`."
function crosses_as_reference(@nospecialize(T))
    loaded(TABLES) === nothing || return false   # any of them may be a table
    return which(write_value, Tuple{Encoder,T}) === which(write_value, Tuple{Encoder,Any})
end

function write_kind(packer::Packer, @nospecialize(kind), values::Vector{Any})
    if kind === INT64
        write_unboxed(packer, INT64, Int64, values)
    elseif kind === FLOAT64
        write_unboxed(packer, FLOAT64, Float64, values)
    elseif kind === BOOL
        write_unboxed(packer, BOOL, Bool, values)
    elseif kind === NOTHING || kind === MISSING
        write_tag(packer.encoder, kind)
    elseif kind === TEXTS
        write_tag(packer.encoder, TEXTS)
        write_texts(packer.encoder, only_strings(values), true)
    elseif kind === TUPLE
        write_tuples(packer, values)
    elseif kind === LIST
        write_lists(packer, values)
    elseif kind === DICT
        write_dicts(packer, values)
    elseif kind === ONE_BY_ONE
        write_one_by_one(packer, values)
    elseif kind <: NamedTuple
        write_named_tuples(packer, kind, values)
    else
        write_references(packer, kind, values)
    end
    return nothing
end

function write_unboxed(packer::Packer, tag::UInt8, ::Type{T}, values::Vector{Any}) where {T}
    write_tag(packer.encoder, tag)
    return with_passing(T, length(values)) do numbers
        for i in eachindex(values)
            numbers[i] = values[i]::T
        end
        write_blob(packer.encoder, numbers)
        return nothing
    end
end

"The values, with a `String` in the place of every other kind of text."
function only_strings(values::Vector{Any})
    are_all(String, values) && return values
    return Any[x isa String ? x : as_string(x) for x in values]
end

function write_mixed(packer::Packer, kinds::Vector{Any}, codes::Vector{UInt8}, values::Vector{Any})
    write_codes(packer, codes, length(kinds))
    for k in 1:length(kinds)
        group = select(values, codes, k)
        write_count(packer.encoder, length(group))
        write_kind(packer, kinds[k], group)
    end
    return nothing
end

"Values of several kinds follow: for each its length, and what is of that kind."
function write_codes(packer::Packer, codes::Vector{UInt8}, count::Int)
    write_tag(packer.encoder, MIXED)
    write_tag(packer.encoder, UInt8(count))
    write_blob(packer.encoder, codes .- 0x01)
    return nothing
end

function select(values::Vector{Any}, codes::Vector{UInt8}, k::Int)
    group = Any[]
    for i in eachindex(values)
        codes[i] == k && push!(group, values[i])
    end
    return group
end

"Values of which there is nothing to say at once."
function write_one_by_one(packer::Packer, values::Vector{Any})
    tell_levels!(packer)
    write_tag(packer.encoder, ONE_BY_ONE)
    for value in values
        write_value(packer.encoder, value)
    end
    return nothing
end
