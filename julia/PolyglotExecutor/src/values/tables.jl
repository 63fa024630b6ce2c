# Tables: any that Tables.jl knows when it is loaded (and so every DataFrame), and named tuples of
# equally long vectors, which are Julia's own column tables.

const TABLES = Base.PkgId(UUID("bd369af6-aec1-5ad0-b16a-f7cc5008161c"), "Tables")
const DATA_FRAMES = Base.PkgId(UUID("a93c6f00-e57d-5684-b7b6-d8193f3e46c0"), "DataFrames")
const CATEGORICAL_ARRAYS = Base.PkgId(
    UUID("324d7699-5711-5eae-9e2f-1d82baa6b597"), "CategoricalArrays"
)

# The package, before 1.5 of it, or the one that it has its types from.
const STATIC_ARRAYS = (
    Base.PkgId(UUID("1e83bf80-4336-4d27-bf5d-d5a4f845583c"), "StaticArraysCore"),
    Base.PkgId(UUID("90137ffa-7385-5640-81b9-e52037218182"), "StaticArrays"),
)

"The module, when the user has loaded it."
loaded(id::Base.PkgId) = get(Base.loaded_modules, id, nothing)

function is_table(@nospecialize(x))
    tables = loaded(TABLES)
    tables === nothing && return false
    x isa Union{Module,Function,Type} && return false
    return Base.invokelatest(tables.istable, x) === true
end

function is_column_table(@nospecialize(x::NamedTuple))
    isempty(x) && return false
    typed = false
    for column in x
        column isa Base.CodeUnits && return false   # bytes, one value
        column isa AbstractVector && length(column) == length(x[1]) || return false
        typed |= eltype(column) !== Any || column isa ObjectColumn
    end
    return typed   # nothing but Vector{Any}: Python's lists, in a named tuple
end

function write_table(encoder::Encoder, @nospecialize(x))
    names, columns = table_columns(x)
    write_tag(encoder, TABLE)
    write_fields(encoder, names, columns, write_column)
    return nothing
end

table_columns(@nospecialize(x::NamedTuple)) = (collect(Symbol, keys(x)), Any[values(x)...])

function table_columns(@nospecialize(x))
    tables = loaded(TABLES)
    columns = Base.invokelatest(tables.columns, x)
    names = collect(Symbol, Base.invokelatest(tables.columnnames, columns))
    return names, Any[Base.invokelatest(tables.getcolumn, columns, name) for name in names]
end

# A column is sent whatever kind of vector it is: a table is no place for references.
function write_column(encoder::Encoder, @nospecialize(column))
    if is_categorical(column)
        write_categorical(encoder, column)
    else
        write_array(encoder, is_dense(column) ? column : collect(column), false)
    end
    return nothing
end

# -------------------------------------------------------------------------------------- categories

function is_categorical(@nospecialize(a))
    a isa Categorical && return true
    package = loaded(CATEGORICAL_ARRAYS)
    return package !== nothing && ndims(a) == 1 && a isa package.CategoricalArray
end

function write_categorical(encoder::Encoder, @nospecialize(a))
    codes, all_levels, ordered = category_parts(a)
    write_tag(encoder, CATEGORICAL)
    write_tag(encoder, UInt8(ordered))
    write_in_column(encoder, all_levels)
    write_in_column(encoder, codes)
    return nothing
end

category_parts(a::Categorical) = (a.codes, a.levels, a.ordered)

function category_parts(@nospecialize(a))
    package = loaded(CATEGORICAL_ARRAYS)
    codes = Int32[
        x === missing ? -1 : Base.invokelatest(package.levelcode, x) - 1 for x in a
    ]
    all_levels = Base.invokelatest(plain_levels, package, a)
    return codes, all_levels, Base.invokelatest(package.isordered, a)::Bool
end

# From 1.0 on the levels are categorical themselves.
function plain_levels(package, a)
    all_levels = package.levels(a)
    return all_levels isa package.CategoricalArray ? [package.unwrap(x) for x in all_levels] :
           all_levels
end

# ----------------------------------------------------------------------------------------- reading

function read_table(decoder)
    names = read_names(decoder)
    columns = convert(Vector{AbstractVector}, read_fields(decoder, names))
    package = loaded(DATA_FRAMES)
    package === nothing && return column_table(names, columns)
    return Base.invokelatest(make_data_frame, package, columns, names)
end

function column_table(names::Vector{Symbol}, columns::Vector{AbstractVector})
    all(column -> column isa Vector{Any}, columns) &&
        (columns = AbstractVector[ObjectColumn(column) for column in columns])
    return NamedTuple{Tuple(names)}(Tuple(columns))
end

make_data_frame(package, columns, names) = package.DataFrame(columns, names; copycols=false)

function read_categorical(decoder)
    ordered = read_byte(decoder) != 0
    all_levels = read_value(decoder)
    codes = read_value(decoder)::Vector{Int32}
    package = loaded(CATEGORICAL_ARRAYS)
    package === nothing && return Categorical(codes, all_levels, ordered)
    return Base.invokelatest(make_categorical, package, codes, all_levels, ordered)
end

function make_categorical(package, codes, all_levels, ordered)
    items = collect(Categorical(codes, all_levels, ordered))
    return package.CategoricalArray(items; levels=all_levels, ordered=ordered)
end

READERS[TABLE + 1] = read_table
READERS[CATEGORICAL + 1] = read_categorical
