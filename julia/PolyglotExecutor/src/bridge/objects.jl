# What can be done with an object that stays in Python.

(o::PyObject)(args...; keywords...) = call_python(o, args, keywords)

Base.getproperty(o::PyObject, name::Symbol) = call_python("builtins.getattr", o, string(name))

function Base.setproperty!(o::PyObject, name::Symbol, value)
    call_python("builtins.setattr", o, string(name), value)
    return value
end

Base.hasproperty(o::PyObject, name::Symbol) = call_python("builtins.hasattr", o, string(name))

Base.propertynames(o::PyObject, private::Bool=false) =
    Symbol[Symbol(name) for name in call_python("polyglot.names", o)]

Base.getindex(o::PyObject, indices...) = call_python("operator.getitem", o, python_index(indices))

function Base.setindex!(o::PyObject, value, indices...)
    call_python("operator.setitem", o, python_index(indices), value)
    return o
end

function Base.delete!(o::PyObject, index)
    call_python("operator.delitem", o, index)
    return o
end

python_index(indices::Tuple) = length(indices) == 1 ? indices[1] : indices

Base.length(o::PyObject) = call_python("builtins.len", o)
Base.in(item, o::PyObject) = call_python("operator.contains", o, item)
Base.haskey(o::PyObject, key) = call_python("operator.contains", o, key)
Base.isempty(o::PyObject) = length(o) == 0

Base.keys(o::PyObject) = call_python("polyglot.keys", o)
Base.pairs(o::PyObject) = (Pair(item...) for item in call_python("polyglot.items", o))
Base.get(o::PyObject, key, default) = get(() -> default, o, key)

function Base.get(default::Base.Callable, o::PyObject, key)
    found = call_python("polyglot.find", o, key)
    return isempty(found) ? default() : found[1]
end

# `o[begin]` and `o[end]`, by Python's indices.
Base.firstindex(o::PyObject) = 0
Base.lastindex(o::PyObject) = length(o) - 1
Base.last(o::PyObject) = o[-1]

function Base.push!(o::PyObject, items...)
    call_python("polyglot.push", o, items...)
    return o
end

Base.copy(o::PyObject) = call_python("copy.copy", o)

# Field by field it would be a second holder of the same reference, which ends with the first.
function Base.deepcopy_internal(o::PyObject, copies::IdDict)
    return get!(() -> call_python("copy.deepcopy", o), copies, getfield(o, :holding))
end

Base.IteratorSize(::Type{PyObject}) = Base.SizeUnknown()

function Base.iterate(o::PyObject)
    return iterate(o, (call_python("polyglot.iterator", o), (), 1))
end

# Items come in portions; the state is the iterator in Python, the portion, and the place in it.
function Base.iterate(o::PyObject, state::Tuple)
    iterator, items, position = state
    if position > length(items)
        items, position = call_python("polyglot.next", iterator), 1
        isempty(items) && return nothing
    end
    return items[position], (iterator, items, position + 1)
end

# A method for any value at all would have Julia compile anew, in every process, what compares and adds
# values of unknown types: those are left to Base where it falls back on another operator (`>` on `<`), or
# are for the values that Python has an equivalent of.
const Convertible = Union{
    Number,AbstractString,AbstractChar,AbstractArray,AbstractDict,AbstractSet,Tuple,AbstractTime
}
const Collection = Union{AbstractArray,AbstractSet}

# Python tries its object's own methods, so that no operator comes back here (operators.py).
for (operators, Left) in (
    ((:+ => "add", :- => "sub", :* => "mul", :/ => "truediv", :^ => "pow", :% => "mod"), Any),
    ((:mod => "mod", :fld => "floordiv", :< => "lt", :<= => "le"), Any),
    ((:& => "and", :| => "or", :xor => "xor"), Collection),
)
    for (julia, python) in operators
        name = "polyglot.operator." * python
        @eval begin
            Base.$julia(a::PyObject, b::PyObject) = call_python($name, a, b)
            Base.$julia(a::PyObject, b) = call_python($name, a, b)
            Base.$julia(a::$Left, b::PyObject) = call_python($name, a, b)
        end
    end
end

# An integer literal as exponent takes a way of its own.
Base.:^(a::PyObject, b::Integer) = call_python("polyglot.operator.pow", a, b)
Base.:-(a::PyObject) = call_python("operator.neg", a)
Base.:+(a::PyObject) = call_python("operator.pos", a)
Base.abs(a::PyObject) = call_python("builtins.abs", a)

function Base.:(==)(a::PyObject, b::PyObject)
    getfield(a, :holding) === getfield(b, :holding) && return true
    return call_python("polyglot.operator.eq", a, b)
end
Base.:(==)(a::PyObject, b::Convertible) = call_python("polyglot.operator.eq", a, b)
Base.:(==)(a::Convertible, b::PyObject) = call_python("polyglot.operator.eq", a, b)
Base.:(==)(::PyObject, ::Missing) = missing
Base.:(==)(::Missing, ::PyObject) = missing
Base.isequal(a::PyObject, b::PyObject) = (a == b) === true
Base.hash(o::PyObject, h::UInt) = hash(call_python("builtins.hash", o), h)

Base.Float64(o::PyObject) = Float64(call_python("builtins.float", o))
Base.Int64(o::PyObject) = Int64(call_python("builtins.int", o))
Base.ComplexF64(o::PyObject) = ComplexF64(call_python("builtins.complex", o))
Base.Bool(o::PyObject) = call_python("builtins.bool", o)::Bool
Base.convert(::Type{Bool}, o::PyObject) = Bool(o)
Base.convert(::Type{T}, o::PyObject) where {T<:Real} = convert(T, Float64(o))
Base.convert(::Type{T}, o::PyObject) where {T<:Integer} = convert(T, Int64(o))

Base.string(o::PyObject) = call_python("builtins.str", o)::String
Base.print(io::IO, o::PyObject) = print(io, string(o))
Base.show(io::IO, o::PyObject) = print(io, call_python("builtins.repr", o)::String)

# --------------------------------------------------------------------------------------- display

"How Python displays the object: its forms by mime type, bytes as base64 text."
bundle_of(o::PyObject) = call_python("polyglot.bundle", o)::Dict{Any,Any}

# A message gets all forms by one question.
function mime_bundle(::Session, o::PyObject)
    data = JSON.fields()
    for (mime, form) in bundle_of(o)
        push!(data, Pair{String,Any}(mime, is_json(mime) ? JSON.Raw(JSON.json(form)) : form))
    end
    return data
end

Base.show(io::IO, ::MIME"text/plain", o::PyObject) = print(io, bundle_of(o)["text/plain"])

const RICH_TEXT = (MIME"text/html", MIME"text/markdown", MIME"text/latex", MIME"image/svg+xml")
const RICH_BYTES = (MIME"image/png", MIME"image/jpeg", MIME"application/pdf")

for T in (RICH_TEXT..., RICH_BYTES...)
    mime = string(T())
    @eval Base.showable(::$T, o::PyObject) = haskey(bundle_of(o), $mime)
    decode = T in RICH_TEXT ? identity : base64decode
    @eval function Base.show(io::IO, ::$T, o::PyObject)
        write(io, $decode(bundle_of(o)[$mime]::String))
        return nothing
    end
end
