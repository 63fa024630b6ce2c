# Starts the Julia executor: `julia --startup-file=no executor.jl`, its pipes as
# docs/executor-protocol.md says. Leaves no name in Main, and the load path and the project as the
# user has them: they are changed for the load alone. The project is, because Julia before 1.11 keeps
# a compiled cache for each, and a new project would have the executor compiled anew. With the argument
# --compile-only it is loaded, and so compiled, and nothing else; with --rehearse-only it does what the
# warm-up does, for those who want to see what that has Julia compile.
let packages = dirname(dirname(@__DIR__)), users_project = Base.ACTIVE_PROJECT[], path = copy(LOAD_PATH)
    Base.ACTIVE_PROJECT[] = joinpath(packages, "PolyglotExecutor", "Project.toml")
    copy!(LOAD_PATH, [packages, "@stdlib"])
    package = Base.invokelatest(include("load.jl"), packages, :PolyglotExecutor, Module(:Kernel))
    copy!(LOAD_PATH, path)
    Base.ACTIVE_PROJECT[] = users_project
    # Names that came into being just now: Julia 1.12 warns of looking at them in any other way.
    part(mod, name) = Base.invokelatest(getfield, mod, name)
    executor, compat = part(package, :Executor), part(package, :Compat)
    if ARGS == ["--rehearse-only"]
        Base.invokelatest(part(executor, :rehearse_alone))
    elseif ARGS != ["--compile-only"]
        Base.invokelatest(part(compat, :compile_for), part(compat, :KERNELS_LEVEL))
        Base.invokelatest(part(executor, :main))
    end
end
