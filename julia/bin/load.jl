# Gives a function that loads one of the kernel's packages, which are in the folder `packages` and on
# the load path. Where what Julia compiles cannot be kept, as no depot can be written, the package is
# compiled in this process, and so anew at every start; it is in the module `place` then.
function (packages::String, name::Symbol, place::Module)
    if !isdefined(place, name)
        try
            return Base.require(Base, name)
        catch e
            reason = first(split(sprint(showerror, e), '\n'))
            println(stderr, "[polyglot] ", name, " is compiled anew at every start: ", reason)
            flush(stderr)
        end
        Base.include(place, joinpath(packages, string(name), "src", string(name, ".jl")))
    end
    return Base.invokelatest(getfield, place, name)
end
