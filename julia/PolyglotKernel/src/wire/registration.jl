# The handshake at start-up ("Kernel startup handshake", version 5.6 of the specification): a kernel
# that was given a registration file chooses its ports itself and tells them to whoever started it.

"How long the registration service may take to answer, in seconds."
const REGISTRATION_WAIT = 30.0

"""
    register(zmq, session, connection)

Send the ports of the bound sockets to the registration service and wait until it has them. Throws
[`StartError`](@ref) when it does not answer, or with a wrong signature.
"""
function register(zmq::ZMQ, session::Session, connection::Connection)
    fields, path = connection.fields, connection.path
    kernel_id = text_field(path, fields, "kernel_id", nothing)
    service = registration_address(connection)
    socket = open_socket(zmq, ZMQ_DEALER)
    set_option(socket, ZMQ_LINGER, LINGER_MS)
    connection.curve === nothing || encrypt_client!(socket, connection.curve)
    connect_socket(socket, service)
    content = Dict{String,Any}("kernel_id" => kernel_id)
    for (i, channel) in enumerate(CHANNELS)
        content[channel * "_port"] = string(connection.ports[i])
    end
    body = Vector{UInt8}(JSON.json(content))
    send_part(socket, DELIMITER, ZMQ_SNDMORE)
    send_part(socket, sign(session.signer, (body,)), ZMQ_SNDMORE)
    send_part(socket, body, Cint(0))
    items = poll!(zmq, [PollItem(socket)], REGISTRATION_WAIT)
    answer = is_ready(items[1]) ? receive(socket) : nothing
    close_socket(socket)
    is_acknowledged(session, answer) ||
        throw(StartError("polyglot: the registration service at $service did not confirm the kernel"))
    return nothing
end

function registration_address(connection::Connection)
    fields, path = connection.fields, connection.path
    ip = connection.ip
    if connection.transport == "ipc"
        return string("ipc://", ip, "-", port_field(path, fields, "registration_port"))
    end
    return string("tcp://", ip, ":", port_field(path, fields, "registration_port"))
end

# What an acknowledgement says is the service's own affair; its signature is not.
function is_acknowledged(session::Session, parts)
    parts === nothing && return false
    at = findfirst(isequal(DELIMITER), parts)
    (at === nothing || length(parts) < at + 2) && return false
    is_signing(session.signer) || return true
    return same_signature(parts[at + 1], sign(session.signer, (parts[at + 2],)))
end
