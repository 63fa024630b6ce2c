# The variables, for the panel of a front end. Nothing here runs code of the user's: no `show`, `length` or
# `size` of a type that a notebook has defined. It might take for ever, or change something.
#
# Nor is code compiled anew for each type of value, which would take longer than all the rest: closures and
# generators over a value would be, since their types have its type in them.

const SHOWN_ITEMS = 8
const SHOWN_DEPTH = 2
const LONGEST_PREVIEW = 80

"The content of `variables_reply`: no modules, functions or types."
function variables_answer(session::Session)
    mod = session.mod
    types = IdDict{Any,String}()
    sharing = sharing_of_values(session)
    rows = Any[]
    for name in sort!(names(mod; all=true); by=string)
        (isdefined(mod, name) && is_variable_name(session, mod, name)) || continue
        value = getfield(mod, name)
        value isa Union{Module,Function,Type} && continue
        type = typeof(value)
        haskey(types, type) || (types[type] = type_preview(mod, type))
        row = JSON.fields(
            "name" => string(name), "type" => types[type], "size" => size_preview(value),
            "value" => preview(value), "shared" => sharing(value),
        )
        push!(rows, row)
    end
    return JSON.fields("status" => "ok", "language" => "julia", "busy" => false, "variables" => rows)
end

# Types print by code of Base, and by the names of the module's own view.
function type_preview(mod::Module, @nospecialize(type))
    io = IOBuffer()
    show(IOContext(io, :module => mod, :compact => true), type)
    return cut(String(take!(io)))
end

"Whether a type comes with Julia, which has methods for it that end."
function is_known(@nospecialize(type))
    root = Base.moduleroot(parentmodule(type))
    return root === Base || root === Core
end

# A package's arrays and tables know their size; a type of the notebook's own may compute it.
is_packaged(@nospecialize(type)) = Base.moduleroot(parentmodule(type)) !== Main

function size_preview(@nospecialize(value))
    type = typeof(value)
    value isa Tuple && return string(nfields(value))
    is_packaged(type) || return ""
    if value isa AbstractArray || nameof(type) === :DataFrame
        (value isa AbstractArray && !is_plain_storage(value)) && return ""
        return shape_text(value)
    end
    is_known(type) || return ""
    value isa String && return string(ncodeunits(value) > 2^20 ? ncodeunits(value) : length(value))
    value isa Union{AbstractDict,AbstractSet,NamedTuple} && return length_text(value)
    return ""
end

function shape_text(@nospecialize(value))
    io = IOBuffer()
    try
        shape = size(value)
        for i in 1:nfields(shape)
            i > 1 && print(io, '×')
            print(io, Int(getfield(shape, i))::Int)
        end
    catch
        return ""
    end
    return String(take!(io))
end

length_text(@nospecialize(value)) =
    try
        string(length(value)::Int)
    catch
        ""
    end

# A view or wrapper of the user's own array would ask that one.
function is_plain_storage(@nospecialize(array))
    for _ in 1:SHOWN_ITEMS
        inner = parent(array)
        inner === array && return is_packaged(typeof(array))
        inner isa AbstractArray && is_packaged(typeof(inner)) || return false
        array = inner
    end
    return false
end

"A line of the value, cut; empty where only code of the user's could tell."
function preview(@nospecialize(value))
    io = IOBuffer()
    told = try
        write_preview(io, value, SHOWN_DEPTH)
    catch
        false
    end
    return told ? cut(String(take!(io))) : ""
end

function cut(text::String)
    line = length(text) <= LONGEST_PREVIEW ? text : first(text, LONGEST_PREVIEW - 1) * "…"
    return replace(line, '\n' => ' ')
end

const PlainNumber = Union{
    Bool,Int8,Int16,Int32,Int64,Int128,UInt8,UInt16,UInt32,UInt64,UInt128,Float16,Float32,Float64,
}
const PlainValue = Union{
    PlainNumber,Char,Symbol,Nothing,Missing,Rational{Int},Complex{Int},Complex{Float64},
    UnitRange{Int},StepRange{Int,Int},VersionNumber,
}

"Write a beginning of the value, where that needs no code of the user's; whether it is written."
function write_preview(io::IO, @nospecialize(value), depth::Int)
    if value isa PlainValue
        show(IOContext(io, :compact => true), value)
    elseif value isa String
        show(io, first(value, LONGEST_PREVIEW))
    elseif value isa Union{Tuple,NamedTuple}
        write_items(io, "(", ")", fields_of(value), nfields(value), depth)
    elseif value isa Vector
        write_items(io, "[", "]", items_of_vector(value), length(value)::Int, depth)
    elseif value isa Set
        write_items(io, "Set(", ")", items_of(value), length(value)::Int, depth)
    elseif value isa Dict
        is_known(keytype(value)) || return false    # looking into it would ask for its keys' hashes
        write_items(io, "Dict(", ")", items_of(value), length(value)::Int, depth)
    elseif value isa Pair
        write_item(io, value.first, depth)
        print(io, " => ")
        write_item(io, value.second, depth)
    else
        return false
    end
    return true
end

function fields_of(@nospecialize(value))
    items = Any[]
    for i in 1:min(nfields(value), SHOWN_ITEMS)
        push!(items, getfield(value, i))
    end
    return items
end

# Of an array that may have gaps, what is there.
function items_of_vector(@nospecialize(value))
    items = Any[]
    for i in 1:min(length(value)::Int, SHOWN_ITEMS)
        push!(items, isassigned(value, i) ? value[i] : Symbol("#undef"))
    end
    return items
end

function items_of(@nospecialize(value))
    items = Any[]
    for item in value
        push!(items, item)
        length(items) == SHOWN_ITEMS && break
    end
    return items
end

function write_items(io::IO, opening::String, closing::String, items::Vector{Any}, count::Int, depth::Int)
    print(io, opening)
    if depth == 0
        count > 0 && print(io, '…')
    else
        for (i, item) in enumerate(items)
            i > 1 && print(io, ", ")
            write_item(io, item, depth - 1)
        end
        count > SHOWN_ITEMS && print(io, ", …")
    end
    print(io, closing)
    return nothing
end

# What is not written says its type.
write_item(io::IO, @nospecialize(item), depth::Int) =
    write_preview(io, item, depth) || print(io, nameof(typeof(item)))
