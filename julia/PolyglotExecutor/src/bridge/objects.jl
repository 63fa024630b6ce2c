# What can be done with an object that stays in Python.

(o::PyObject)(args...; keywords...) = call_python(o, args, keywords)
(o::PyFunction)(args...; keywords...) = call_python(o, args, keywords)

Base.getproperty(o::AnyPyObject, name::Symbol) = call_python("builtins.getattr", o, string(name))

function Base.setproperty!(o::AnyPyObject, name::Symbol, value)
    call_python("builtins.setattr", o, string(name), value)
    return value
end

Base.hasproperty(o::AnyPyObject, name::Symbol) = call_python("builtins.hasattr", o, string(name))

Base.propertynames(o::AnyPyObject, private::Bool=false) =
    Symbol[Symbol(name) for name in call_python("polyglot.names", o)]

Base.getindex(o::AnyPyObject, indices...) = call_python("operator.getitem", o, python_index(indices))

function Base.setindex!(o::AnyPyObject, value, indices...)
    call_python("operator.setitem", o, python_index(indices), value)
    return o
end

function Base.delete!(o::AnyPyObject, index)
    call_python("operator.delitem", o, index)
    return o
end

python_index(indices::Tuple) = length(indices) == 1 ? indices[1] : indices

Base.length(o::AnyPyObject) = call_python("builtins.len", o)
Base.in(item, o::AnyPyObject) = call_python("operator.contains", o, item)
Base.haskey(o::AnyPyObject, key) = call_python("operator.contains", o, key)
Base.isempty(o::AnyPyObject) = length(o) == 0

Base.keys(o::AnyPyObject) = call_python("polyglot.keys", o)
Base.pairs(o::AnyPyObject) = (Pair(item...) for item in call_python("polyglot.items", o))
Base.get(o::PyObject, key, default) = get(() -> default, o, key)   # a function in its place is the default

function Base.get(default::Base.Callable, o::AnyPyObject, key)
    found = call_python("polyglot.find", o, key)
    return isempty(found) ? default() : found[1]
end

# `o[begin]` and `o[end]`, by Python's indices.
Base.firstindex(o::AnyPyObject) = 0
Base.lastindex(o::AnyPyObject) = length(o) - 1
Base.last(o::AnyPyObject) = o[-1]

function Base.push!(o::AnyPyObject, items...)
    call_python("polyglot.push", o, items...)
    return o
end

Base.copy(o::AnyPyObject) = call_python("copy.copy", o)

# Field by field it would be a second holder of the same reference, which ends with the first.
function Base.deepcopy_internal(o::AnyPyObject, copies::IdDict)
    return get!(() -> call_python("copy.deepcopy", o), copies, getfield(o, :holding))
end

Base.IteratorSize(::Type{<:AnyPyObject}) = Base.SizeUnknown()

function Base.iterate(o::AnyPyObject)
    return iterate(o, (call_python("polyglot.iterator", o), (), 1))
end

# Items come in portions; the state is the iterator in Python, the portion, and the place in it.
function Base.iterate(o::AnyPyObject, state::Tuple)
    iterator, items, position = state
    if position > length(items)
        items, position = call_python("polyglot.next", iterator), 1
        isempty(items) && return nothing
    end
    return items[position], (iterator, items, position + 1)
end

# A method for any value at all has Julia compile anew, in every process, what compares and adds values of
# unknown types. So there are none where Base falls back on another operator (`>` on `<`), and in front of
# `|` and its like, of which Julia's parser is full, only what Python has such an operator for.
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
            Base.$julia(a::AnyPyObject, b::AnyPyObject) = call_python($name, a, b)
            Base.$julia(a::AnyPyObject, b) = call_python($name, a, b)
            Base.$julia(a::$Left, b::AnyPyObject) = call_python($name, a, b)
        end
    end
end

