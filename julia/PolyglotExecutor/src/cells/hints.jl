# What is said below an error that a habit of Python's has led to.

# What Python's values become here.
const Copies = Union{
    AbstractArray,AbstractDict,AbstractSet,AbstractString,NamedTuple,Tuple,Number,Bool,Nothing
}

"""
    print_hint(io, exception)

Where a value is asked for a field that it has not, as Python's objects have methods: what came from Python, came
as a copy.
"""
function print_hint(io::IO, @nospecialize(exception))
    missing_field = Compat.missing_field(exception)
    missing_field === nothing && return nothing
    type, field = missing_field
    is_copy(type) && has_met_python() || return nothing
    print(
        io,
        "\nA value that came from Python is a copy, without the methods that it has there: ",
        "ask Python, as in py\"x.$field\".",
    )
    return nothing
end

is_copy(type::Type) = type <: Copies
is_copy(type::Symbol) = isdefined(Base, type) && getfield(Base, type) isa Type && is_copy(getfield(Base, type))

has_met_python() = isassigned(Polyglot.SESSION) && Polyglot.session().bridge.peer_generation != 0
