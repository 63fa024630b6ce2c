# Reading of test/vectors/*.json, which pytest reads too; the tags are explained in make.py there.

module Vectors

using PolyglotCommon: JSON

const FOLDER = normpath(@__DIR__, "..", "..", "test", "vectors")

load(name) = JSON.parse(read(joinpath(FOLDER, name)))

"The bytes of a case: given in hexadecimal, or as texts and how often each is repeated."
function input(case)
    haskey(case, "bytes") && return hex2bytes(case["bytes"])
    return Vector{UInt8}(join(text^count for (text, count) in case["repeat"]))
end

code_points(text::AbstractString) = Any[Int(codepoint(char)) for char in text]
from_code_points(points) = String(map(Char, points))

"The tagged form of a value, which says its type as well."
tagged(::Nothing) = Any["null"]
tagged(value::Bool) = Any[string(value)]
tagged(value::Union{Int64,BigInt}) = Any["int", string(value)]
tagged(value::String) = Any["string", code_points(value)]
tagged(value::Vector{Any}) = Any["array", Any[tagged(item) for item in value]]

# By its bits, which tells -0.0 from 0.0.
tagged(value::Float64) = Any["float", reinterpret(UInt64, value)]

function tagged(value::Dict{String,Any})
    pairs = Any[Any[code_points(key), tagged(item)] for (key, item) in value]
    return Any["object", sort(pairs; by=first)]
end

"The value that a tagged form stands for."
function untagged(form)
    tag = form[1]
    tag == "null" && return nothing
    tag in ("true", "false") && return tag == "true"
    tag == "int" && return parse_integer(form[2])
    tag == "float" && return parse(Float64, form[2])
    tag == "string" && return from_code_points(form[2])
    tag == "array" && return Any[untagged(item) for item in form[2]]
    tag == "object" && return Dict{String,Any}(
        from_code_points(key) => untagged(item) for (key, item) in form[2]
    )
    return error("unknown tag: $tag")
end

function parse_integer(digits)
    small = tryparse(Int64, digits)
    return small === nothing ? parse(BigInt, digits) : small
end

end
