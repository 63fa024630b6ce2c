"""
The process in which Julia cells run: the Julia side of `docs/executor-protocol.md`.

The root task evaluates; a reader task takes frames from the host. Whatever waits, waits in libuv,
so that the tasks and timers of the user go on between cells.
"""
module Executor

using Base64, InteractiveUtils, Logging, Markdown, REPL
using UUIDs: uuid4
using ..Asking, ..Compat, ..Frames, ..JSON, ..Values

include("../symbol.jl")
include("channel.jl")
include("streams.jl")
include("calls.jl")
include("mimes.jl")
include("comms.jl")
include("sigint.jl")
include("../bridge/losses.jl")
include("../bridge/bridge.jl")
include("session.jl")
include("interrupt.jl")
include("stdin.jl")
include("errors.jl")
include("places.jl")
include("display.jl")
include("progress.jl")
include("markers.jl")
include("evaluate.jl")
include("modes.jl")
include("packages.jl")
include("magics.jl")
include("editing.jl")
include("comm_messages.jl")
include("../bridge/request.jl")
include("../bridge/python.jl")
include("../bridge/objects.jl")
include("../bridge/variables.jl")
include("../bridge/served.jl")
include("../bridge/transfers.jl")
include("../bridge/completion.jl")
include("requests.jl")
include("polyglot.jl")
include("../bridge/rehearsal.jl")
include("warmup.jl")
include("start.jl")
include("precompile.jl")

end
