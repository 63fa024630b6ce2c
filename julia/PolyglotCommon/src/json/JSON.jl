"""
JSON (RFC 8259), strict, and small enough that a process is ready soon after it starts.

Objects are `Dict{String,Any}`, arrays `Vector{Any}`, numbers `Int64`, `BigInt` where that is too
small, or `Float64`. A lone surrogate such as `"\\ud800"`, which Python can send and Unicode forbids,
is kept in a `String` as its three WTF-8 bytes and written as the same escape again.
"""
module JSON

"Deepest nesting that is read; deeper input is refused before it can exhaust the stack."
const MAX_DEPTH = 512

"""
    ParseError(message, position)

The input is not JSON. `position` is the byte, counted from 1, at which that became clear.
"""
struct ParseError <: Exception
    message::String
    position::Int
end

"What is wrong with the input, in a sentence's rest."
describe(e::ParseError) = string("invalid JSON at byte ", string(e.position), ": ", e.message)

Base.showerror(io::IO, e::ParseError) = print(io, describe(e))

include("read.jl")
include("write.jl")
include("escape.jl")

end
