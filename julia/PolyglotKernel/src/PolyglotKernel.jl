"""
The host of one Jupyter kernel for cells in Julia and Python: the Jupyter protocol, and the routing
between clients and executors.

It never runs user code and never waits for an executor: one loop waits for all sockets and pipes at
once (`loop.jl`). The way of a cell: `wire/` checks and reads the message, `requests.jl` decides what
it asks for, `jobs/` queues it and hands it to its executor (`executors/`) as a frame; the executor's
frames come back through `executors/replies.jl`, text by way of `output/`. Julia cells run in a process
of their own, the package PolyglotExecutor beside this one.
"""
module PolyglotKernel

using Libdl: Libdl
using SHA: SHA
using PolyglotCommon: ByteWriter, Compat, Frames, JSON, c_symbol, monotonic, take_written!, time_of_day
using .Frames: Frame, FrameError

"The version of this package, from its Project.toml."
const KERNEL_VERSION = String(
    match(r"version = \"(.*)\"", read(joinpath(@__DIR__, "..", "Project.toml"), String))[1]
)

include("options.jl")
include("executors/posix.jl")
include("log.jl")
include("wire/zmq.jl")
include("wire/openssl.jl")
include("wire/backlog.jl")
include("wire/signing.jl")
include("wire/dates.jl")
include("wire/wire.jl")
include("wire/encryption.jl")
include("wire/connection.jl")
include("wire/channels.jl")
include("wire/registration.jl")
include("jobs/cell.jl")
include("jobs/transfers.jl")
include("jobs/parameters.jl")
include("executors/rawpipe.jl")
include("executors/look.jl")
include("executors/sigint_words.jl")
include("executors/guard.jl")
include("executors/process.jl")
include("executors/insist.jl")
include("executors/executor.jl")
include("output/batch.jl")
include("litter.jl")
include("kernel.jl")
include("output/streams.jl")
include("output/limit.jl")
include("jobs/history.jl")
include("jobs/alone.jl")
include("jobs/debugging.jl")
include("jobs/jobs.jl")
include("jobs/waiting.jl")
include("jobs/stop.jl")
include("jobs/calls.jl")
include("jobs/interrupt.jl")
include("jobs/signals.jl")
include("jobs/overdue.jl")
include("executors/given_up.jl")
include("executors/replies.jl")
include("executors/stopped.jl")
include("shutdown.jl")
include("jobs/subshells.jl")
include("requests.jl")
include("loop.jl")
include("rehearsal.jl")

"""
    main(arguments)

Run a kernel until it is shut down or its client is gone; see [`parse_options`](@ref) for the
arguments. With `--compile-only` alone nothing is done: the package is loaded, and so compiled. Returns the
exit code.
"""
function main(arguments::Vector{String})
    length(arguments) == 1 && arguments[1] == "--compile-only" && return 0
    ignore_sigint()
    kernel = try
        check_descriptor_limit()
        Kernel(parse_options(arguments))
    catch e
        e isa StartError || rethrow()
        log_last_words(e.message)
        return 1
    end
    # Where the system cannot discard it: Julia's own answer in a program is to exit, which `disable_sigint`
    # alone does not keep it from.
    Base.exit_on_sigint(false)
    disable_sigint() do
        run_kernel(kernel)
    end
    return 0
end

# The sockets and the executors' pipes take some fifty, each client five more, and the next executor ten.
const FEWEST_DESCRIPTORS = 96

# libzmq would not let clients in, and tell nobody.
function check_descriptor_limit()
    limit = descriptor_limit()
    limit >= FEWEST_DESCRIPTORS && return nothing
    throw(StartError("polyglot: the kernel may open $limit files, and needs $FEWEST_DESCRIPTORS or more. " *
                     "What to do: raise the limit where Jupyter is started (ulimit -n 1024)"))
end

# What is called by invokelatest, or only known when the kernel runs, is inferred ahead all the same.
precompile(main, (Vector{String},))
precompile(any, (typeof(is_ready), Vector{PollItem}))
precompile(answer_alone, (Kernel, Dict{String,Any}))
precompile(answer_in_bounds, (Kernel, Dict{String,Any}))
precompile(prepare!, (Kernel,))
precompile(answer_impatient!, (Kernel, Float64))
precompile(ensure_started!, (Executor,))
precompile(service!, (Kernel, Executor))
precompile(start_jobs!, (Kernel,))
precompile(continue_interruption!, (Kernel, Float64))
precompile(force!, (Interruption, Process, Float64))
precompile(send_sigint_where, (typeof(is_in_julia), Cint))
precompile(continue_shutdown!, (Kernel, Float64))
precompile(look_for_stopped!, (Kernel, Float64))
precompile(end_given_up!, (Kernel, Float64))
precompile(conclude_stops!, (Kernel, Float64))
precompile(interrupt_overdue!, (Kernel, Float64))
precompile(begin_shutdown!, (Kernel, Bool))
foreach(handler -> precompile(handler, (Kernel, Request)), values(QUEUED))
foreach(handler -> precompile(handler, (Kernel, Request)), values(ANSWERED))
foreach(handler -> precompile(handler, (Kernel, Executor, Frame)), values(FRAME_HANDLERS))
precompile(adopt_process, (Started,))
Compat.CACHES_MACHINE_CODE && Compat.keep_compiled(rehearse)

end
