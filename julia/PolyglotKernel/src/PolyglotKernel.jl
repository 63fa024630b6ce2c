"""
One Jupyter kernel for cells in Julia and Python.

[`Host`](@ref) speaks the Jupyter protocol and never runs user code; [`Executor`](@ref) is the
process in which Julia cells run. They share [`JSON`](@ref) and [`Frames`](@ref), the two layers of
the executor protocol (`docs/executor-protocol.md`).
"""
module PolyglotKernel

include("compat.jl")
include("json.jl")
include("frames.jl")
include("host/Host.jl")
include("executor/Executor.jl")

end
