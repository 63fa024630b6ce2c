"""
What the host and the executor share: JSON and frames, the two layers of the executor protocol
(`docs/executor-protocol.md`), what differs between Julia versions, a clock, and C symbols.
"""
module PolyglotCommon

export Compat, Frames, JSON, c_symbol, monotonic, time_of_day

include("symbol.jl")
include("clock.jl")
include("compat.jl")
include("json/JSON.jl")
include("frames.jl")

end
