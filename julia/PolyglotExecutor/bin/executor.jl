# Starts the Julia executor: `julia --project=PACKAGE executor.jl`, its pipes as docs/executor-protocol.md
# says. The load path, the depots and the project are changed for the load of the package alone, which then
# gives them back as the user has them (`restore_paths!`), but for the folder of the facades, where `using` finds
# the package IJulia before any other. Leaves no name in Main. What stands here is parsed
# and compiled at each start: it is short and plain.
haskey(ENV, "POLYGLOT_DEPOT") && pushfirst!(DEPOT_PATH, ENV["POLYGLOT_DEPOT"])
pushfirst!(LOAD_PATH, "@stdlib")
pushfirst!(LOAD_PATH, dirname(dirname(@__DIR__)))
# The first: from Julia 1.11 on nothing is looked for behind the folder of the package that asks for it.
pushfirst!(LOAD_PATH, joinpath(dirname(dirname(@__DIR__)), "facades"))
Base.require(Main, :PolyglotCommon)     # by itself, as in host.jl
Core.eval(Base.require(Main, :PolyglotExecutor), :(begin_with(ARGS)))
