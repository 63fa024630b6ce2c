# ZeroMQ by ccall: the few functions that the host needs, from the libzmq that pyzmq brought along.

const ZMQ_REP = Cint(4)
const ZMQ_DEALER = Cint(5)
const ZMQ_ROUTER = Cint(6)
const ZMQ_XPUB = Cint(9)

const ZMQ_LINGER = Cint(17)
const ZMQ_MAXMSGSIZE = Cint(22)
const ZMQ_SNDHWM = Cint(23)
const ZMQ_RCVHWM = Cint(24)
const ZMQ_LAST_ENDPOINT = Cint(32)
const ZMQ_XPUB_VERBOSE = Cint(40)
const ZMQ_IPV6 = Cint(42)
const ZMQ_CURVE_SERVER = Cint(47)
const ZMQ_CURVE_PUBLICKEY = Cint(48)
const ZMQ_CURVE_SECRETKEY = Cint(49)
const ZMQ_CURVE_SERVERKEY = Cint(50)
const ZMQ_ROUTER_HANDOVER = Cint(56)

const ZMQ_DONTWAIT = Cint(1)
const ZMQ_SNDMORE = Cint(2)
const ZMQ_POLLIN = Cshort(1)
const ZMQ_POLLOUT = Cshort(2)
const ZMQ_POLLERR = Cshort(4)

"The functions of the loaded library, and one context. Mutable so that sockets share it."
mutable struct ZMQ
    context::Ptr{Cvoid}
    ctx_term::Ptr{Cvoid}
    socket::Ptr{Cvoid}
    close::Ptr{Cvoid}
    bind::Ptr{Cvoid}
    connect::Ptr{Cvoid}
    setsockopt::Ptr{Cvoid}
    getsockopt::Ptr{Cvoid}
    send::Ptr{Cvoid}
    msg_init::Ptr{Cvoid}
    msg_init_data::Ptr{Cvoid}
    msg_send::Ptr{Cvoid}
    msg_recv::Ptr{Cvoid}
    msg_data::Ptr{Cvoid}
    msg_size::Ptr{Cvoid}
    msg_more::Ptr{Cvoid}
    msg_close::Ptr{Cvoid}
    poll::Ptr{Cvoid}
    errno::Ptr{Cvoid}
    strerror::Ptr{Cvoid}
    has::Ptr{Cvoid}             # this and the next are null where the library is too old
    curve_public::Ptr{Cvoid}
    ZMQ() = new()
end

"""
    load_zmq(path)

Load libzmq from `path` and make a context. Throws [`StartError`](@ref).
"""
function load_zmq(path::String)
    handle = Libdl.dlopen(path; throw_error=false)
    handle === nothing && throw(
        StartError("polyglot: ZeroMQ cannot be loaded from $path: reinstall pyzmq (pip install --force-reinstall pyzmq)"),
    )
    zmq = ZMQ()
    zmq.context = ccall(Libdl.dlsym(handle, :zmq_ctx_new), Ptr{Cvoid}, ())
    for name in fieldnames(ZMQ)
        name === :context && continue
        found = Libdl.dlsym(handle, Symbol(:zmq_, name); throw_error=name !== :has && name !== :curve_public)
        setfield!(zmq, name, something(found, C_NULL))
    end
    return zmq
end

"Whether the library was built with what it calls `name`."
has_capability(zmq::ZMQ, name::String) =
    zmq.has != C_NULL && ccall(zmq.has, Cint, (Cstring,), name) == 1

"One ZeroMQ socket."
struct Socket
    zmq::ZMQ
    handle::Ptr{Cvoid}
end

"The number and the text of the error of the last call that failed."
function last_error(zmq::ZMQ)
    number = ccall(zmq.errno, Cint, ())
    text = unsafe_string(ccall(zmq.strerror, Cstring, (Cint,), number))
    return number, text
end

function open_socket(zmq::ZMQ, type::Cint)
    handle = ccall(zmq.socket, Ptr{Cvoid}, (Ptr{Cvoid}, Cint), zmq.context, type)
    handle == C_NULL && throw(StartError("polyglot: no ZeroMQ socket: $(last_error(zmq)[2])"))
    return Socket(zmq, handle)
end

function set_option(socket::Socket, option::Cint, value::T) where {T<:Union{Cint,Int64}}
    done = ccall(
        socket.zmq.setsockopt, Cint, (Ptr{Cvoid}, Cint, Ref{T}, Csize_t),
        socket.handle, option, value, sizeof(T),
    )
    check_option(socket.zmq, option, done)
    return nothing
end

function set_option(socket::Socket, option::Cint, value::String)
    done = ccall(
        socket.zmq.setsockopt, Cint, (Ptr{Cvoid}, Cint, Cstring, Csize_t),
        socket.handle, option, value, sizeof(value),
    )
    check_option(socket.zmq, option, done)
    return nothing
