"""
[`Asking`](@ref) for the host, which answers questions about Julia code while Julia itself runs a cell.
It is loaded when that first happens, so that no start of a kernel waits for it.
"""
module PolyglotAsking

const SHARED = joinpath(@__DIR__, "..", "..", "PolyglotKernel", "src")

include(joinpath(SHARED, "compat.jl"))
include(joinpath(SHARED, "json.jl"))
include(joinpath(SHARED, "asking", "Asking.jl"))

precompile(Asking.complete, (Module, String, Int))
precompile(Asking.inspect, (Module, String, Int, Int))
precompile(Asking.is_complete, (String,))

end
