# The program that the shim becomes. Only the kernel's packages and the standard library are on the load
# path, whatever the user's environment holds. What stands here is parsed and compiled at each start: it is
# short and plain.
haskey(ENV, "POLYGLOT_DEPOT") && pushfirst!(DEPOT_PATH, ENV["POLYGLOT_DEPOT"])
empty!(LOAD_PATH)
push!(LOAD_PATH, dirname(dirname(@__DIR__)))
push!(LOAD_PATH, "@stdlib")
try
    # By itself: Julia keeps what it compiles of a package for another one without the installation's name, and
    # two installations would take it from each other.
    Base.require(Main, :PolyglotCommon)
    Base.require(Main, :PolyglotKernel)
catch e
    print(stderr, "polyglot-kernel cannot start. Its Julia package does not load: ")
    showerror(stderr, e)
    println(stderr, "\nWhat to do: ask polyglot-kernel doctor")
    exit(1)
end
Core.eval(Base.root_module(Main, :PolyglotKernel), :(exit(main(ARGS))))
