# Reading containers. A value inside that cannot be read is named by its place, in Julia's indices.

"""
    read_each(step, decoder, count)

`count` values in a vector; `step(i)` says where the `i`th stands, for the path of an error.
"""
function read_each(step, decoder::Decoder, count::Int)
    items = Vector{Any}(undef, count)
    i = 0
    try
        while i < count
            i += 1
            items[i] = read_value(decoder)
        end
    catch e
        e isa ConversionError && under!(e, step(i))
        rethrow()
    end
    return items
end

"As many values as `dims` say, in a vector."
read_items(decoder::Decoder, dims::Dims) = read_each(i -> place(i, dims), decoder, prod(dims))

read_list(decoder::Decoder) = read_items(decoder, (read_count(decoder),))
read_tuple(decoder::Decoder) = Tuple(read_list(decoder))

"A value for each name, which stands in the path of an error."
read_fields(decoder::Decoder, names::Vector{Symbol}) =
    read_each(i -> ".$(names[i])", decoder, length(names))

read_names(decoder::Decoder) = Symbol[Symbol(read_text(decoder)) for _ in 1:read_count(decoder)]

function read_named_tuple(decoder::Decoder)
    names = read_names(decoder)
    check_names(names)
    values = read_fields(decoder, names)
    return NamedTuple{Tuple(names)}(Tuple(values))
end

function check_names(names::Vector{Symbol})
    allunique(names) ||
        throw(ConversionError("two fields have the same name", "NamedTuple"; verb="receive"))
    return nothing
end

function read_dict(decoder::Decoder)
    count = read_count(decoder)
    dict = Dict{Any,Any}()
    sizehint!(dict, count)
    for _ in 1:count
        key = read_step(() -> "<key>", decoder)
        haskey(dict, key) && refuse_twice("keys", key, "dict")
        dict[key] = read_step(() -> "[$(brief(key))]", decoder)
    end
    return dict
end

function read_set(decoder::Decoder)
    set = Set{Any}()
    for _ in 1:read_count(decoder)
        member = read_step(() -> "<member>", decoder)
        member in set && refuse_twice("members", member, "set")
        push!(set, member)
    end
    return set
end

"A value; `step()` says where it stands, for the path of an error."
function read_step(step, decoder::Decoder)
    try
        return read_value(decoder)
    catch e
        e isa ConversionError && under!(e, step())
        rethrow()
    end
end

function refuse_twice(what::String, @nospecialize(item), type::String)
    reason = "two $what become the same one in Julia, $(brief(item))"
    throw(ConversionError(reason, type; verb="receive"))
end

function read_range(decoder::Decoder)
    start, step, count = read_value(decoder), read_value(decoder), read_value(decoder)
    stop = big(start) + big(step) * (count - 1)
    # An empty range that starts at the last integers has its end behind them.
    fits = start isa Int64 && step isa Int64 && typemin(Int64) <= stop <= typemax(Int64)
    first, last = fits ? (start, Int64(stop)) : (big(start), stop)
    return step == 1 ? (first:last) : (first:step:last)
end

for (tag, reader) in (
    (TUPLE, read_tuple),
    (NAMED_TUPLE, read_named_tuple),
    (LIST, read_list),
    (DICT, read_dict),
    (SET, read_set),
    (RANGE, read_range),
)
    READERS[tag + 1] = reader
end