# An integer literal as exponent takes a way of its own.
Base.:^(a::AnyPyObject, b::Integer) = call_python("polyglot.operator.pow", a, b)
Base.:-(a::AnyPyObject) = call_python("operator.neg", a)
Base.:+(a::AnyPyObject) = call_python("operator.pos", a)
Base.abs(a::AnyPyObject) = call_python("builtins.abs", a)

function Base.:(==)(a::AnyPyObject, b::AnyPyObject)
    getfield(a, :holding) === getfield(b, :holding) && return true
    return call_python("polyglot.operator.eq", a, b)
end
Base.:(==)(a::AnyPyObject, b) = call_python("polyglot.operator.eq", a, b)
Base.:(==)(a, b::AnyPyObject) = call_python("polyglot.operator.eq", a, b)
Base.:(==)(::AnyPyObject, ::Missing) = missing
Base.:(==)(::Missing, ::AnyPyObject) = missing
Base.isless(a::AnyPyObject, b::AnyPyObject) = (a < b) === true
Base.isequal(a::AnyPyObject, b::AnyPyObject) = (a == b) === true
Base.hash(o::AnyPyObject, h::UInt) = hash(call_python("builtins.hash", o), h)

Base.Float64(o::AnyPyObject) = Float64(call_python("builtins.float", o))
Base.Int64(o::AnyPyObject) = Int64(call_python("builtins.int", o))
Base.ComplexF64(o::AnyPyObject) = ComplexF64(call_python("builtins.complex", o))
Base.Bool(o::AnyPyObject) = call_python("builtins.bool", o)::Bool
Base.convert(::Type{Bool}, o::AnyPyObject) = Bool(o)
Base.convert(::Type{T}, o::AnyPyObject) where {T<:Real} = convert(T, Float64(o))
Base.convert(::Type{T}, o::AnyPyObject) where {T<:Integer} = convert(T, Int64(o))

Base.string(o::AnyPyObject) = call_python("builtins.str", o)::String
Base.print(io::IO, o::AnyPyObject) = print(io, string(o))
Base.show(io::IO, o::PyObject) = print(io, call_python("builtins.repr", o)::String)
Base.show(io::IO, o::PyFunction) = print(io, call_python("builtins.repr", o)::String)

# --------------------------------------------------------------------------------------- display

"""
How Python displays the object: its forms by mime type, bytes as base64 text, and their metadata. There are none
where it has displayed itself.
"""
python_forms(o::AnyPyObject) = call_python("polyglot.bundle", o)::Tuple
bundle_of(o::AnyPyObject) = python_forms(o)[1]::Dict{Any,Any}

# A message gets all that by one question.
function shown_forms(::Session, o::AnyPyObject)
    forms, metadata = python_forms(o)
    data = JSON.fields()
    for (mime, form) in forms
        push!(data, Pair{String,Any}(mime, is_json(mime) ? JSON.Raw(JSON.json(form)) : form))
    end
    return data, metadata_fields(metadata)
end

mime_bundle(session::Session, o::AnyPyObject) = shown_forms(session, o)[1]
metadata_of(::Session, ::AnyPyObject) = JSON.fields()

Base.show(io::IO, ::MIME"text/plain", o::PyObject) = print(io, bundle_of(o)["text/plain"])
Base.show(io::IO, ::MIME"text/plain", o::PyFunction) = print(io, bundle_of(o)["text/plain"])

const RICH_TEXT = (MIME"text/html", MIME"text/markdown", MIME"text/latex", MIME"image/svg+xml")
const RICH_BYTES = (MIME"image/png", MIME"image/jpeg", MIME"application/pdf")

for T in (RICH_TEXT..., RICH_BYTES...)
    mime = string(T())
    @eval Base.showable(::$T, o::AnyPyObject) = haskey(bundle_of(o), $mime)
    decode = T in RICH_TEXT ? identity : base64decode
    @eval function Base.show(io::IO, ::$T, o::AnyPyObject)
        write(io, $decode(bundle_of(o)[$mime]::String))
        return nothing
    end
end
