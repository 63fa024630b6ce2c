"""
    ConversionError(reason, type_name; verb = "send")

A value, or a part of it, cannot cross to another language. The message names the value, the path
to the offending part inside it, and that part's type.
"""
mutable struct ConversionError <: Exception
    reason::String
    type_name::String
    verb::String
    name::String
    path::Vector{String}   # the innermost step first
    index::Int             # where what failed stands among values that were written together
end

function ConversionError(reason, type_name; verb="send")
    return ConversionError(reason, type_name, verb, "the value", String[], 1)
end

function Base.showerror(io::IO, e::ConversionError)
    where = e.name * join(reverse(e.path))
    return print(io, "cannot ", e.verb, " ", where, " (", e.type_name, "): ", e.reason)
end

"What failed stands at `step` (`[2]`, `[\"k\"]`, `.field`) of a container."
function under!(e::ConversionError, step::String)
    push!(e.path, step)
    return e
end

"A key as it stands in a path."
function brief(@nospecialize(key))
    key isa Union{Number,AbstractString,Symbol,Char} || return type_name(key)
    text = repr(key)
    return length(text) <= 60 ? text : first(text, 57) * "..."
end

"""
    place(index, dims)

The step to the element of an array that is number `index`.
"""
place(index::Int, dims::Dims) =
    string('[', join(Tuple(CartesianIndices(dims)[index]), ", "), ']')

"The process that held the object was restarted, or the object was let go."
struct StaleReferenceError <: Exception
    message::String
end

Base.showerror(io::IO, e::StaleReferenceError) = print(io, e.message)

"The type of `value` as a user would write it."
type_name(@nospecialize(value)) = string(typeof(value))
