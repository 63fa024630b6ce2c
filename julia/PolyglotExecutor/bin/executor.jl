# Starts the Julia executor: `julia --startup-file=no executor.jl`, its pipes as
# docs/executor-protocol.md says. Leaves no name in Main, and the load path, the depots and the project as
# the user has them: they are changed for the load alone. The project is, because Julia before 1.11 keeps
# a compiled cache for each, and a new project would have the executor compiled anew. With the argument
# --compile-only it is loaded, and so compiled, and nothing else; with --rehearse-only it does what the
# warm-up does, for those who want to see what that has Julia compile. What stands here is parsed and
# compiled at each start: it is short and plain.
let project = Base.ACTIVE_PROJECT[], path = copy(LOAD_PATH), depots = copy(DEPOT_PATH)
    haskey(ENV, "POLYGLOT_DEPOT") && pushfirst!(DEPOT_PATH, pop!(ENV, "POLYGLOT_DEPOT"))
    Base.ACTIVE_PROJECT[] = joinpath(dirname(@__DIR__), "Project.toml")
    copy!(LOAD_PATH, [dirname(dirname(@__DIR__)), "@stdlib"])
    package = Base.require(Main, :PolyglotExecutor)
    copy!(LOAD_PATH, path)
    copy!(DEPOT_PATH, depots)
    Base.ACTIVE_PROJECT[] = project
    Core.eval(package, :(begin_with($ARGS)))
end
