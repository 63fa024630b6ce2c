"""
What the host and the executor share: JSON and frames, the two layers of the executor protocol
(`docs/executor-protocol.md`), what differs between Julia versions, and C symbols.
"""
module PolyglotCommon

export Compat, Frames, JSON, c_symbol

include("symbol.jl")
include("compat.jl")
include("json/JSON.jl")
include("frames.jl")

end
