# What Python may ask of Julia: variables, code, calls, and how objects look.

function serve_python!(session)
    for op in ("get", "set", "eval", "call")
        session.calls.handlers[op] = handle_request
    end
    session.calls.failure = answer_failure
    return nothing
end

function handle_request(session, frame::Frames.Frame, lease::Vector{Int})
    names = get(frame.header, "capture", ())
    isempty(names) && !is_collecting(session) && return answer_request(session, frame, lease)
    return collected(() -> answer_request(session, frame, lease), session, names)
end

function answer_request(session, frame::Frames.Frame, lease::Vector{Int})
    header = frame.header
    values = arguments(session, frame)
    op = header["op"]::String
    if op == "get"
        name = header["name"]::String
        return answer_get(session, name, read_variable(session.mod, name), lease)
    elseif op == "set"
        assign_variables(session.mod, header["names"], values)
        return answer_with(session, nothing, "", lease)
    elseif op == "eval"
        value = evaluate_cell(session, header["code"]::String, "Python").value
        return answer_with(session, value, "the value", lease)
    end
    Compat.compile_for(Compat.USERS_LEVEL)
    value = try
        call_from_python(session, header, values)
    finally
        Compat.compile_for(Compat.KERNELS_LEVEL)
    end
    return answer_with(session, value, "the result", lease)
end

function answer_get(session, name::String, @nospecialize(value), lease::Vector{Int})
    answer = answer_with(session, value, name, lease)
    tell!(session.bridge, name, value) && push!(first(answer), Pair{String,Any}("known", true))
    return answer
end

function read_variable(mod::Module, name::String)
    symbol = name_in(mod, name)
    return isdefined(mod, symbol) ? getfield(mod, symbol) : throw(UndefVarError(symbol))
end

"""
    name_in(mod, name)

The name of a variable in `mod` that Python calls `name`. Python's parser makes one letter of several that look
alike (`ϵ` is `ε` there), so that a variable of another spelling may be meant.
"""
function name_in(mod::Module, name::String)
    symbol = written_symbol(name)
    Compat.is_bound(mod, symbol) && return symbol
    alike(other) = !isascii(string(other)) && Base.Unicode.normalize(string(other), :NFKC) == name
    own = names(mod; all=true)
    found = findfirst(alike, own)
    return found === nothing ? symbol : own[found]
end

# Julia's parser has its own letters that look alike: `µ` of the keyboard is the Greek one.
function written_symbol(name::String)
    isascii(name) && return Symbol(name)
    parsed = Meta.parse(name; raise=false)
    return parsed isa Symbol ? parsed : Symbol(name)
end

"All of them, or none."
function assign_variables(mod::Module, variables, values::Vector{Any})
    length(variables) > 1 && refuse_constants(mod, variables)
    for (name, value) in zip(variables, values)
        assign_variable(mod, String(name), value)
    end
    return nothing
end

# One alone fails by itself. Only names of the module's own are looked at: to ask for another one
# would bind it to what the module uses under that name.
function refuse_constants(mod::Module, variables)
    own = names(mod; all=true, imported=true)
    for name in variables
        Symbol(name) in own && isconst(mod, Symbol(name)) &&
            throw(ErrorException("cannot assign to $name, which is a constant in Julia"))
    end
    return nothing
end

function assign_variable(mod::Module, name::String, @nospecialize(value))
    Core.eval(mod, Expr(:(=), name_in(mod, name), QuoteNode(value)))
    return nothing
end

function call_from_python(session, header::Dict{String,Any}, values::Vector{Any})
    target = get(header, "target", nothing)
    f = target === nothing ? popfirst!(values) : named_function(session, target::String)
    # Just read by that name, which may stand for another by now.
    haskey(header, "named") && (f = read_variable(session.mod, header["named"]::String))
    names = header["keywords"]
    positional = length(values) - length(names)
    args, keywords = with_places(f, values[1:positional], names, values[(positional + 1):end])
    if get(header, "broadcast", false) === true
        isempty(keywords) && return Base.materialize(Base.broadcasted(f, args...))
        return Base.materialize(Base.broadcasted((xs...) -> f(xs...; keywords...), args...))
    end
    isempty(keywords) && return f(args...)
    return f(args...; keywords...)
end

"A function of the kernel's own (`polyglot.…`) or of Base (`Base.length`, `Base.:+`)."
function named_function(session, target::String)
    if startswith(target, "polyglot.")
        f = get(PYTHONS_FUNCTIONS, target, nothing)
        f === nothing && throw(ArgumentError("Julia has no function $target"))
        return (args...) -> f(session, args...)
    end
    start = startswith(target, "Base.:") ? 7 : 6
    return getfield(Base, Symbol(SubString(target, start)))
end

