# The executor's end of the pipes: frames in, frames out, and the raw
# descriptors 1 and 2, of which only the fill level and the marks matter here (see *Order* in
# docs/executor-protocol.md).

const NO_BUFFERS = Vector{UInt8}[]

# Above this size a buffer is written from where it lies instead of being copied behind its header.
const COPY_LIMIT = 2^16

"""
    HostChannel(requests, replies, mark)

The pipes to the host, as descriptors that no child inherits. `mark` is written into a raw pipe in which the host still has something to
read when a frame is sent.
"""
mutable struct HostChannel
    requests::Base.PipeEndpoint
    requests_fd::RawFD
    decoder::Frames.Decoder
    replies::RawFD
    raw::NTuple{2,RawFD}     # duplicates of 1 and 2: user code may redirect the originals
    mark::Vector{UInt8}
    lock::ReentrantLock
    scratch::Vector{UInt8}   # the frame that is being sent, under `lock`
    unread::Base.RefValue{Cint}
end

function HostChannel(requests::RawFD, replies::RawFD, mark::String)
    raw = (high_duplicate(RawFD(1)), high_duplicate(RawFD(2)))
    foreach(set_blocking, raw)
    input = Base.open_pipe!(Base.PipeEndpoint(), requests)
    return HostChannel(
        input, requests, Frames.Decoder(), replies, raw, Vector{UInt8}(mark), ReentrantLock(),
        UInt8[], Ref{Cint}(0),
    )
end

"""
    restore_standard(channel)

Give the process its descriptors 0 to 2 back where user code has closed them. libuv ends the process when it
closes one of these that has become a pipe of its own.
"""
function restore_standard(channel::HostChannel)
    is_open(RawFD(0)) || open_null()    # in the lowest place that is free, which is that
    is_open(RawFD(1)) || duplicate_to(channel.raw[1], RawFD(1))
    is_open(RawFD(2)) || duplicate_to(channel.raw[2], RawFD(2))
    return nothing
end

"""
    wait_readable(channel)

Waits in libuv, so that the user's own tasks run meanwhile, until there is something to receive;
false when the host has closed its end. An interrupt loses nothing.
"""
wait_readable(channel::HostChannel) = !eof(channel.requests)

"The next complete frame of what has arrived, `nothing` when there is none."
function receive!(channel::HostChannel)
    frame = Frames.next!(channel.decoder)
    (frame === nothing && bytesavailable(channel.requests) > 0) || return frame
    append!(channel.decoder, readavailable(channel.requests))
    return Frames.next!(channel.decoder)
end

"""
    send(channel, header, buffers)

Sends a frame whole: an interrupt that arrives meanwhile is thrown when the last byte is out. Throws
a `FrameError` for one that the host would not take; nothing was sent then.
"""
function send(channel::HostChannel, header::JSON.Fields, buffers::Vector{Vector{UInt8}}=NO_BUFFERS)
    text = JSON.bytes(header)
    Frames.check_bounds(length(text), length(buffers))
    Base.sigatomic_begin()
    lock(channel.lock)
    start_frame!(channel, text, length(buffers))
    for buffer in buffers
        append_integer!(channel.scratch, length(buffer) % UInt64)
    end
    append_bytes!(channel.scratch, pointer(text), length(text))
    for buffer in buffers
        send_bytes!(channel, pointer(buffer), length(buffer))
    end
    flush_scratch!(channel)
    unlock(channel.lock)
    Base.sigatomic_end()
    return nothing
end

"""
    send_text(channel, header, text)

Sends a frame whose header is ready-made, with `text` as its only buffer.
"""
function send_text(channel::HostChannel, header::Vector{UInt8}, text::Vector{UInt8})
    Base.sigatomic_begin()
    lock(channel.lock)
    start_frame!(channel, header, 1)
    append_integer!(channel.scratch, length(text) % UInt64)
    append_bytes!(channel.scratch, pointer(header), length(header))
    send_bytes!(channel, pointer(text), length(text))
    flush_scratch!(channel)
    unlock(channel.lock)
    Base.sigatomic_end()
    return nothing
