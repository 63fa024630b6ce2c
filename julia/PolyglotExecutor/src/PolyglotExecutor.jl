"""
The process in which Julia cells run: the Julia side of `docs/executor-protocol.md`.

The root task evaluates; a reader task takes frames from the host. Whatever waits, waits in libuv,
so that the tasks and timers of the user go on between cells. The host loads nothing of this package.
"""
module PolyglotExecutor

using Base64, InteractiveUtils, Logging, Markdown, REPL
using IJulia: IJulia   # the facade of this name
using PolyglotAsking
using PolyglotAsking: ReplCompat
using PolyglotCommon
using UUIDs: uuid4

include("values/Values.jl")
include("pipes/descriptors.jl")
include("pipes/channel.jl")
include("streams/streams.jl")
include("pipes/calls.jl")
include("display/mimes.jl")
include("comms/comms.jl")
include("cells/sigint.jl")
include("bridge/losses.jl")
include("bridge/known_names.jl")
include("bridge/bridge.jl")
include("garbage.jl")
include("session.jl")
include("cells/interrupt.jl")
include("streams/stdin.jl")
include("streams/menus.jl")
include("cells/errors.jl")
include("cells/places.jl")
include("cells/hints.jl")
include("display/display.jl")
include("display/progress.jl")
include("cells/markers.jl")
include("cells/refused.jl")
include("cells/evaluate.jl")
include("cells/modes.jl")
include("asking/packages.jl")
include("cells/magics.jl")
include("asking/editing.jl")
include("comms/comm_messages.jl")
include("bridge/shared_array_segments.jl")
include("bridge/request.jl")
include("bridge/python.jl")
include("bridge/objects.jl")
include("bridge/variables.jl")
include("bridge/functions.jl")
include("bridge/redirected.jl")
include("bridge/served.jl")
include("bridge/transfers.jl")
include("bridge/completion.jl")
include("asking/variables.jl")
include("asking/questions.jl")
include("cells/execute.jl")
include("requests.jl")
include("polyglot.jl")
include("ijulia.jl")
include("rehearsal/stage.jl")
include("rehearsal/values.jl")
include("rehearsal/rehearsal.jl")
include("rehearsal/cells.jl")
include("rehearsal/crossing.jl")
include("start.jl")
include("rehearsal/precompile.jl")

end
