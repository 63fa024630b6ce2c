# Writing containers.

function write_value(encoder::Encoder, @nospecialize(x::Tuple))
    enter!(encoder, x)
    if length(x) < SHORTEST_PACKED || !write_packed(encoder, TUPLE, Any[x...])
        write_tag(encoder, TUPLE)
        write_count(encoder, length(x))
        write_items(encoder, x)
    end
    leave!(encoder)
    return nothing
end

write_value(encoder::Encoder, x::Pair) = write_value(encoder, (x.first, x.second))

function write_value(encoder::Encoder, @nospecialize(x::NamedTuple))
    is_column_table(x) && return later(write_table, encoder, x)
    enter!(encoder, x)
    write_tag(encoder, NAMED_TUPLE)
    write_fields(encoder, collect(Symbol, keys(x)), Any[values(x)...], write_value)
    leave!(encoder)
    return nothing
end

"The count of the fields, their names, and each field as `write_one` does it."
function write_fields(
    encoder::Encoder, names::Vector{Symbol}, values::Vector{Any}, @nospecialize(write_one)
)
    write_count(encoder, length(names))
    for name in names
        write_text(encoder, string(name))
    end
    for i in eachindex(names)
        try
            write_one(encoder, values[i])
        catch e
            e isa ConversionError && under!(e, ".$(names[i])")
            rethrow()
        end
    end
    return nothing
end

function write_value(encoder::Encoder, @nospecialize(x::AbstractDict))
    enter!(encoder, x)
    keys, items = Any[], Any[]
    append_entries!(keys, items, x)
    write_packed_dict(encoder, keys, items) || write_entries(encoder, keys, items)
    leave!(encoder)
    return nothing
end

# The barrier behind which the dict's type is known.
function append_entries!(keys::Vector{Any}, items::Vector{Any}, dict::AbstractDict)
    for (key, item) in dict
        push!(keys, key)
        push!(items, item)
    end
    return nothing
end

function write_entries(encoder::Encoder, keys::Vector{Any}, items::Vector{Any})
    write_tag(encoder, DICT)
    write_count(encoder, length(keys))
    i, in_key = 0, true
    try
        while i < length(keys)
            i, in_key = i + 1, true
            write_value(encoder, keys[i])
            in_key = false
            write_value(encoder, items[i])
        end
    catch e
        e isa ConversionError || rethrow()
        under!(e, in_key ? "<key $(brief(keys[i]))>" : "[$(brief(keys[i]))]")
        rethrow()
    end
    return nothing
end

function write_value(encoder::Encoder, @nospecialize(x::AbstractSet))
    enter!(encoder, x)
    members = collect_members(x)
    write_packed(encoder, SET, members) || write_members(encoder, members)
    leave!(encoder)
    return nothing
end

collect_members(set::AbstractSet) = Any[member for member in set]

function write_members(encoder::Encoder, members::Vector{Any})
    write_tag(encoder, SET)
    write_count(encoder, length(members))
    member = nothing
    try
        for outer member in members
            write_value(encoder, member)
        end
    catch e
        e isa ConversionError && under!(e, "<member $(brief(member))>")
        rethrow()
    end
    return nothing
end
