# What was published and has not left yet. ZeroMQ keeps it for clients that read slowly or not at all, and
# does not tell how much that is. But it tells of each piece of memory that it is lent when it needs it no
# more, by a call from a thread of its own, where no Julia code can run. So it is lent the headers of the
# messages, and made to call C's `strcpy`, which puts a NUL in the place of the first character.

"What ZeroMQ calls with the memory and the text to copy there, which is empty."
give_back_function() = cglobal(:strcpy)

const EMPTY_TEXT = UInt8[0]

"A message that has not left: its header, whose first byte is 0 as soon as it has, and its size in bytes."
struct Underway
    header::Vector{UInt8}
    size::Int
end

"""
    Backlog()

The messages with one executor's output that not all clients have taken yet.

- `bytes`: how many those are
- `allowance`: how many more than [`BACKLOG_LIMIT`](@ref) they may be, see `grant!`
"""
mutable struct Backlog
    messages::Vector{Underway}      # in the order in which they were sent
    bytes::Int
    allowance::Int
    message::Vector{UInt8}          # room for a zmq_msg_t
end

Backlog() = Backlog(Underway[], 0, 0, zeros(UInt8, 64))

"How many bytes may wait for clients until the executor that made them has to wait, too."
const BACKLOG_LIMIT = 64 * 2^20

"""
As how many bytes a message counts at the most: one that is larger than all that may wait does not keep
its executor from going on to its reply, which some clients await before they read.
"""
const COUNTED_SIZE = BACKLOG_LIMIT ÷ 2

"What a request may have published, in bytes, although the backlog is full already; and an interrupt."
const REQUEST_ALLOWANCE = 2^18
const INTERRUPT_ALLOWANCE = 2^23

"""
    grant!(backlog, bytes)

Let so much more come: a cell is to be answered, and an interrupt to be heard, by an executor whose
output nobody reads.
"""
function grant!(backlog::Backlog, bytes::Int)
    is_low(backlog) && (backlog.allowance = 0)
    backlog.allowance += bytes
    return nothing
end

is_low(backlog::Backlog) = 2 * backlog.bytes < BACKLOG_LIMIT

is_full(backlog::Backlog) = backlog.bytes > BACKLOG_LIMIT + backlog.allowance

"Send the header of a message of `size` bytes as one of its parts, and note when it has left."
function send_watched(
    socket::Socket, backlog::Backlog, header::Vector{UInt8}, size::Int, flags::Cint
)
    zmq, message = socket.zmq, backlog.message
    GC.@preserve message header begin
        handle = pointer(message)
        ccall(
            zmq.msg_init_data, Cint, (Ptr{UInt8}, Ptr{UInt8}, Csize_t, Ptr{Cvoid}, Ptr{UInt8}),
            handle, pointer(header), length(header), give_back_function(), pointer(EMPTY_TEXT),
        )
        counted = min(size, COUNTED_SIZE)
        push!(backlog.messages, Underway(header, counted))
        backlog.bytes += counted
        while ccall(
            zmq.msg_send, Cint, (Ptr{UInt8}, Ptr{Cvoid}, Cint), handle, socket.handle, flags | ZMQ_DONTWAIT
        ) < 0
            last_error(zmq)[1] == Libc.EINTR && continue
            ccall(zmq.msg_close, Cint, (Ptr{UInt8},), handle)
            return false
        end
    end
    return true
end

has_left(message::Underway) =
    GC.@preserve message unsafe_load(pointer(message.header)) == 0x00

"Forget the messages that have left."
function reclaim!(backlog::Backlog)
    messages = backlog.messages
    gone = 0
    while gone < length(messages) && has_left(messages[gone + 1])
        gone += 1
        backlog.bytes -= messages[gone].size
    end
    gone == 0 && return nothing
    deleteat!(messages, 1:gone)
    is_low(backlog) && (backlog.allowance = 0)
    return nothing
end
