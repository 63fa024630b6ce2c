# `stdin` of the cells: whoever reads asks the user.

"""
    StdinNotAllowedError()

The client that sent the cell cannot be asked (`allow_stdin` is false).
"""
struct StdinNotAllowedError <: Exception end

Base.showerror(io::IO, ::StdinNotAllowedError) =
    print(io, "stdin is not available: the client that runs this cell cannot be asked for input")

const END_OF_FILE = "\x04"

"""
    ask(session, prompt; password = false)

The line that the user types, without its end; `nothing` for end-of-file. An interrupt ends the wait.
"""
function ask(session::Session, prompt::String; password::Bool=false)
    request = session.request
    request.allow_stdin || throw(StdinNotAllowedError())
    flush(session.stdout)
    flush(session.stderr)
    while isready(session.input_replies)  # an answer to a question that was interrupted
        take!(session.input_replies)
    end
    send(
        session.channel,
        JSON.fields(
            "type" => "input_request", "id" => request.id, "prompt" => prompt, "password" => password
        ),
    )
    answer = take!(session.input_replies)::String
    return answer == END_OF_FILE ? nothing : answer
end

"""
    InputStream(session)

An `IO` that asks for a line when it has none left. As on a terminal, end-of-file ends one read and
not the stream.
"""
struct InputStream <: Compat.StandardStream
    session::Session
end

function Base.eof(input::InputStream)
    isempty(input.session.typed) || return false
    answer = ask(input.session, "")
    answer === nothing && return true
    append!(input.session.typed, codeunits(answer))
    push!(input.session.typed, UInt8('\n'))
    return false
end

function Base.read(input::InputStream, ::Type{UInt8})
    eof(input) && throw(EOFError())
    return popfirst!(input.session.typed)
end

function Base.unsafe_read(input::InputStream, bytes::Ptr{UInt8}, count::UInt)
    for i in 1:count
        unsafe_store!(bytes, read(input, UInt8), i)
    end
    return nothing
end

function Base.readavailable(input::InputStream)
    eof(input) && return UInt8[]
    return splice!(input.session.typed, 1:length(input.session.typed))
end

function Base.peek(input::InputStream, ::Type{UInt8})
    eof(input) && throw(EOFError())
    return input.session.typed[1]
end

Base.bytesavailable(input::InputStream) = length(input.session.typed)
Base.rawhandle(::InputStream) = RawFD(0)
Base.isopen(::InputStream) = true
Base.isreadable(::InputStream) = true
Base.iswritable(::InputStream) = false
Base.close(::InputStream) = nothing
Base.show(io::IO, ::InputStream) = print(io, "InputStream()")

function Base.prompt(
    input::InputStream, ::OutputStream, message::AbstractString; default::AbstractString="", _...
)
    answer = ask(input.session, isempty(default) ? "$message: " : "$message [$default]: ")
    answer === nothing && return nothing
    return isempty(answer) ? default : answer
end

function Base.getpass(input::InputStream, ::OutputStream, message::AbstractString; _...)
    answer = ask(input.session, "$message: "; password=true)
    return Base.SecretBuffer(answer === nothing ? "" : answer)
end

# Descriptor 0 is the null device whatever `stdin` is.
Compat.restore_descriptor(::InputStream, ::Int) = nothing
