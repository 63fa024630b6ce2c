# Run with `--output-o`: what is loaded when this ends becomes a system image, with machine code of all
# that the files in ARGS name. Those are written by `--trace-compile`, a line `precompile(…)` for each
# function that a process of the kernel had to compile. See python/polyglot_shim/build_image.py.
#
# All of it in a module of its own: what is named in Main would be Base's there in every process of the image.
Core.eval(Module(), quote
    Base.reinit_stdio()
    Base.init_depot_path()
    empty!(LOAD_PATH)
    let packages = dirname(dirname(@__DIR__))
        push!(LOAD_PATH, joinpath(packages, "facades"), packages, "@stdlib")
    end
    foreach(name -> Base.require(Base, name), (:PolyglotKernel, :PolyglotExecutor, :PolyglotAsking))

    # The lines name types by the packages they are in; those of the traced process's own (its cells) have
    # no meaning here.
    let stage = Module(), failed = 0
        for package in values(Base.loaded_modules)
            Core.eval(stage, :(const $(nameof(package)) = $package))
        end
        for file in ARGS, line in eachline(file)
            try
                Core.eval(stage, Meta.parse(line))
            catch
                failed += 1
            end
        end
        println("what cannot be compiled ahead: ", failed)
    end
    empty!(LOAD_PATH)
    empty!(DEPOT_PATH)
end)
