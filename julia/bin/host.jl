# The program that the shim starts. Only the kernel's packages and the standard library are on the load
# path, whatever the user's environment holds.
empty!(LOAD_PATH)
push!(LOAD_PATH, dirname(@__DIR__), "@stdlib")
load = include("load.jl")
kernel = try
    load(LOAD_PATH[1], :PolyglotKernel, Main)
catch e
    problem = sprint(showerror, e)
    println(stderr, "polyglot-kernel cannot start. Its Julia package does not load: ", problem)
    println(stderr, "What to do: ask polyglot-kernel doctor")
    exit(1)
end
exit(kernel.main(ARGS))
