"""
The host: the Jupyter protocol, and the routing between clients and executors.

It never runs user code and never waits for an executor: one loop waits for all sockets and pipes at
once (`kernel.jl`). The way of a cell: `wire.jl` checks and reads the message, `requests.jl` decides
what it asks for, `jobs.jl` queues it and hands it to its executor (`executor.jl`, `process.jl`) as a
frame; the executor's frames come back through `replies.jl`, text by way of `streams.jl`.
"""
module Host

using Libdl: Libdl
using SHA: SHA
using ..Frames: Frames, Frame, FrameError
using ..JSON: JSON

"The version of this package, from its Project.toml."
const KERNEL_VERSION = String(
    match(r"version = \"(.*)\"", read(joinpath(@__DIR__, "..", "..", "Project.toml"), String))[1]
)

include("../symbol.jl")
include("options.jl")
include("posix.jl")
include("zmq.jl")
include("openssl.jl")
include("signing.jl")
include("wire.jl")
include("connection.jl")
include("channels.jl")
include("registration.jl")
include("cell.jl")
include("rawpipe.jl")
include("sigint_words.jl")
include("process.jl")
include("executor.jl")
include("batch.jl")
include("kernel.jl")
include("streams.jl")
include("limit.jl")
include("history.jl")
include("alone.jl")
include("jobs.jl")
include("stop.jl")
include("calls.jl")
include("interrupt.jl")
include("replies.jl")
include("shutdown.jl")
include("subshells.jl")
include("requests.jl")
include("loop.jl")

"""
    main(arguments)

Run a kernel until it is shut down or its client is gone; see [`parse_options`](@ref) for the
arguments. Returns the exit code.
"""
function main(arguments::Vector{String})
    kernel = try
        Kernel(parse_options(arguments))
    catch e
        e isa StartError || rethrow()
        println(stderr, e.message)
        return 1
    end
    # A terminal's Ctrl-C is for the client. The kernel is interrupted by message. Julia's own answer
    # in a program is to exit, which `disable_sigint` alone does not keep it from.
    Base.exit_on_sigint(false)
    disable_sigint() do
        run_kernel(kernel)
    end
    return 0
end

# What is called by invokelatest, or only known when the kernel runs, is inferred ahead all the same.
precompile(main, (Vector{String},))
precompile(any, (typeof(is_ready), Vector{PollItem}))
precompile(answer_alone, (Kernel, Dict{String,Any}))
precompile(answer_impatient!, (Kernel, Float64))
precompile(ensure_started!, (Executor,))
precompile(service!, (Kernel, Executor))
precompile(start_jobs!, (Kernel,))
precompile(continue_interruption!, (Kernel, Float64))
precompile(continue_shutdown!, (Kernel, Float64))
precompile(conclude_stops!, (Kernel, Float64))
precompile(begin_shutdown!, (Kernel, Bool))
foreach(handler -> precompile(handler, (Kernel, Request)), values(QUEUED))
foreach(handler -> precompile(handler, (Kernel, Request)), values(ANSWERED))
foreach(handler -> precompile(handler, (Kernel, Executor, Frame)), values(FRAME_HANDLERS))

end
