# `stdout` and `stderr` of the cells.

# A longer text is sent in pieces, so that the host can answer others in between.
const PIECE = 2^20

# How often a task that prints looks whether another, which waits in the middle of a `print`, is done (s).
const WAIT_FOR_PRINTING = 0.001

"""
    OutputStream(channel, name)

An `IO` whose text goes to the host as `stream` frames: one for each `print` (which locks the stream
for its duration), one for each bare `write`. What no user would want to see in pieces, a character's
bytes, is kept together.
"""
mutable struct OutputStream <: Compat.StandardStream
    channel::HostChannel
    name::String
    header::Vector{UInt8} # of its frames; made anew for each request
    lock::ReentrantLock
    holder::Task          # who holds the lock, or did last
    depth::Int            # how many `print`s of its, one inside the other, hold the lock
    text::Vector{UInt8}   # written, not sent yet
    core::Ptr{Cvoid}      # the stream of `Core.println`, which writes to the process's descriptor
    own::IO               # Julia's object of that, with whose end the stream would be closed
    collected::Union{IOBuffer,Nothing}    # takes the text, which the other language has redirected
end

function OutputStream(channel::HostChannel, name::String)
    fd, own = name == "stdout" ? (1, stdout) : (2, stderr)
    core = unsafe_load(Compat.core_stream(fd))
    lock = ReentrantLock()
    stream = OutputStream(channel, name, UInt8[], lock, current_task(), 0, UInt8[], core, own, nothing)
    return attribute!(stream, nothing)
end

"Text belongs to the request `id` from now on; `nothing`: to none."
function attribute!(stream::OutputStream, id::Union{Int,Nothing})
    stream.header = JSON.bytes(JSON.fields("type" => "stream", "id" => id, "name" => stream.name))
    return stream
end

# That the lock is held and that it is counted must not come apart, or an interrupt in between would
# leave a lock that nobody gives back, and every other task that prints would wait for ever.
function Base.lock(stream::OutputStream)
    Base.sigatomic_begin()
    while !trylock(stream.lock)
        Base.sigatomic_end()
        sleep(WAIT_FOR_PRINTING)
        Base.sigatomic_begin()
    end
    stream.holder = current_task()
    stream.depth += 1
    Base.sigatomic_end()
    return nothing
end

function Base.unlock(stream::OutputStream)
    Base.sigatomic_begin()
    stream.depth == 1 && send_text!(stream)
    stream.depth -= 1
    unlock(stream.lock)
    Base.sigatomic_end()
    return nothing
end

function Base.unsafe_write(stream::OutputStream, bytes::Ptr{UInt8}, count::UInt)
    lock(stream)
    try
        at = bytes
        rest = Int(count)
        while rest > 0
            piece = min(rest, PIECE - length(stream.text))
            append_bytes!(stream.text, at, piece)
            length(stream.text) == PIECE && send_text!(stream)
            at += piece
            rest -= piece
        end
    finally
        unlock(stream)
    end
    return Int(count)
end

function Base.write(stream::OutputStream, byte::UInt8)
    lock(stream)
    try
        push!(stream.text, byte)
    finally
        unlock(stream)
    end
    return 1
end

# Sends what was written, but for the beginning of a character whose rest is still to come.
function send_text!(stream::OutputStream)
    text = stream.text
    complete = length(text) - unfinished(text)
    complete == 0 && return nothing
    rest = text[(complete + 1):end]
    resize!(text, complete)
    send_valid(stream, text)
    empty!(text)
    append!(text, rest)
    return nothing
end

function send_valid(stream::OutputStream, text::Vector{UInt8})
    isvalid(String, text) || (text = Vector{UInt8}(replace_invalid(String(copy(text)))))
    has_escape(text) && (text = Vector{UInt8}(without_links(String(copy(text)))))
    collected = stream.collected
    collected === nothing ? send_text(stream.channel, stream.header, text) : write(collected, text)
    return nothing
end

has_escape(text::Vector{UInt8}) = findfirst(isequal(0x1b), text) !== nothing

# Terminals show a text that is a link by two of these sequences around it (OSC 8), of which no front end knows.
const LINK_SEQUENCE = r"\e\]8;[^\e\a]*(?:\e\\|\a)"

"The text without what only terminals understand of links."
function without_links(text::String)
    # The search for one character is C's; that for several, in megabytes, takes as long as to send them.
    occursin('\e', text) && occursin("\e]8;", text) || return text
    return replace(text, LINK_SEQUENCE => "")
end

replace_invalid(text::String) = map(c -> isvalid(c) ? c : '\ufffd', text)

# How many bytes at the end begin a UTF-8 character without finishing it.
function unfinished(text::Vector{UInt8})
    for back in 0:min(2, length(text) - 1)
        byte = text[end - back]
        byte & 0xc0 == 0x80 && continue
        size = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 1
        return back + 1 < size ? back + 1 : 0
    end
    return 0
end

function Base.flush(stream::OutputStream)
    lock(stream)
    try
        send_text!(stream)
    finally
        unlock(stream)
    end
    return nothing
end

"""
    settle!(stream, depth = 0)

What ran is over: locks beyond `depth` that an interrupt kept its tasks from giving back are released,
and what is left of text is sent, bytes that never became a character included.
"""
function settle!(stream::OutputStream, depth::Int=0)
    if stream.holder === current_task()
        while stream.depth > depth
            unlock(stream)
        end
    elseif stream.depth > 0 && istaskdone(stream.holder)
        stream.lock = ReentrantLock()
        stream.depth = 0
    end
    trylock(stream.lock) || return nothing    # a task of another thread prints, and will send it
    if !isempty(stream.text) && stream.depth == 0
        send_valid(stream, stream.text)
        empty!(stream.text)
    end
    unlock(stream.lock)
    return nothing
end

# What a child process gets that is started with this stream as its stdout or stderr.
Base.rawhandle(stream::OutputStream) = RawFD(stream.name == "stdout" ? 1 : 2)

# The process's own descriptor is the host's pipe again, for C code and children.
function Compat.restore_descriptor(stream::OutputStream, fd::Int)
    ccall(:dup2, Cint, (RawFD, RawFD), stream.channel.raw[fd], RawFD(fd))
    unsafe_store!(Compat.core_stream(fd), stream.core)
    return nothing
end

Base.isopen(::OutputStream) = true
Base.isreadable(::OutputStream) = false
Base.iswritable(::OutputStream) = true
Base.close(::OutputStream) = nothing
Base.bytesavailable(::OutputStream) = 0

Base.get(::OutputStream, key::Symbol, default) = key === :color || key === :jupyter ? true : default
Base.haskey(::OutputStream, key::Symbol) = key === :color || key === :jupyter
Base.getindex(::OutputStream, key::Symbol) =
    key === :color || key === :jupyter ? true : throw(KeyError(key))
Base.in(property::Pair, stream::OutputStream) =
    get(stream, property.first, nothing) === property.second

Base.show(io::IO, stream::OutputStream) = print(io, "OutputStream(", repr(stream.name), ")")
