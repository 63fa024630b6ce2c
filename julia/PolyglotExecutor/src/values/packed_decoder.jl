# Reading the values in a container that were written at once (`docs/values.md`, *Packed values*). An
# error names the place of the value by its `index` among those that were written together; each level
# on the way up makes a step of the path of it.

"""
    read_packed(decoder, count)

As many values as were written together. Throws [`ConversionError`](@ref) with the `index` of one.
"""
function read_packed(decoder::Decoder, count::Int)::Vector{Any}
    kind = read_byte(decoder)
    kind == INT64 && return read_boxed(decoder, Int64, count)
    kind == FLOAT64 && return read_boxed(decoder, Float64, count)
    kind == TEXTS && return read_texts!(Vector{Any}(undef, count), decoder)
    kind == NOTHING && return fill!(Vector{Any}(undef, count), nothing)
    kind == MISSING && return fill!(Vector{Any}(undef, count), missing)
    kind == BOOL && return read_boxed(decoder, Bool, count)
    kind == TUPLE && return read_tuples(decoder, count)
    kind == NAMED_TUPLE && return read_named_tuples(decoder, count)
    kind == LIST | OF_ITS_OWN && return read_rows(identity, decoder, count)
    kind == TUPLE | OF_ITS_OWN && return read_rows(make_tuple, decoder, count)
    kind == DICT && return read_records_of_dicts(decoder, count)
    kind == DICT | OF_ITS_OWN && return read_dicts(decoder, count)
    kind == MIXED && return read_mixed(decoder, count)
    kind == ONE_BY_ONE && return read_one_by_one(decoder, count)
    kind == REFERENCE && return read_references(decoder, count)
    throw(corrupt("the kind $kind is unknown"))
end

"A tuple, list or set."
function read_container(decoder::Decoder)
    tag = read_byte(decoder)
    count = read_count(decoder)
    tag == SET && return make_set(read_below(() -> "<member>", decoder, count))
    items = read_packed_items(decoder, (count,))
    return tag == TUPLE ? make_tuple(items) : items
end

make_tuple(items::Vector{Any}) = tuple(items...)

"Values, as many as `dims` say, of which one that cannot be read is named by its place."
function read_packed_items(decoder::Decoder, dims::Dims)
    try
        return read_packed(decoder, prod(dims))
    catch e
        e isa ConversionError && under!(e, place(e.index, dims))
        rethrow()
    end
end

"Values below a container each: `step()` says how one of them is reached from there."
function read_below(@nospecialize(step), decoder::Decoder, count::Int)::Vector{Any}
    try
        return read_packed(decoder, count)
    catch e
        e isa ConversionError && under!(e, step()::String)
        rethrow()
    end
end

"The values below `keys`, one for each."
function read_values(decoder::Decoder, keys::Vector{Any})::Vector{Any}
    try
        return read_packed(decoder, length(keys))
    catch e
        e isa ConversionError && under!(e, "[$(brief(keys[e.index]))]")
        rethrow()
    end
end

function read_packed_dict(decoder::Decoder)
    count = read_count(decoder)
    keys = read_below(() -> "<key>", decoder, count)
    return make_dict(keys, read_values(decoder, keys), 1, count)
end

"The dict of the keys and values from `first` to `last`."
function make_dict(keys::Vector{Any}, values::Vector{Any}, first::Int, last::Int)
    dict = Dict{Any,Any}()
    last - first < 8 || sizehint!(dict, last - first + 1)
    for i in first:last
        key = keys[i]
        if key isa String   # the commonest, of which it is known how to hash it
            dict[key] = values[i]
        else
            dict[key] = values[i]
        end
        length(dict) == i - first + 1 || refuse_twice("keys", key, "dict")
    end
    return dict
end

function make_set(members::Vector{Any})
    set = Set{Any}()
    sizehint!(set, length(members))
    for member in members
        push!(set, member)
    end
    length(set) == length(members) && return set
    empty!(set)
    for member in members
        member in set && refuse_twice("members", member, "set")
        push!(set, member)
    end
    return set
end

# ---------------------------------------------------------------------------------------- by kind

function read_boxed(decoder::Decoder, ::Type{T}, count::Int) where {T}
    boxed = Vector{Any}(undef, count)
    return with_elements(decoder, T, count) do numbers
        return uncollected(() -> copyto!(boxed, numbers), 2 * sizeof(numbers))   # type and number
    end
end

"`f` of the array of `T` that comes next, which is gone when `f` has returned."
function with_elements(f::F, decoder::Decoder, ::Type{T}, count::Int) where {F,T}
    blob = read_blob(decoder)
    elements = array_of(decoder, blob, T, (count,))
    try
        return f(elements)
    finally   # where it is mapped, this is what unmaps it
        isempty(blob.path) || finalize(Compat.storage(elements))
    end
end

read_one_by_one(decoder::Decoder, count::Int) = make_each(_ -> read_value(decoder), count)

