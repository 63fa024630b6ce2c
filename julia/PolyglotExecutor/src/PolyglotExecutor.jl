"""
The process in which Julia cells run ([`Executor`](@ref)).

A package of its own beside PolyglotKernel, so that the host loads nothing of it and is ready sooner;
they share the sources of JSON and of the frames.
"""
module PolyglotExecutor

const SHARED = joinpath(@__DIR__, "..", "..", "PolyglotKernel", "src")

include(joinpath(SHARED, "compat.jl"))
include(joinpath(SHARED, "json.jl"))
include(joinpath(SHARED, "frames.jl"))
include(joinpath(SHARED, "asking", "Asking.jl"))
include(joinpath(SHARED, "values", "Values.jl"))
include(joinpath(SHARED, "executor", "Executor.jl"))

end
