"""
    Caller

Who made a call: the language, the number by which it knows the call, and which of its processes.
"""
struct Caller
    language::String
    number::Int
    generation::Int
end

"""
    Job(; id, kind, language, request, frame, …)

Something asked of an executor: a cell, a comm message, a question (completion and the like), or a
call of the other executor.

- `kind`: `:execute`, `:comm`, `:ask`, `:call`
- `reply_type`: the `msg_type` of the reply to the client, empty when there is none
- `frame`, `buffers`: what the executor gets, but for what is known only when the job starts
- `result`: the content of its `execute_result`, once it has given one
- `call`: for a call, who made it
- `patience`: until when, in `monotonic()`, it waits for its executor to start
- `pipelined`: a cell before it had no reply yet when it came: its client does not wait for those
- `received`: when it came, `started`: when its executor got it, in `monotonic()`
- `numbered`: a cell has its number; whether that is one of its own it `counts`
- `announced`: the clients know that work on it begins; `waits_told`: and that it waits for its language
- `subshell`: for a cell or a comm message, the subshell it runs in; empty for the main shell
"""
Base.@kwdef mutable struct Job
    id::Int
    kind::Symbol
    language::String
    request::Request
    reply_type::String = ""
    frame::Dict{String,Any}
    buffers::Vector{Vector{UInt8}} = Vector{UInt8}[]
    cell::Cell = plain_cell("", language)
    execution_count::Int = 0
    silent::Bool = true
    stop_on_error::Bool = false
    result::Union{Nothing,Vector{UInt8}} = nothing
    call::Union{Nothing,Caller} = nothing
    patience::Float64 = Inf
    started::Float64 = NaN
    subshell::String = ""
    received::Float64 = monotonic()
    pipelined::Bool = false
    numbered::Bool = false
    counts::Bool = false
    announced::Bool = false
    waits_told::Bool = false
end

"An open comm: the language that it belongs to, and its target's name."
struct Comm
    language::String
    target::String
end

"An input request that has no answer yet."
struct PendingInput
    job::Job
    executor::Executor
    id::Int
end

"""
    Parent()

The process that started the kernel, which must not outlive it: Jupyter's clients give its id.
"""
struct Parent
    pid::Cint                                   # 0 when it is not known
    pidfd::Cint                                 # -1 where the system has none
end

function Parent()
    pid = tryparse(Int, get(ENV, "JPY_PARENT_PID", ""))
    return pid === nothing ? Parent(0, -1) : Parent(pid, open_pidfd(Cint(pid)))
end

"Whether the parent is known and gone."
is_gone(parent::Parent) = parent.pid > 0 && send_signal(parent.pid, Cint(0)) != 0

"""
    Interruption(job, executor, now)

An interrupt that a job has not yet ended by; see `interrupt.jl`. Times are those of `monotonic()`.
"""
mutable struct Interruption
    job::Job                                    # the cell or comm message that is interrupted
    executor::Executor                          # the innermost one that runs, at the last step
    presses::Int                                # of the stop button
    began::Float64                              # the first one
    since::Float64                              # the first one that the code has not heard
    pressed::Float64                            # the last one
    insists::Bool                               # the code has caught those before, and gone on
    framed::Bool                                # for this one a frame was sent
    signalled::Float64                          # and when SIGINT was, NaN for not yet
    missed::Cint                                # how many its process had lost before
    arrived::Bool                               # the code has got it
    next_step::Float64                          # Inf when nothing more is to be sent
    warn_at::Float64                            # Inf when it is not to be told that it had no effect
    compiles::Bool                              # it was told that the runtime is busy
    warned::Bool
    end_at::Float64                             # when the process is ended; Inf: not yet
end

Interruption(job::Job, executor::Executor, now::Float64) =
    Interruption(job, executor, 0, now, now, now, false, false, NaN, 0, false, now, Inf, false, false, Inf)

"A failed cell whose reply is kept back until `deadline`, at the most until `last`; see `stop.jl`."
struct Stop
    job::Job
    content::Union{String,Vector{UInt8}}
    deadline::Float64
    last::Float64
end

"A failed cell, and when its reply was sent, in `monotonic()`."
struct Stopped
    job::Job
    replied::Float64
end

"The kernel is ending; `next` is when the executors that are left are treated more rudely."
mutable struct Shutdown
    stage::Symbol                               # :polite, :terminate, :kill
    next::Float64
end

const NOT_SUSPENDED = Inf

