# Compiles the packages as the kernel will load them: the host's under the flags of this process, the
# executor's under those it is started with.
pushfirst!(LOAD_PATH, dirname(@__DIR__))
using PolyglotKernel: PolyglotKernel
using PolyglotAsking: PolyglotAsking
run(PolyglotKernel.executor_compilation(joinpath(Sys.BINDIR, "julia")))
