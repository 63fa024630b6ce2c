# Writing containers.

function write_value(encoder::Encoder, @nospecialize(x::Tuple))
    enter!(encoder, x)
    write_tag(encoder, TUPLE)
    write_count(encoder, length(x))
    write_items(encoder, x)
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
    items = Pair{Any,Any}[key => value for (key, value) in x]
    write_tag(encoder, DICT)
    write_count(encoder, length(items))
    step = ""
    try
        for (key, value) in items
            step = "<key $(brief(key))>"
            write_value(encoder, key)
            step = "[$(brief(key))]"
            write_value(encoder, value)
        end
    catch e
        e isa ConversionError && under!(e, step)
        rethrow()
    end
    leave!(encoder)
    return nothing
end

function write_value(encoder::Encoder, @nospecialize(x::AbstractSet))
    items = Any[item for item in x]
    write_tag(encoder, SET)
    write_count(encoder, length(items))
    item = nothing
    try
        for outer item in items
            write_value(encoder, item)
        end
    catch e
        e isa ConversionError && under!(e, "<member $(brief(item))>")
        rethrow()
    end
    return nothing
end
