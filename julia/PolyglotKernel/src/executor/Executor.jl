"""
The process in which Julia cells run: the Julia side of `docs/executor-protocol.md`.

The root task evaluates; a reader task takes frames from the host. Whatever waits, waits in libuv,
so that the tasks and timers of the user go on between cells.
"""
module Executor

using Base64, InteractiveUtils, Logging, Markdown, REPL
using ..Compat, ..Frames, ..JSON

include("channel.jl")
include("streams.jl")
include("calls.jl")
include("session.jl")
include("stdin.jl")
include("interrupt.jl")
include("errors.jl")
include("display.jl")
include("evaluate.jl")
include("requests.jl")
include("start.jl")

end