end

function start_frame!(channel::HostChannel, header::Vector{UInt8}, buffers::Int)
    marks = UInt32(0)
    mark_raw_output(channel, channel.raw[1]) && (marks |= Frames.STDOUT_MARK)
    mark_raw_output(channel, channel.raw[2]) && (marks |= Frames.STDERR_MARK)
    scratch = channel.scratch
    append!(empty!(scratch), Frames.MAGIC)
    append_integer!(scratch, marks)
    append_integer!(scratch, length(header) % UInt32)
    append_integer!(scratch, buffers % UInt32)
    return nothing
end

function append_integer!(bytes::Vector{UInt8}, value::T) where {T<:Unsigned}
    for _ in 1:sizeof(T)
        push!(bytes, value % UInt8)
        value >>= 8
    end
    return nothing
end

function append_bytes!(bytes::Vector{UInt8}, source::Ptr{UInt8}, count::Int)
    start = length(bytes)
    resize!(bytes, start + count)
    GC.@preserve bytes unsafe_copyto!(pointer(bytes, start + 1), source, count)
    return nothing
end

function send_bytes!(channel::HostChannel, bytes::Ptr{UInt8}, count::Int)
    if count <= COPY_LIMIT
        append_bytes!(channel.scratch, bytes, count)
    else
        flush_scratch!(channel)
        write_fully(channel.replies, bytes, count)
    end
    return nothing
end

function flush_scratch!(channel::HostChannel)
    scratch = channel.scratch
    GC.@preserve scratch write_fully(channel.replies, pointer(scratch), length(scratch))
    empty!(scratch)
    return nothing
end

function write_fully(fd::RawFD, bytes::Ptr{UInt8}, count::Int)
    while count > 0
        written = ccall(:write, Cssize_t, (RawFD, Ptr{UInt8}, Csize_t), fd, bytes, count)
        if written == -1
            failure = Libc.errno()
            failure == Libc.EINTR && continue
            # a program that the user started may have made a raw pipe non-blocking
            failure == Libc.EAGAIN && (wait_for(fd, POLLOUT, -1); continue)
            failure == Libc.EBADF && leave_without_pipes()
            exit(0)  # the host is gone, and with it the purpose of this process
        end
        bytes += written
        count -= written
    end
    return nothing
end

# FIONREAD, from <sys/ioctl.h>
const FIONREAD = Sys.islinux() ? Culong(0x541b) : Culong(0x4004667f)

# How many bytes wait in a pipe, whichever its end.
function unread(channel::HostChannel, fd::RawFD)
    result = ccall(c_symbol(:ioctl), Cint, (RawFD, Culong, Ref{Cint}...), fd, FIONREAD, channel.unread)
    return result == -1 ? Cint(0) : channel.unread[]
end

"Whether the host has sent something that was not received yet, or has closed its end."
has_unread(channel::HostChannel) = wait_for(channel.requests_fd, POLLIN, 0)

const POLLIN = UInt64(1)
const POLLOUT = UInt64(4)

# Whether `events` happen to `fd` within `timeout` ms (-1: it waits for them).
function wait_for(fd::RawFD, events::UInt64, timeout::Int)
    # struct pollfd { int fd; short events; short revents; }, little-endian
    poll = Ref(UInt64(reinterpret(Cint, fd)) | events << 32)
    return ccall(:poll, Cint, (Ref{UInt64}, Culong, Cint), poll, 1, timeout) != 0
end

# Whether a mark was needed, because the host still has output to read in that pipe.
function mark_raw_output(channel::HostChannel, fd::RawFD)
    unread(channel, fd) == 0 && return false
    mark = channel.mark
    GC.@preserve mark write_fully(fd, pointer(mark), length(mark))
    return true
end