"""
    Debugging()

What the executor has said of its debugger.

- `attached`: a session is under way
- `suspended`: since when, in `monotonic()`, code stands at a breakpoint; `NOT_SUSPENDED`: none does
- `marked`: the cells of other languages, as they are written, in which a breakpoint is set
- `parent`: the header of the request that debug events belong to
"""
mutable struct Debugging
    attached::Bool
    suspended::Float64
    marked::Vector{String}
    parent::Vector{UInt8}
end

Debugging() = Debugging(false, NOT_SUSPENDED, String[], NO_PARENT)

"""
    Kernel(options)

All of a running kernel's state. Making one binds the sockets and starts the executors. Throws
[`StartError`](@ref).
"""
mutable struct Kernel
    options::Options
    connection::Connection
    session::Session
    channels::Channels
    executors::Vector{Executor}
    source::Union{Executor,Nothing}             # whose output is handled now, if any
    queue::Vector{Job}                          # not yet handed to an executor, in order of arrival
    jobs::Dict{Int,Job}                         # handed to an executor, not yet answered
    last_id::Int
    execution_count::Int                        # of the last cell that counted
    cell::Union{Job,Nothing}                    # the one that runs in the main shell
    suspended::Union{Job,Nothing}               # the one at a breakpoint beside which that runs
    debugging::Debugging
    stops::Vector{Stop}                         # the oldest first
    stopped::Vector{Stopped}                    # those of the last moment, the oldest first
    subshells::Vector{String}                   # ids, the oldest first
    before::Cell                                # the one that came last
    batch::StreamBatch
    limit::OutputLimit
    inputs::Vector{PendingInput}                # oldest first
    parents::Dict{Int,Vector{UInt8}}            # header of the request of each recent job
    comms::Dict{String,Any}                     # comm_id => Comm; Any, as that is compiled already
    targets::Dict{String,String}                # target_name => language
    julia_cells::Vector{String}                 # the last ones, for the words in them
    interruption::Union{Interruption,Nothing}
    shutdown::Union{Shutdown,Nothing}
    preparing::Float64                          # when the host makes ready to answer alone; Inf: not now
    awake_until::Float64                        # it does not sleep before, in `monotonic()`: a call is on its way
    litter::Litter
    parent::Parent
end

function Kernel(options::Options)
    executors = Executor[Executor(language, options) for language in LANGUAGES]
    foreach(ensure_started!, executors)
    connection = read_connection(options.connection_file)
    channels = bind_channels(load_zmq(options.libzmq), connection)
    session = Session(connection.key, connection.signature_scheme)
    is_registration(connection.fields) &&
        Base.invokelatest(register, channels.zmq, session, connection)
    return Kernel(
        options, connection, session, channels, executors, nothing, Job[], Dict{Int,Job}(), 0, 0, nothing,
        nothing, Debugging(), Stop[], Stopped[], String[], plain_cell("", options.language), StreamBatch(), OutputLimit(), PendingInput[],
        Dict{Int,Vector{UInt8}}(), Dict{String,Any}(), Dict{String,String}(), String[], nothing, nothing, Inf,
        0.0, Litter(), Parent(),
    )
end

function executor_of(kernel::Kernel, language::String)
    return kernel.executors[language == kernel.executors[1].language ? 1 : 2]
end

"""
    publish(kernel, msg_type, parent, content; metadata, buffers, source)

Publish on iopub; `content` and `metadata` are JSON already. `source` is the executor that made it.
"""
function publish(
    kernel::Kernel,
    msg_type::String,
    parent::Vector{UInt8},
    content::Union{String,Vector{UInt8}},
    metadata::Union{String,Vector{UInt8}}=NO_METADATA,
    buffers::Vector{Vector{UInt8}}=Vector{UInt8}[],
    source::Union{Executor,Nothing}=kernel.source,
)
    topic = Vector{UInt8}(string("kernel.", kernel.session.id, ".", msg_type))
    socket = kernel.channels.sockets[IOPUB]
    backlog = source === nothing ? nothing : source.backlog
    send_message(
        kernel.session, socket, [topic], msg_type, parent, content, metadata, buffers, backlog
    )
    return nothing
end

"Publish what the kernel does: `busy` before anything else of a request, `idle` after all of it."
function publish_status(kernel::Kernel, state::String, parent::Vector{UInt8})
    publish_text!(kernel)
    publish(kernel, "status", parent, "{\"execution_state\":\"" * state * "\"}")
    return nothing
end

"Answer `request` on the channel and to the client that it came from."
function reply(
    kernel::Kernel,
    request::Request,
    msg_type::String,
    content::Union{String,Vector{UInt8}},
    metadata::String=NO_METADATA,
)
    socket = kernel.channels.sockets[request.channel]
    parent = request.header_json
    send_message(kernel.session, socket, request.identities, msg_type, parent, content, metadata)
    return nothing
end
