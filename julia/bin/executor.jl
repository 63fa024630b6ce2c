# Starts the Julia executor: `julia --startup-file=no executor.jl`, its pipes as
# docs/executor-protocol.md says. Leaves no name in Main, and the load path and the project as the
# user has them: they are changed for the load alone. The project is, because Julia before 1.11 keeps
# a compiled cache for each, and a new project would have the executor compiled anew. With the argument
# --compile-only it is loaded, and so compiled, and nothing else; with --rehearse-only it does what the
# warm-up does, for those who want to see what that has Julia compile.
let packages = dirname(@__DIR__), users_project = Base.ACTIVE_PROJECT[], path = copy(LOAD_PATH)
    Base.ACTIVE_PROJECT[] = joinpath(packages, "PolyglotExecutor", "Project.toml")
    copy!(LOAD_PATH, [packages, "@stdlib"])
    package = Base.invokelatest(include("load.jl"), packages, :PolyglotExecutor, Module(:Kernel))
    copy!(LOAD_PATH, path)
    Base.ACTIVE_PROJECT[] = users_project
    # Evaluated, as the package's names may have come into being just now.
    if ARGS == ["--rehearse-only"]
        @eval $package.rehearse_alone()
    elseif ARGS != ["--compile-only"]
        @eval $package.PolyglotCommon.Compat.compile_for($package.PolyglotCommon.Compat.KERNELS_LEVEL)
        @eval $package.main()
    end
end
