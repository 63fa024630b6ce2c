# Writing what is in the containers of one kind at once, level by level: a part of the packed values
# (`packed_encoder.jl`).

"Begin with what is in the containers `values`."
function enter_level!(packer::Packer, values::Vector{Any})
    length(packer.levels) - length(packer.noted) > MOST_UNNOTED && note_levels!(packer)
    deeper!(packer.encoder, values[1])
    push!(packer.levels, values)
    length(packer.levels) == 1 && (packer.noted_size = max(packer.noted_size, length(values)))
    return nothing
end

"So many values are in the containers entered last, and are about to be collected."
function expect_values!(packer::Packer, count::Int)
    count > GROWTH * packer.noted_size || return nothing
    note_levels!(packer)
    packer.noted_size = count
    return nothing
end

"End with what is in the containers that were entered last."
function leave_level!(packer::Packer)
    length(packer.noted) == length(packer.levels) && forget_level!(packer)
    pop!(packer.levels)
    packer.encoder.depth -= 1
    return nothing
end

# There are containers further down, and they may be those above. What is met again need not be above
# the same value: writing one value after the other tells.
function note_levels!(packer::Packer)
    while length(packer.noted) < length(packer.levels)
        level = packer.levels[length(packer.noted) + 1]
        met = Set{UInt}()
        if can_contain_itself(level[1])
            sizehint!(met, length(level))
            foreach(x -> push!(met, address_of(x)), level)
            is_apart(packer, level, met) ||
                throw(ConversionError("it may contain itself", type_name(level[1])))
        end
        push!(packer.noted, met)
    end
    return nothing
end

# A list or a dict, which are where they are.
address_of(@nospecialize(x)) = UInt(pointer_from_objref(x))

"Whether none of the containers in the level, which have these addresses, is one in which they may stand."
function is_apart(packer::Packer, level::Vector{Any}, met::Set{UInt})
    all(above -> are_disjoint(above, met), packer.noted) || return false
    inside = packer.encoder.inside
    length(inside) > length(level) && return !any(x -> haskey(inside, x), level)
    return !any(x -> x isa Union{Vector{Any},Dict} && address_of(x) in met, keys(inside))
end

are_disjoint(a::Set{UInt}, b::Set{UInt}) =
    length(a) <= length(b) ? !any(in(b), a) : !any(in(a), b)

"What is written value by value may meet the containers above, too."
function tell_levels!(packer::Packer)
    note_levels!(packer)
    while packer.told < length(packer.noted)
        packer.told += 1
        level = packer.levels[packer.told]
        can_contain_itself(level[1]) && foreach(x -> packer.encoder.inside[x] = nothing, level)
    end
    return nothing
end

function forget_level!(packer::Packer)
    pop!(packer.noted)
    packer.told > length(packer.noted) || return nothing
    packer.told -= 1
    level = packer.levels[packer.told + 1]
    can_contain_itself(level[1]) && foreach(x -> delete!(packer.encoder.inside, x), level)
    return nothing
end

function write_tuples(packer::Packer, values::Vector{Any})
    width = nfields(values[1])
    enter_level!(packer, values)
    if all(x -> nfields(x) == width, values)
        expect_values!(packer, width * length(values))
        write_tag(packer.encoder, TUPLE)
        write_count(packer.encoder, width)
        write_columns(packer, values, width)
    else
        write_rows(packer, TUPLE | OF_ITS_OWN, values, nfields, getfield)
    end
    leave_level!(packer)
    return nothing
end

"The first field of all, the second, and so on."
function write_columns(packer::Packer, values::Vector{Any}, width::Int)
    for j in 1:width
        write_values(packer, Any[getfield(x, j) for x in values])
    end
    return nothing
end

function write_lists(packer::Packer, values::Vector{Any})
    enter_level!(packer, values)
    write_rows(packer, LIST | OF_ITS_OWN, values, list_length, list_item)
    leave_level!(packer)
    return nothing
end

list_length(@nospecialize(list)) = length(list::Vector{Any})
list_item(@nospecialize(list), i::Int) = (list::Vector{Any})[i]

"How long each row is, and what is in them, as `size_of(row)` and `item(row, i)` have it."
function write_rows(
    packer::Packer, tag::UInt8, rows::Vector{Any}, size_of::S, item::I
) where {S,I}
    lengths = Int64[size_of(row)::Int for row in rows]
    expect_values!(packer, sum(lengths))
    items = Vector{Any}(undef, sum(lengths))
    at = 0
    for (row, length) in zip(rows, lengths)
        for i in 1:length
            items[at + i] = item(row, i)
        end
        at += length
    end
    write_tag(packer.encoder, tag)
    write_blob(packer.encoder, lengths)
    return write_values(packer, items)