function read_mixed(decoder::Decoder, count::Int)
    kinds = Int(read_byte(decoder))
    codes = with_elements(copy, decoder, UInt8, count)
    all(<(kinds), codes) || throw(corrupt("a value is of no kind"))
    groups = Vector{Vector{Any}}(undef, kinds)
    for k in 1:kinds
        groups[k] = read_group(decoder, codes, k)
    end
    values = Vector{Any}(undef, count)
    next = ones(Int, kinds)
    for i in 1:count
        k = codes[i] + 1
        values[i] = groups[k][next[k]]
        next[k] += 1
    end
    return values
end

function read_group(decoder::Decoder, codes::Vector{UInt8}, k::Int)
    try
        return read_packed(decoder, read_count(decoder))
    catch e
        e isa ConversionError && (e.index = findall(==(k - 1), codes)[e.index])
        rethrow()
    end
end

"The values at the first place of all rows, at the second, and so on; `step(i)` leads to the `i`th."
function read_columns(@nospecialize(step), decoder::Decoder, width::Int, count::Int)
    columns = Vector{Vector{Any}}(undef, width)
    for i in 1:width
        columns[i] = read_below(() -> step(i), decoder, count)
    end
    return columns
end

"`make` of each row, which is a vector that is used again for the next."
function make_rows(make::F, columns::Vector{Vector{Any}}, count::Int) where {F}
    row = Vector{Any}(undef, length(columns))
    return make_each(count) do i
        for j in eachindex(columns)
            row[j] = columns[j][i]
        end
        return make(row)
    end
end

"`make(i)` for each `i`, in a vector; one that fails is named by its index."
function make_each(make::F, count::Int) where {F}
    made = Vector{Any}(undef, count)
    i = 0
    try
        while i < count
            i += 1
            made[i] = make(i)
        end
    catch e
        e isa ConversionError && (e.index = i)
        rethrow()
    end
    return made
end

function read_tuples(decoder::Decoder, count::Int)
    columns = read_columns(i -> "[$i]", decoder, read_count(decoder), count)
    return make_rows(make_tuple, columns, count)
end

function read_named_tuples(decoder::Decoder, count::Int)
    names = read_names(decoder)
    check_names(names)
    columns = read_columns(i -> ".$(names[i])", decoder, length(names), count)
    type = NamedTuple{Tuple(names)}
    return make_rows(row -> type(make_tuple(row)), columns, count)
end

"Dicts with the same keys."
function read_records_of_dicts(decoder::Decoder, count::Int)
    width = read_count(decoder)
    keys = read_below(() -> "<key>", decoder, width)
    columns = read_columns(i -> "[$(brief(keys[i]))]", decoder, width, count)
    model = make_dict(keys, fill!(Vector{Any}(undef, width), nothing), 1, width)
    places = Compat.places(model, keys)
    return make_rows(row -> Compat.copy_with(model, places, row), columns, count)
end

function read_rows(make::F, decoder::Decoder, count::Int) where {F}
    ends = read_ends(decoder, count)
    values = read_within(step_in_row, decoder, ends)
    rows = Vector{Any}(undef, count)
    for i in 1:count
        rows[i] = make(values[(ends[i] + 1):ends[i + 1]])
    end
    return rows
end

step_in_row(place::Int) = "[$place]"

"Where among all values each row ends; behind a zero."
function read_ends(decoder::Decoder, count::Int)
    return with_elements(decoder, Int64, count) do lengths
        all(>=(0), lengths) || throw(corrupt("a row has no length"))
        return pushfirst!(cumsum(lengths), 0)
    end
end

"The values of all rows; `step(i)` leads to the `i`th of a row."
function read_within(step::F, decoder::Decoder, ends::Vector{Int64}) where {F}
    try
        return read_packed(decoder, Int(last(ends)))
    catch e
        e isa ConversionError && step_into_row!(step, e, ends)
        rethrow()
    end
end

function step_into_row!(step::F, e::ConversionError, ends::Vector{Int64}) where {F}
    row = searchsortedfirst(ends, e.index) - 1
    under!(e, step(e.index - ends[row])::String)
    e.index = row
    return nothing
end

"Dicts with keys of their own."
function read_dicts(decoder::Decoder, count::Int)
    ends = read_ends(decoder, count)
    keys = read_within(_ -> "<key>", decoder, ends)
    values = try
        read_packed(decoder, length(keys))
    catch e
        e isa ConversionError && step_into_row!(_ -> "[$(brief(keys[e.index]))]", e, ends)
        rethrow()
    end
    return make_each(i -> make_dict(keys, values, ends[i] + 1, ends[i + 1]), count)
end

function read_references(decoder::Decoder, count::Int)
    owner, generation = read_text(decoder), Int(read_number(decoder, UInt64))
    is_callable, type_name = read_byte(decoder) != 0, read_text(decoder)
    numbers = with_elements(copy, decoder, UInt64, count)
    return make_each(count) do i
        number = Int(numbers[i])
        return find_object(decoder, Reference(owner, generation, number, type_name, is_callable))
    end
end

for (tag, reader) in ((PACKED, read_container), (PACKED_DICT, read_packed_dict))
    READERS[tag + 1] = reader
end
