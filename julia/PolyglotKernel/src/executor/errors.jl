# How an error reads: as in the REPL, without a trace of the kernel.

"The functions that stand between the kernel and user code: a backtrace ends at the first of them."
const BOUNDARY = (:evaluate_expression, :attempt, :handle_call)

const KERNEL_FILES = string(dirname(@__DIR__))

function is_boundary(frame::StackTraces.StackFrame)
    return frame.func in BOUNDARY && startswith(string(frame.file), KERNEL_FILES)
end

# `Core.eval` and `invokelatest`, by which the kernel enters user code.
function is_entrance(frame::StackTraces.StackFrame)
    return frame.from_c || frame.func in (:eval, :invokelatest, Symbol("#invokelatest#1"))
end

"The part of a backtrace that is the user's."
function user_frames(trace::Vector)
    frames = [StackTraces.lookup(pointer) for pointer in trace]
    boundary = findfirst(lookups -> any(is_boundary, lookups), frames)
    boundary === nothing && return trace
    last = boundary - 1
    while last > 0 && all(is_entrance, frames[last])
        last -= 1
    end
    return trace[1:last]
end

# An error in a file or macro comes wrapped in where it was met, which the backtrace says too.
unwrapped(exception) = exception
unwrapped(exception::LoadError) = unwrapped(exception.error)

exception_name(exception) = string(nameof(typeof(unwrapped(exception))))

function exception_value(exception)
    return try
        Base.invokelatest(sprint, showerror, unwrapped(exception))
    catch e
        "(its message cannot be shown: $(typeof(e)))"
    end
end

"The `ename`, `evalue` and `traceback` of Jupyter's `error` message."
function error_content(failure::Failure)
    exception = first(failure.stack)[1]
    return Dict{String,Any}(
        "status" => "error",
        "ename" => exception_name(exception),
        "evalue" => exception_value(exception),
        "traceback" => split(render_failure(failure), '\n'),
    )
end

function render_failure(failure::Failure)
    buffer = IOBuffer()
    io = IOContext(buffer, :color => true, :limit => true, :displaysize => displaysize(buffer))
    for (i, (exception, trace)) in enumerate(failure.stack)
        printstyled(io, i == 1 ? "ERROR: " : "\n\ncaused by: "; color=Base.error_color(), bold=true)
        show_exception(io, exception, trace)
    end
    return String(take!(buffer))
end

function show_exception(io::IO, exception, trace::Vector)
    start = position(io)
    try
        Base.invokelatest(showerror, io, unwrapped(exception), trace)
    catch
        position(io) == start && print(io, exception_name(exception), ": ", exception_value(exception))
    end
    return nothing
end
