const RTLD_DEFAULT = Ptr{Cvoid}(Sys.isapple() ? -2 : 0)

"""
    c_symbol(name)

The address of the C function or variable `name`, null if there is none. By this, functions are called
that take a variable number of arguments: Julia 1.5 fails to put a `ccall` of such a one by name into a
system image.
"""
c_symbol(name::Symbol) = ccall(:dlsym, Ptr{Cvoid}, (Ptr{Cvoid}, Cstring), RTLD_DEFAULT, name)
