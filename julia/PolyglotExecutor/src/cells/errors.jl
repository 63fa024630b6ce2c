# How an error reads: as in the REPL, without a trace of the kernel.

"The folder of all of the kernel's own packages."
const KERNEL_FILES = normpath(joinpath(@__DIR__, "..", "..", ".."))

is_kernel(frame::StackTraces.StackFrame) = startswith(string(frame.file), KERNEL_FILES)

# The function by which the kernel enters user code.
is_boundary(frame::StackTraces.StackFrame) = frame.func === :attempt && is_kernel(frame)

# Base's files have relative names, and so have the functions of cells: ./In[3]
function is_user(frame::StackTraces.StackFrame)
    file = string(frame.file)
    occursin("In[", file) && return true
    return isabspath(file) && !is_kernel(frame) && !is_stdlib(file)
end

# Official builds know these files by the names that they had where Julia was built.
is_stdlib(file::String) = startswith(file, Sys.STDLIB) || startswith(file, Sys.BUILD_STDLIB_PATH)

"""
    user_frames(trace)

The stack frames of a backtrace up to the outermost that is the user's, without the kernel's own in
between.
"""
function user_frames(trace::Vector)
    frames = frames_to_boundary(trace)
    last = findlast(is_user, frames)
    return without_kernel(resize!(frames, last === nothing ? 0 : last))
end

# What Base does between two calls of the kernel's is the kernel's, too.
function without_kernel(frames::Vector{StackTraces.StackFrame})
    kept = StackTraces.StackFrame[]
    between = StackTraces.StackFrame[]   # not the user's, behind one of the kernel's
    behind_kernel = false
    for frame in frames
        if is_kernel(frame)
            behind_kernel || append!(kept, between)
            behind_kernel = true
            empty!(between)
        else
            push!(between, frame)
            is_user(frame) || continue
            append!(kept, between)
            empty!(between)
            behind_kernel = false
        end
    end
    return append!(kept, between)
end

# Where each of the kernel's own calls below came from is not asked: it takes as long as all the rest.
function frames_to_boundary(trace::Vector)
    frames = StackTraces.StackFrame[]
    for i in 1:length(trace)
        found = StackTraces.stacktrace(trace[i:i])
        boundary = findfirst(is_boundary, found)
        append!(frames, boundary === nothing ? found : found[1:(boundary - 1)])
        boundary === nothing || break
    end
    return frames
end

const RawTrace = typeof(backtrace())

# What a cell prints of an error (`showerror(stdout, e, catch_backtrace())`, a log record) comes by here.
function Base.show_backtrace(io::IO, trace::RawTrace)
    frames = user_frames(trace)
    isempty(frames) || Base.show_backtrace(io, frames)
    return nothing
end

"""
    without_kernels_methods(text)

The text of a `MethodError` without those of the closest candidates that are methods of the kernel's
proxies, which fit everything a little.
"""
function without_kernels_methods(text::String)
    occursin(CANDIDATES, text) || return text
    lines = split(text, '\n')
    heading = findfirst(line -> occursin(CANDIDATES, line), lines)
    stop = something(findnext(!is_candidate, lines, heading + 1), length(lines) + 1)
    kept = lines[1:heading]
    for line in lines[(heading + 1):(stop - 1)]
        is_kernel_place(line) ? pop!(kept) : names_kernel_file(line) || push!(kept, line)
    end
    if length(kept) == heading   # none is left, and so no heading
        pop!(kept)
        heading > 2 && isempty(last(kept)) && pop!(kept)
    end
    return join(vcat(kept, lines[stop:end]), '\n')
end

const CANDIDATES = "Closest candidates are:"

# What is indented below the heading. From Julia 1.9 on the place of a method has a line of its own.
is_candidate(line) = startswith(without_colors(line), "  ")
is_kernel_place(line) =
    any(package -> startswith(lstrip(without_colors(line)), "@ $package"), KERNEL_PACKAGES)
names_kernel_file(line) = occursin(" at " * KERNEL_FILES, without_colors(line))

# Of a module within another the outermost is named.
const KERNEL_PACKAGES = map(nameof, (@__MODULE__, PolyglotAsking, PolyglotCommon))

without_colors(line) = replace(line, r"\e\[[0-9;]*m" => "")

# An error in a file or macro comes wrapped in where it was met, which the backtrace says too.
unwrapped(exception) = exception
unwrapped(exception::LoadError) = unwrapped(exception.error)

exception_name(exception) = string(nameof(typeof(unwrapped(exception))))

"How many characters of an error's message are told, and of the message with its trace."
const LONGEST_MESSAGE = 4_000
const LONGEST_ERROR = 20_000

# Clients print it by itself, as plain text; what a message has of a terminal's own, as that of a package that
# could not be compiled, is left to the trace.
function exception_value(exception)
    return try
        text = Base.invokelatest(sprint, showerror, unwrapped(exception); context=:limit => true)
        clipped(without_colors(without_links(without_kernels_methods(text))), LONGEST_MESSAGE)
    catch e
        e isa InterruptException && rethrow()
        "(its message cannot be shown: $(typeof(e)))"
    end
end

"The `ename`, `evalue` and `traceback` of Jupyter's `error` message."
function error_content(failure::Failure)
    exception = first(failure.stack)[1]
    return JSON.fields(
        "ename" => exception_name(exception),
        "evalue" => exception_value(exception),
        "traceback" => Any[String(line) for line in split(render_failure(failure), '\n')],
    )
end

"The same for one whose `showerror` was interrupted: what it is, without asking it again."
function bare_error_content(failure::Failure)
    name = exception_name(first(failure.stack)[1])
    value = "(its message was interrupted)"
    return JSON.fields("ename" => name, "evalue" => value, "traceback" => Any["$name: $value"])
end

function render_failure(failure::Failure)
    buffer = IOBuffer()
    io = IOContext(buffer, :color => true, :limit => true, :displaysize => display_size())
    io = IOContext(io, :stacktrace_types_limited => Ref(false))   # types that fill lines are abbreviated
    for (i, (exception, trace)) in enumerate(failure.stack)
        printstyled(io, i == 1 ? "ERROR: " : "\n\ncaused by: "; color=Base.error_color(), bold=true)
        show_exception(io, exception, trace)
    end
    return replace(without_links(String(take!(buffer))), "./In[" => "In[")
end

# What cannot be shown is at least named.
function show_exception(io::IO, exception, trace::Vector)
    text = try
        without_kernels_methods(
            Base.invokelatest(sprint, showerror, unwrapped(exception), trace; context=io)
        )
    catch e
        e isa InterruptException && rethrow()
        string(exception_name(exception), ": ", exception_value(exception))
    end
    print(io, clipped(rstrip(text), LONGEST_ERROR))
    print_hint(io, unwrapped(exception))
    print_places(io, exception, text)
    return nothing
end
