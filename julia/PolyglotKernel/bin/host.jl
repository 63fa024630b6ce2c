# The program that the shim starts. Only the kernel's packages and the standard library are on the load
# path, whatever the user's environment holds.
empty!(LOAD_PATH)
push!(LOAD_PATH, dirname(dirname(@__DIR__)), "@stdlib")
using PolyglotKernel: PolyglotKernel
exit(PolyglotKernel.Host.main(ARGS))
