# Functions as Python sees them: a name, a signature, a docstring; and keywords for what has none here.

"""
    function_for_python(session, f) -> (name, parameters, variadic, keywords)

What Python's `inspect.signature` is made of; `parameters` are `nothing` where there are several methods.
"""
function function_for_python(session, f)
    name = is_anonymous(f) ? "<lambda>" : string(nameof(f))
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

is_anonymous(f) = startswith(string(nameof(f)), '#')

"The documentation of a function or type, as Markdown."
documentation_for_python(session, f) = is_anonymous(f) ? "" : string(Base.Docs.doc(f))

"""
    with_places(f, positional, names, values)

The positional and keyword arguments of a call by Python. A caller there may name any parameter, as
`interact` does; where a method takes no such keywords, the names say the places.
"""
function with_places(f, positional::Vector{Any}, names, values::Vector{Any})
    keywords = Pair{Symbol,Any}[Symbol(name) => value for (name, value) in zip(names, values)]
    (isempty(names) || !(f isa Function)) && return positional, keywords
    for method in Iterators.take(methods(f), MOST_METHODS)
        places = places_of(f, method, length(positional), names)
        places === nothing && continue
        placed = Any[values[findfirst(isequal(name), names)] for name in places]
        return vcat(positional, placed), filter(keyword -> !(string(first(keyword)) in places), keywords)
    end
    return positional, keywords
end

# Of how many methods (a parameter with a default makes one more) the names are looked at.
const MOST_METHODS = 10

# The parameters that the names stand for, those of keywords apart; `nothing` where they do not fit.
function places_of(f, method::Method, given::Int, names)
    open = names_of_parameters(method)[(given + 1):end]
    any(in(open), names) || return nothing
    keywords = String[string(keyword) for keyword in keywords_of(f, method)]
    any(keyword -> endswith(keyword, "..."), keywords) && return nothing
    wanted = filter(name -> !(name in keywords), names)
    return length(open) == length(wanted) && all(in(wanted), open) ? open : nothing
end

# A method that is there for a default takes the keywords of the one with all parameters, but does not say so.
function keywords_of(f, method::Method)
    own = Compat.declared_keywords(method)
    isempty(own) || return own
    for other in Iterators.take(methods(f), MOST_METHODS)
        (other.file === method.file && other.line == method.line) || continue
        keywords = Compat.declared_keywords(other)
        isempty(keywords) || return keywords
    end
    return own
end
