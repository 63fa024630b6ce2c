"The five sockets of a kernel, bound, in the order of [`CHANNELS`](@ref)."
struct Channels
    zmq::ZMQ
    sockets::Vector{Socket}
end

const SHELL = 1
const CONTROL = 2
const STDIN = 3
const IOPUB = 4
const HEARTBEAT = 5

const SOCKET_TYPES = Cint[ZMQ_ROUTER, ZMQ_ROUTER, ZMQ_ROUTER, ZMQ_XPUB, ZMQ_REP]
const MAX_MESSAGE = Int64(2)^31
const LINGER_MS = Cint(1000)

# For how long (in seconds) a port may be taken at first: a client that knocks before the kernel listens, or any
# connection that has just been given this port as its own end, has it for a moment.
const TAKEN_SECONDS = 1.0

"""
    bind_channels(zmq, connection)

Bind all five sockets; where the connection leaves ports to the kernel, fill them in and write the
file back. Throws [`StartError`](@ref).
"""
function bind_channels(zmq::ZMQ, connection::Connection)
    chosen = any(iszero, connection.ports)
    chosen && connection.transport == "ipc" && Base.invokelatest(choose_ipc_ports!, connection)
    connection.curve === nothing ||
        Base.invokelatest(check_encryption, zmq, connection.path, connection.curve)
    sockets = Socket[]
    for index in eachindex(CHANNELS)
        push!(sockets, bind_channel(zmq, connection, index))
    end
    chosen && !is_registration(connection.fields) && Base.invokelatest(write_back, connection)
    return Channels(zmq, sockets)
end

function bind_channel(zmq::ZMQ, connection::Connection, index::Int)
    socket = open_socket(zmq, SOCKET_TYPES[index])
    set_option(socket, ZMQ_LINGER, LINGER_MS)
    # no message is ever dropped because a client reads slowly
    set_option(socket, ZMQ_SNDHWM, Cint(0))
    set_option(socket, ZMQ_RCVHWM, Cint(0))
    set_option(socket, ZMQ_MAXMSGSIZE, MAX_MESSAGE)
    # a client that comes back under its identity replaces its old connection
    SOCKET_TYPES[index] == ZMQ_ROUTER && set_option(socket, ZMQ_ROUTER_HANDOVER, Cint(1))
    # every subscription is reported, also the second one to a topic
    SOCKET_TYPES[index] == ZMQ_XPUB && set_option(socket, ZMQ_XPUB_VERBOSE, Cint(1))
    occursin(':', connection.ip) && set_option(socket, ZMQ_IPV6, Cint(1))
    connection.curve === nothing || Base.invokelatest(encrypt_server!, socket, connection.curve)
    bound = bind_patiently(socket, address(connection, index))
    isempty(bound) && refuse_address(connection, index, last_error(zmq)...)
    if connection.transport == "tcp"
        connection.ports[index] = parse(Int, bound[(findlast(isequal(':'), bound) + 1):end])
    end
    return socket
end

function bind_patiently(socket::Socket, address::String)
    deadline = monotonic() + TAKEN_SECONDS
    while true
        bound = bind_socket(socket, address)
        is_taken = isempty(bound) && last_error(socket.zmq)[1] == Libc.EADDRINUSE
        is_taken && monotonic() < deadline || return bound
        Libc.systemsleep(0.02)
    end
end

# Which field is at fault the system's error tells: the port that somebody has, or may not be had.
function refuse_address(connection::Connection, index::Int, error::Cint, problem::String)
    of_port = connection.transport == "tcp" && error in (Libc.EADDRINUSE, Libc.EACCES)
    ip = is_registration(connection.fields) ? "registration_ip" : "ip"
    field = of_port ? CHANNELS[index] * "_port" : ip
    place = address(connection, index)
    bad_field(connection.path, field, "does not let the kernel listen at $place: $problem")
end

"Close the sockets; what was sent still leaves, for [`LINGER_MS`](@ref) at the most."
function close_channels(channels::Channels)
    foreach(close_socket, channels.sockets)
    close_context(channels.zmq)
    return nothing
end
