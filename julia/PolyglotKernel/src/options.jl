"""
    Started

An executor's process that the shim has started: it began while Julia was still to load the host. Its
process id, the host's ends of its four pipes, and the mark of its raw output.
"""
struct Started
    pid::Cint
    requests::Cint
    replies::Cint
    raw::Tuple{Cint,Cint}
    mark::String
end

"""
    Options

How the shim started the host, one field for each argument:

- `connection_file`: the path of the connection file
- `language`: the language of a cell without a marker, `"python"` or `"julia"`
- `libzmq`: the path of the ZeroMQ library
- `python_version`: of the Python that runs Python cells, for `kernel_info_reply`
- `executors`: language → the command that starts its executor
- `started`: language → its first process, where the shim has started it
"""
struct Options
    connection_file::String
    language::String
    libzmq::String
    python_version::String
    executors::Dict{String,Vector{String}}
    started::Dict{String,Started}
end

"""
    StartError(message)

The kernel cannot start; `message` is for the user and says what to do. Exit code 1.
"""
struct StartError <: Exception
    message::String
end

Base.showerror(io::IO, e::StartError) = print(io, e.message)

"The languages that a cell can be in."
const LANGUAGES = ("python", "julia")

"""
    parse_options(arguments::Vector{String})

The options in `arguments`: `FILE --language L --libzmq PATH --python-version X.Y.Z`, and for each
language `--executor L=COMMAND`, its words with U+001F between them, and, where its first process runs
already, `--started L=PID,REQUESTS,REPLIES,STDOUT,STDERR,MARK` with the descriptors of its pipes. Throws
[`StartError`](@ref).
"""
function parse_options(arguments::Vector{String})
    files = String[]
    given = Dict{String,String}()
    executors = Dict{String,Vector{String}}()
    started = Dict{String,Started}()
    i = 1
    while i <= length(arguments)
        argument = arguments[i]
        if !startswith(argument, "--")
            push!(files, argument)
            i += 1
            continue
        end
        i < length(arguments) || throw(StartError(string("polyglot: ", argument, " needs a value")))
        value = arguments[i + 1]
        if argument == "--executor"
            add_executor!(executors, value)
        elseif argument == "--started"
            add_started!(started, value)
        else
            given[argument] = value
        end
        i += 2
    end
    length(files) == 1 || throw(StartError("polyglot: give exactly one connection file"))
    for language in LANGUAGES
        haskey(executors, language) ||
            throw(StartError(string("polyglot: the option --executor ", language, "=… is missing")))
    end
    return Options(
        files[1],
        option(given, "--language", "python"),
        option(given, "--libzmq"),
        option(given, "--python-version", ""),
        executors,
        started,
    )
end

function option(given::Dict{String,String}, name::String, default::Union{String,Nothing}=nothing)
    haskey(given, name) && return given[name]
    default === nothing && throw(StartError(string("polyglot: the option ", name, " is missing")))
    return default
end

function add_executor!(executors::Dict{String,Vector{String}}, value::String)
    language, command = split(value, '='; limit=2)
    executors[String(language)] = String[String(word) for word in split(command, '\x1f')]
    return nothing
end

function add_started!(started::Dict{String,Started}, value::String)
    language, process = split(value, '='; limit=2)
    parts = split(process, ',')
    numbers = Cint[parse(Cint, part) for part in parts[1:5]]
    started[String(language)] = Started(
        numbers[1], numbers[2], numbers[3], (numbers[4], numbers[5]), String(parts[6])
    )
    return nothing
end