property_of(session, o, name::String) = getproperty(o, Symbol(name))
has_property(session, o, name::String) = hasproperty(o, Symbol(name))
has_property(session, m::Module, name::String) = isdefined(m, Symbol(name))
set_property(session, o, name::String, value) = (setproperty!(o, Symbol(name), value); nothing)
set_property(session, m::Module, name::String, value) = assign_variable(m, name, value)
round_of(session, o, digits) =
    digits === nothing ? round(Integer, o) : round(o; digits=digits)

# What cannot change is as good as its copy.
function copy_of(session, o)
    applicable(copy, o) && return copy(o)
    return o isa Union{Function,Type,Module} || !ismutable(o) ? o : copy(o)
end

"The range that Python's slice `start:stop` means as the index in a `position` among `count`."
function range_of(session, o, position::Int, count::Int, start, stop)
    start === nothing && stop === nothing && return Colon()
    whole = count == 1 ? (firstindex(o):lastindex(o)) : axes(o, position)
    return (start === nothing ? first(whole) : start):(stop === nothing ? last(whole) : stop)
end

index_of(session, o, indices...) = o[indices...]
index_of(session, m::Module, name::String) = getfield(m, Symbol(name))
set_index(session, o, value, indices...) = (o[indices...] = value; nothing)
integer_of(session, o) = Integer(o)
hash_of(session, o) = reinterpret(Int64, hash(o)) >> 2
text_of(session, o) = plain_form(rendered(session, "text/plain", o))

function bundle_for_python(session, o)
    return Dict{Any,Any}(
        mime => plain_form(form) for (mime, form) in mime_bundle(session, o)
    )
end

plain_form(text::String) = text
plain_form(json::JSON.Raw) = JSON.parse(json.text)
plain_form(quoted::JSON.InQuotes) = string(quoted)

names_for_python(session) = plain_names(names(session.mod; all=true, imported=true))
names_for_python(session, m::Module) = plain_names(names(m))
names_for_python(session, o) = plain_names(propertynames(o))

"The names below `path`, of variables or of the object `o`."
function names_below(session, path::Vector{Any}, o=session.mod)
    isempty(path) && o === session.mod && return names_for_python(session)
    for name in path
        o = getproperty(o, Symbol(name))
    end
    return names_for_python(session, o)
end

plain_names(all_names) = Any[string(name) for name in all_names if is_plain_name(Symbol(name))]
is_plain_name(name::Symbol) = Base.isidentifier(name) && !endswith(string(name), '!')

"An iteration under way, that the other side goes on with."
mutable struct Items
    collection::Any
    next::Any
    started::Bool
    at_once::Int
end

# What is computed on demand may have effects, or wait: one item at a time.
iterator_for_python(session, o) =
    Items(o, nothing, false, Base.IteratorSize(o) isa Union{Base.HasLength,Base.HasShape} && !(o isa Base.Generator) ? 1000 : 1)

function next_items(session, items::Items)
    taken = Any[]
    while length(taken) < items.at_once
        step = items.started ? iterate(items.collection, items.next) : iterate(items.collection)
        step === nothing && break
        items.started = true
        push!(taken, step[1])
        items.next = step[2]
    end
    return Tuple(taken)
end

# A cell that Python runs (`%run notebook.ipynb`, `%rerun`) shows what it gives as the host's cells do.
function cell_for_python(session, code::String)
    cell = run_mode(session, cell_mode(code), "Python")
    cell === nothing || !cell.shown || Base.invokelatest(show_value, session, cell.value)
    return nothing
end

# When an error of Julia's was in truth Python's, Python shows its own as the cause.
python_cause(session, e) = nothing
python_cause(session, e::PyError) = e.exception

const PYTHONS_FUNCTIONS = Dict{String,Any}(
    "polyglot.getproperty" => property_of,
    "polyglot.setproperty!" => set_property,
    "polyglot.hasproperty" => has_property,
    "polyglot.getindex" => index_of,
    "polyglot.setindex!" => set_index,
    "polyglot.round" => round_of,
    "polyglot.copy" => copy_of,
    "polyglot.range" => range_of,
    "polyglot.integer" => integer_of,
    "polyglot.hash" => hash_of,
    "polyglot.text" => text_of,
    "polyglot.bundle" => bundle_for_python,
    "polyglot.names" => names_for_python,
    "polyglot.names_below" => names_below,
    "polyglot.iterator" => iterator_for_python,
    "polyglot.next!" => next_items,
    "polyglot.python_cause" => python_cause,
    "polyglot.function" => function_for_python,
    "polyglot.documentation" => documentation_for_python,
    "polyglot.cell" => cell_for_python,
    "polyglot.variables" => variables_for_python,
    "polyglot.write" => write_here,
)