end

function write_named_tuples(packer::Packer, @nospecialize(T), values::Vector{Any})
    names = fieldnames(T)
    enter_level!(packer, values)
    expect_values!(packer, length(names) * length(values))
    write_tag(packer.encoder, NAMED_TUPLE)
    write_count(packer.encoder, length(names))
    foreach(name -> write_text(packer.encoder, String(name)), names)
    write_columns(packer, values, length(names))
    leave_level!(packer)
    return nothing
end

"Objects of type `T`, all of which stay here."
function write_references(packer::Packer, @nospecialize(T), values::Vector{Any})
    encoder = packer.encoder
    numbers = UInt64[]
    for value in values
        push!(encoder.lent, lend!(encoder.exports, value))
        push!(numbers, last(encoder.lent))
    end
    write_tag(encoder, REFERENCE)
    write_text(encoder, "julia")
    write_number(encoder, UInt64(encoder.exports.generation))
    write_tag(encoder, UInt8(T <: Union{Function,Type}))
    write_text(encoder, string(T))
    write_blob(encoder, numbers)
    return nothing
end

# ------------------------------------------------------------------------------------------ dicts

function write_dicts(packer::Packer, values::Vector{Any})
    enter_level!(packer, values)
    expect_values!(packer, sum(dict -> length(dict::Dict)::Int, values))
    ends = Vector{Int}(undef, length(values) + 1)
    ends[1] = 0
    keys, items = Any[], Any[]
    done = 0
    while done < length(values)
        done = append_dicts!(keys, items, ends, values, done, values[done + 1])
    end
    shapes = find_shapes(keys, ends)
    if shapes === nothing
        write_tag(packer.encoder, DICT | OF_ITS_OWN)
        write_blob(packer.encoder, Int64[ends[i + 1] - ends[i] for i in eachindex(values)])
        write_values(packer, keys)
        write_values(packer, items)
    else
        write_shapes(packer, shapes, keys, items, ends)
    end
    leave_level!(packer)
    return nothing
end

# The barrier behind which the type of the dicts is known, from the one behind `done` to the last one of it.
function append_dicts!(
    keys::Vector{Any}, items::Vector{Any}, ends::Vector{Int}, values::Vector{Any}, done::Int, ::T
) where {T<:Dict}
    while done < length(values)
        dict = values[done + 1]
        dict isa T || break
        append_entries!(keys, items, dict)
        done += 1
        ends[done + 1] = length(keys)
    end
    return done
end

"""
Of which shape each dict is, from 1: which strings its keys are, in which order. `nothing` where there are
other keys, or more shapes than can be told.
"""
function find_shapes(keys::Vector{Any}, ends::Vector{Int})
    all(key -> key isa String, keys) || return nothing
    count = length(ends) - 1
    shapes = Vector{UInt8}(undef, count)
    firsts = Int[]   # a dict of each shape
    for i in 1:count
        shape = findfirst(j -> same_keys(keys, ends, i, j), firsts)
        if shape === nothing
            length(firsts) < max(1, min(MOST_SHAPES, count ÷ 2)) || return nothing
            push!(firsts, i)
            shape = length(firsts)
        end
        shapes[i] = shape
    end
    return shapes
end

function same_keys(keys::Vector{Any}, ends::Vector{Int}, i::Int, j::Int)
    size = ends[i + 1] - ends[i]
    size == ends[j + 1] - ends[j] || return false
    for k in 1:size
        keys[ends[i] + k] === keys[ends[j] + k] || return false
    end
    return true
end

function write_shapes(
    packer::Packer, shapes::Vector{UInt8}, keys::Vector{Any}, items::Vector{Any}, ends::Vector{Int}
)
    count = Int(maximum(shapes))
    count == 1 || write_codes(packer, shapes, count)
    for shape in 1:count
        starts = Int[ends[i] for i in eachindex(shapes) if shapes[i] == shape]
        first = findfirst(==(shape), shapes)
        count == 1 || write_count(packer.encoder, length(starts))
        write_tag(packer.encoder, DICT)
        write_count(packer.encoder, ends[first + 1] - ends[first])
        write_values(packer, keys[(ends[first] + 1):ends[first + 1]])
        for k in 1:(ends[first + 1] - ends[first])
            write_values(packer, Any[items[start + k] for start in starts])
        end
    end
    return nothing
end
