"""
    Executor

One language's side of the kernel, as the host sees it. It outlives its process: when that ends, the
next one starts.

- `ready`: the process said so and takes requests
- `busy`: ids of the jobs that run user code in it, the innermost last: at most one cell or comm
  message, and the calls nested in it
- `waiting`: how many calls it made itself and has no answer to; only then it takes calls while busy
- `parent`: the header that output of no running request belongs to
- `backlog`: its output that clients have yet to take; when that is full, it is not read (`is_held_up`)
"""
mutable struct Executor
    language::String
    command::Vector{String}
    started::Union{Started,Nothing}             # its first process, until that is taken over
    process::Union{Process,Nothing}
    ready::Bool
    concurrent::Bool                            # it runs several subshells at once
    comms_beside::Bool                          # it takes comm messages while it runs a cell
    interrupt_frames::Bool                      # it takes these
    version::String
    busy::Vector{Int}
    waiting::Int
    generation::Int                             # counts its processes
    parent::Vector{UInt8}
    tails::Tuple{Vector{UInt8},Vector{UInt8}}   # cut characters of raw stdout and stderr
    last_words::String                          # its raw stderr until it is ready, should it never be
    condemned::String                           # why the host killed it, empty when it did not
    leaving::Bool                               # it said that it ends, and takes no more requests
    deaf_until::Float64                         # when it hears signals again, in `monotonic()`
    look_at::Float64                            # when it is looked whether it is stopped, in `monotonic()`
    stopped::Int                                # how often in a row it was seen to be
    end_at::Float64                             # when it is looked whether its runtime gave up, in `monotonic()`
    backlog::Backlog
end

function Executor(language::String, options::Options)
    started = get(options.started, language, nothing)
    return Executor(
        language, options.executors[language], started, nothing, false, false, false, false, "", Int[], 0, 0, NO_PARENT,
        (UInt8[], UInt8[]), "", "", false, 0.0, 0.0, 0, Inf, Backlog(),
    )
end

"Start the executor's process unless it runs. Whether it does."
function ensure_started!(executor::Executor)
    executor.process === nothing || return true
    executor.ready = false
    executor.waiting = 0
    executor.last_words = ""
    executor.condemned = ""
    executor.leaving = false
    executor.deaf_until = 0.0
    executor.generation += 1
    executor.process = try
        next_process!(executor)
    catch e
        e isa SystemError || rethrow()
        executor.last_words = sprint(showerror, e)
        nothing
    end
    return executor.process !== nothing
end

function next_process!(executor::Executor)
    started, executor.started = executor.started, nothing
    started === nothing || return adopt_process(started)
    return start_process(executor.command, executor_environment(executor.language))
end

send_frame!(executor::Executor, header, buffers=()) =
    send_frame!(executor.process::Process, header, buffers)

"""
    executor_environment(language)

The environment of an executor, as `NAME=value`: the host's, but with what was changed for Julia as the
user had it. An executor that is Julia needs what its launcher changes, and restores that itself.
"""
function executor_environment(language::String)
    restored = language == "julia" ? CHANGED_FOR_HOST : [CHANGED_BY_LAUNCHER; CHANGED_FOR_HOST]
    dropped = ["POLYGLOT_LIBZMQ"; "POLYGLOT_" .* restored]
    variables = String[]
    environment = unsafe_load(cglobal(:environ, Ptr{Ptr{UInt8}}))
    i = 1
    while unsafe_load(environment, i) != C_NULL
        variable = unsafe_string(unsafe_load(environment, i))
        i += 1
        name = String(first(split(variable, '='; limit=2)))
        (name in restored || name in dropped) || push!(variables, variable)
    end
    for name in restored
        original = get(ENV, "POLYGLOT_" * name, get(ENV, name, ""))
        isempty(original) || push!(variables, name * "=" * original)
    end
    return variables
end

# By Debian's script that starts Julia; and for OpenBLAS in the host, by the shim and by Julia. The shim
# has saved what the user had.
const CHANGED_BY_LAUNCHER = ["LD_LIBRARY_PATH", "JULIA_BINDIR"]
const CHANGED_FOR_HOST = [
    "OPENBLAS_DEFAULT_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENBLAS_MAIN_FREE"
]
