# Starts the Julia executor: `julia --startup-file=no executor.jl`, its pipes as
# docs/executor-protocol.md says. Leaves no name in Main and the load path as the user has it.
let package = dirname(@__DIR__)
    push!(LOAD_PATH, package, "@stdlib")
    id = Base.PkgId(Base.UUID("43f6351a-fee1-4f7a-ac03-ac28d5d519ba"), "PolyglotKernel")
    kernel = Base.require(id)
    resize!(LOAD_PATH, length(LOAD_PATH) - 2)
    Base.invokelatest(kernel.Executor.main)
end