end

# A socket without what it was to have might be open to anybody.
function check_option(zmq::ZMQ, option::Cint, done::Cint)
    done == 0 || throw(
        StartError("polyglot: ZeroMQ refuses the socket option $option: $(last_error(zmq)[2])")
    )
    return nothing
end

"""
    bind_socket(socket, address)

Bind, and return the address at which the socket really listens; empty when it cannot, for what
[`last_error`](@ref) says.
"""
function bind_socket(socket::Socket, address::String)
    zmq = socket.zmq
    ccall(zmq.bind, Cint, (Ptr{Cvoid}, Cstring), socket.handle, address) == 0 || return ""
    buffer = zeros(UInt8, 1024)
    size = Ref(Csize_t(length(buffer)))
    ccall(
        zmq.getsockopt, Cint, (Ptr{Cvoid}, Cint, Ptr{UInt8}, Ref{Csize_t}),
        socket.handle, ZMQ_LAST_ENDPOINT, buffer, size,
    )
    return GC.@preserve buffer unsafe_string(pointer(buffer))
end

"Connect to `address`. Throws [`StartError`](@ref)."
function connect_socket(socket::Socket, address::String)
    if ccall(socket.zmq.connect, Cint, (Ptr{Cvoid}, Cstring), socket.handle, address) != 0
        throw(StartError("polyglot: cannot connect to $address: $(last_error(socket.zmq)[2])"))
    end
    return nothing
end

function close_socket(socket::Socket)
    ccall(socket.zmq.close, Cint, (Ptr{Cvoid},), socket.handle)
    return nothing
end

"Wait until all that was sent has left (as long as the sockets linger), and give the context back."
function close_context(zmq::ZMQ)
    ccall(zmq.ctx_term, Cint, (Ptr{Cvoid},), zmq.context)
    return nothing
end

const Part = Union{Vector{UInt8},String,Base.CodeUnits{UInt8,String}}

function send_part(socket::Socket, part::Part, flags::Cint)
    while true
        sent = GC.@preserve part ccall(
            socket.zmq.send, Cint, (Ptr{Cvoid}, Ptr{UInt8}, Csize_t, Cint),
            socket.handle, pointer(part), sizeof(part), flags | ZMQ_DONTWAIT,
        )
        sent >= 0 && return true
        last_error(socket.zmq)[1] == Libc.EINTR || return false
    end
end

"""
    receive(socket)

The parts of the next message, `nothing` when none waits.
"""
function receive(socket::Socket)
    zmq = socket.zmq
    parts = Vector{Vector{UInt8}}()
    message = zeros(UInt8, 64)     # a zmq_msg_t
    GC.@preserve message while true
        handle = pointer(message)
        ccall(zmq.msg_init, Cint, (Ptr{UInt8},), handle)
        while true
            size = ccall(
                zmq.msg_recv, Cint, (Ptr{UInt8}, Ptr{Cvoid}, Cint),
                handle, socket.handle, ZMQ_DONTWAIT,
            )
            size >= 0 && break
            last_error(socket.zmq)[1] == Libc.EINTR && continue
            ccall(zmq.msg_close, Cint, (Ptr{UInt8},), handle)
            return nothing
        end
        size = Int(ccall(zmq.msg_size, Csize_t, (Ptr{UInt8},), handle))
        part = Vector{UInt8}(undef, size)
        data = ccall(zmq.msg_data, Ptr{UInt8}, (Ptr{UInt8},), handle)
        GC.@preserve part unsafe_copyto!(pointer(part), data, size)
        push!(parts, part)
        more = ccall(zmq.msg_more, Cint, (Ptr{UInt8},), handle)
        ccall(zmq.msg_close, Cint, (Ptr{UInt8},), handle)
        more == 0 && return parts
    end
end

"A `zmq_pollitem_t`: a socket, or where that is null a file descriptor."
struct PollItem
    socket::Ptr{Cvoid}
    fd::Cint
    events::Cshort
    revents::Cshort
end

PollItem(socket::Socket) = PollItem(socket.handle, 0, ZMQ_POLLIN, 0)
PollItem(fd::Cint, events::Cshort=ZMQ_POLLIN) = PollItem(C_NULL, fd, events, 0)

is_ready(item::PollItem) = item.revents != 0

"""
    poll!(zmq, items, timeout)

Wait until something happens to one of `items`, at most `timeout` seconds (`Inf`: for ever).
"""
function poll!(zmq::ZMQ, items::Vector{PollItem}, timeout::Float64)
    milliseconds = isfinite(timeout) ? Clong(max(0, ceil(Int, timeout * 1000))) : Clong(-1)
    ccall(
        zmq.poll, Cint, (Ptr{PollItem}, Cint, Clong), items, length(items), milliseconds
    )
    return items
end
