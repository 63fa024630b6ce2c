"""
One Jupyter kernel for cells in Julia and Python.

[`Host`](@ref) speaks the Jupyter protocol and never runs user code. Julia cells run in a process of
their own, the package PolyglotExecutor beside this one. They share [`JSON`](@ref) and
[`Frames`](@ref), the two layers of the executor protocol (`docs/executor-protocol.md`).
"""
module PolyglotKernel

include("json.jl")
include("frames.jl")
include("host/Host.jl")

end
