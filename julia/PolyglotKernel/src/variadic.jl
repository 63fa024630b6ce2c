const RTLD_DEFAULT = Ptr{Cvoid}(Sys.isapple() ? -2 : 0)

"""
    variadic(name)

The address of the C function `name`, which takes a variable number of arguments. Julia 1.5 fails to put
a `ccall` of such a one by name into a system image.
"""
variadic(name::Symbol) = ccall(:dlsym, Ptr{Cvoid}, (Ptr{Cvoid}, Cstring), RTLD_DEFAULT, name)
