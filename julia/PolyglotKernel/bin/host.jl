# The program that the shim starts. Only this package and the standard library are on the load path,
# whatever the user's environment holds.
empty!(LOAD_PATH)
push!(LOAD_PATH, dirname(@__DIR__), "@stdlib")
using PolyglotKernel: PolyglotKernel
exit(PolyglotKernel.Host.main(ARGS))
