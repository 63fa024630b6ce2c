# Functions as Python sees them: a name, a signature, a docstring; and keywords for what has none here.

"""
    function_for_python(session, f) -> (name, parameters, variadic, keywords)

What Python's `inspect.signature` is made of; `parameters` are `nothing` where there are several methods.
"""
function function_for_python(session, f)
    name = string(nameof(f))
    startswith(name, '#') && (name = "<lambda>")
    found = collect(Iterators.take(methods(f), 2))
    length(found) == 1 || return (name, nothing, true, Any[])
    method = found[1]
    parameters = Any[names_of_parameters(method)...]
    keywords = Any[string(keyword) for keyword in Base.kwarg_decl(method)]
    return (name, parameters, method.isva, keywords)
end

names_of_parameters(method::Method) =
    String[parameter_name(i, name) for (i, name) in enumerate(Base.method_argnames(method)[2:end])]

# Parameters may have no name.
parameter_name(i::Int, name::Symbol) = Base.isidentifier(name) ? string(name) : "argument_$i"

"The documentation of a function or type, as Markdown."
documentation_for_python(session, f) = string(Base.Docs.doc(f))

"""
    with_places(f, positional, names, values)

The positional and keyword arguments of a call by Python. A caller there may name any parameter, as
`interact` does; where a function of one method takes no keywords, the names say the places.
"""
function with_places(f, positional::Vector{Any}, names, values::Vector{Any})
    keywords = Pair{Symbol,Any}[Symbol(name) => value for (name, value) in zip(names, values)]
    (isempty(names) || !(f isa Function) || Compat.takes_keywords(f)) && return positional, keywords
    found = collect(Iterators.take(methods(f), 2))
    length(found) == 1 || return positional, keywords
    open = names_of_parameters(found[1])[(length(positional) + 1):end]
    (length(open) == length(names) && all(in(names), open)) || return positional, keywords
    placed = Any[values[findfirst(isequal(name), names)] for name in open]
    return vcat(positional, placed), Pair{Symbol,Any}[]
end
