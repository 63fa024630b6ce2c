"""
What the host and the executor share: JSON and frames, the two layers of the executor protocol
(`docs/executor-protocol.md`), what differs between Julia versions, a clock, memory to write to, and C symbols.
"""
module PolyglotCommon

export ByteWriter, Compat, Frames, JSON, c_symbol, monotonic, take_written!, time_of_day

include("symbol.jl")
include("clock.jl")
include("byte_writer.jl")
include("compat.jl")
include("json/JSON.jl")
include("frames.jl")

end
