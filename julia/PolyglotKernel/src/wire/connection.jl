"The kernel's five channels, in the order in which their sockets are kept."
const CHANNELS = ["shell", "control", "stdin", "iopub", "hb"]

"""
    Connection

The contents of a connection file ("Connection files" in jupyter_client's kernels.rst).
`ports` follows [`CHANNELS`](@ref); 0 means that the kernel chooses.
"""
mutable struct Connection
    path::String
    transport::String
    ip::String
    ports::Vector{Int}
    key::String
    signature_scheme::String
    curve::Union{CurveKeys,Nothing}     # what the sockets are encrypted with; nothing: not at all
    fields::Dict{String,Any}    # all that the file holds, to write it back
end

"""
    read_connection(path)

Read the connection file at `path`. Throws a [`StartError`](@ref) that names the field at fault.
"""
function read_connection(path::String)
    fields = read_fields(path)
    transport = text_field(path, fields, "transport", "tcp")
    (transport == "tcp" || transport == "ipc") ||
        bad_field(path, "transport", "must be \"tcp\" or \"ipc\"")
    scheme = text_field(path, fields, "signature_scheme", "hmac-sha256")
    haskey(DIGESTS, scheme) || bad_field(
        path, "signature_scheme", "must be hmac-sha256, hmac-sha224, hmac-sha384 or hmac-sha512"
    )
    registers = is_registration(fields)
    ip = text_field(path, fields, registers ? "registration_ip" : "ip", nothing)
    isempty(ip) && bad_field(path, "ip", "is empty")
    ports = Int[]
    for channel in CHANNELS
        push!(ports, registers ? 0 : port_field(path, fields, channel * "_port"))
    end
    key = text_field(path, fields, "key", nothing)
    curve = if asks_for_encryption(fields)
        Base.invokelatest(curve_keys, path, fields)::CurveKeys
    else
        nothing
    end
    return Connection(path, transport, ip, ports, key, scheme, curve, fields)
end

"Whether the file is a registration file instead (\"Registration file format\"); see `register`."
is_registration(fields::Dict{String,Any}) = haskey(fields, "registration_port")

function read_fields(path::String)
    isdir(path) && throw(StartError(string("polyglot: the connection file ", path, " cannot be read")))
    fields = try
        JSON.parse(read(path))
    catch e
        reason = if e isa JSON.ParseError
            "is " * JSON.describe(e)
        elseif e isa SystemError
            ispath(path) ? "cannot be read" : "does not exist"
        else
            rethrow()
        end
        throw(StartError(string("polyglot: the connection file ", path, " ", reason)))
    end
    fields isa Dict{String,Any} ||
        throw(StartError(string("polyglot: the connection file ", path, " must hold a JSON object")))
    return fields
end

function bad_field(path::String, name::String, problem::String)
    throw(StartError(string("polyglot: in the connection file ", path, " the field \"", name, "\" ", problem)))
end

function text_field(path::String, fields, name::String, default::Union{String,Nothing})
    value = get(fields, name, default)
    value === nothing && bad_field(path, name, "is missing")
    value isa String || bad_field(path, name, "must be a string")
    return value
end

function port_field(path::String, fields, name::String)
    value = get(fields, name, nothing)
    value === nothing && bad_field(path, name, "is missing")
    value isa Int64 || bad_field(path, name, "must be a whole number")
    0 <= value <= 65535 || bad_field(path, name, "must lie between 0 and 65535")
    return value
end

"""
    address(connection, index)

The ZeroMQ address of channel `index`; for port 0 one at which the system chooses.
"""
function address(connection::Connection, index::Int)
    port = connection.ports[index]
    if connection.transport == "ipc"
        return string("ipc://", connection.ip, "-", string(port))
    end
    host = occursin(':', connection.ip) ? string('[', connection.ip, ']') : connection.ip
    return string("tcp://", host, ":", port == 0 ? "*" : string(port))
end

"""
    choose_ipc_ports!(connection)

For `ipc` a port is part of a file's name: replace each 0 by a number that no file has yet.
"""
function choose_ipc_ports!(connection::Connection)
    candidate = 1
    for i in eachindex(connection.ports)
        connection.ports[i] == 0 || continue
        while candidate in connection.ports || ispath(string(connection.ip, "-", candidate))
            candidate += 1
        end
        connection.ports[i] = candidate
    end
    return nothing
end

"""
    remove_ipc_files(connection)

Remove the files that the sockets of an `ipc` connection were; ZeroMQ leaves them behind.
"""
function remove_ipc_files(connection::Connection)
    connection.transport == "ipc" || return nothing
    for port in connection.ports
        rm(string(connection.ip, "-", port); force=true)
    end
    return nothing
end

"""
    write_back(connection)

Replace the connection file by one with the ports that were chosen, readable by the user alone.
"""
function write_back(connection::Connection)
    for (i, channel) in enumerate(CHANNELS)
        connection.fields[channel * "_port"] = connection.ports[i]
    end
    temporary = connection.path * ".new"
    touch(temporary)
    chmod(temporary, 0o600)
    write(temporary, JSON.json(connection.fields))
    rename_file(temporary, connection.path)
    return nothing
end
