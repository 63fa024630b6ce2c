# Python from Julia cells: `py`, what stays in Python, and its errors.

"""
    PyError

An exception of Python's, here or in what Python called. `type` is its class's name, `message` its
text, `traceback` where it happened in Python, and `exception` the exception itself.
"""
struct PyError <: Exception
    type::String
    message::String
    traceback::String
    exception::Any
end

function Base.showerror(io::IO, e::PyError)
    print(io, "Python: ", e.type)
    isempty(e.message) || print(io, ": ", e.message)
    return nothing
end

function Base.showerror(io::IO, e::PyError, trace; backtrace=true)
    showerror(io, e)
    isempty(e.traceback) || print(io, "\n\n", e.traceback, "\n")
    backtrace && Base.show_backtrace(io, trace)
    return nothing
end

"""
    PyObject

An object that stays in Python. Fields, calls, operators, iteration and display are Python's; so is
indexing, with Python's indices: `o[0]` is its first item. It lives as long as something here refers
to it.
"""
struct PyObject
    holding::Values.Holding
end

"""
    PyFunction

A [`PyObject`](@ref) that can be called: a Julia function for all that asks for a `Function`.
"""
struct PyFunction <: Function
    holding::Values.Holding
end

const AnyPyObject = Union{PyObject,PyFunction}

python_proxy(holding::Values.Holding) =
    holding.reference.is_callable ? PyFunction(holding) : PyObject(holding)

reference(o::AnyPyObject) = getfield(o, :holding).reference

Values.write_value(encoder::Values.Encoder, o::AnyPyObject) =
    Values.write_foreign_reference(encoder, reference(o))

"""
    ask_python(op, parts, fields)

What Python answers. Throws [`PyError`](@ref), and `InterruptException` when it was interrupted.
"""
function ask_python(op::String, parts::Vector{NamedValue}, fields::JSON.Fields)
    value, failed = request(Polyglot.session(), op, parts, fields)
    failed === nothing || throw(python_error(failed))
    return value
end

function python_error(failed::Failed)
    header = failed.header
    header["ename"] == "KeyboardInterrupt" && return InterruptException()
    traceback = join(get(header, "traceback", ()), '\n')
    return PyError(header["ename"], get(header, "evalue", ""), traceback, failed.exception)
end

"Calls a Python function: an object, or one that is named (`builtins.len`)."
function call_python(target::String, args...)
    return ask_python("call", named_arguments(args, 0), call_fields(target, String[]))
end

function call_python(target::AnyPyObject, args::Tuple, keywords)
    name = take_name!(Polyglot.session().bridge, target)
    parts = named_arguments(args, length(keywords) + 1)
    pushfirst!(parts, NamedValue("the function", target))
    names = String[]
    for (name, value) in keywords
        push!(names, string(name))
        push!(parts, NamedValue("keyword $name", value))
    end
    fields = call_fields(nothing, names)
    name === nothing || push!(fields, Pair{String,Any}("named", name))
    return ask_python("call", parts, fields)
end

"Has Python show the figures that the cell has drawn."
function show_figures(session)
    session.bridge.figures = false
    call_python("polyglot.show_figures")
    return nothing
end

function named_arguments(args::Tuple, more::Int)
    parts = sizehint!(NamedValue[], length(args) + more)
    for (i, value) in enumerate(args)
        push!(parts, NamedValue("argument $i", value))
    end
    return parts
end

function call_fields(target, keywords::Vector{String})
    fields = JSON.fields("keywords" => Any[keywords...])
    target === nothing || push!(fields, Pair{String,Any}("target", target))
    return fields
end

# ------------------------------------------------------------------------------------ the object py

"""
    py

Python, from Julia cells: `py.x` reads a variable, `py.x = v` assigns it, `py.f(1, key = 2)` calls a
function; `py"expression"` and `py\"\"\"statements\"\"\"` run code, `pyimport("numpy")` imports a
module. Errors are [`PyError`](@ref)s.
"""
struct Python end

Base.getproperty(::Python, name::Symbol) = python_get(string(name))
Base.getindex(::Python, name::Union{Symbol,AbstractString}) = python_get(string(name))
Base.setproperty!(::Python, name::Symbol, value) = python_set(string(name), value)

function Base.setindex!(::Python, value, name::Union{Symbol,AbstractString})
    return python_set(string(name), value)
end

function python_get(name::String)
    known = known_value(Polyglot.session(), name)
    return known === nothing ? ask_python("get", NamedValue[], JSON.fields("name" => name)) : known
end

function python_set(name::String, @nospecialize(value))
    ask_python("set", NamedValue[name => value], JSON.fields("names" => Any[name]))
    return value
end

function Base.show(io::IO, ::Python)
    return print(io, "py (Python: py.x reads, py.x = v assigns, py.f(…) calls, py\"code\" evaluates)")
end

Base.propertynames(::Python, private::Bool=false) =
    Symbol[Symbol(name) for name in call_python("polyglot.names")]

"""
    pyimport(name)

The Python module `name`.
"""
pyimport(name::AbstractString) = call_python("polyglot.import", String(name))

"""
    py"code"

The value of Python code, which runs among the variables of the Python cells. Of statements it is the
value of the last one, if that is an expression. `\$name` and `\$(expression)` stand for Julia values;
`\$\$` is a dollar sign.
"""
macro py_str(code)
    source, values = interpolated(code)
    return quote
        evaluate_python($source, NamedValue[$((:($name => $(esc(value))) for (name, value) in values)...)])
    end
end

function evaluate_python(code::String, values::Vector{NamedValue})
    fields = JSON.fields("code" => code, "names" => Any[first(value) for value in values])
    return ask_python("eval", values, fields)
end

"The code with names in the place of what is interpolated, and what they stand for."
function interpolated(code::String)
    source = IOBuffer()
    values = Pair{String,Any}[]
    position = 1
    while (dollar = findnext(isequal('$'), code, position)) !== nothing
        print(source, SubString(code, position, prevind(code, dollar)))
        position = dollar + 1
        if position <= ncodeunits(code) && code[position] == '$'
            print(source, '$')
            position += 1
            continue
        end
        expression, position = Meta.parse(code, position; greedy=false)
        name = "_polyglot_$(length(values) + 1)"
        push!(values, name => expression)
        print(source, name)
    end
    print(source, SubString(code, position))
    return String(take!(source)), values
end

const PYTHON = Python()

"What every cell finds beside `py`; exported, so that a definition of the user's takes its place."
module PythonNames
using ..PolyglotExecutor: pyimport, @py_str
export pyimport, @py_str
end
