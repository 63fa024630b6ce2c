# Encryption of all sockets: CurveZMQ (ZeroMQ's RFC 26), with the keys of the connection file
# ("Connection files" in jupyter_client's kernels.rst). Who does not know the public key cannot connect.

"A pair of keys for CurveZMQ, each of 40 characters as the connection file has them (Z85)."
struct CurveKeys
    public::String
    secret::String
end

const CURVE_FIELDS = ("curve_publickey", "curve_secretkey")
const Z85_KEY = r"^[0-9a-zA-Z.:+=^!/*?&<>()\[\]{}@%$#-]{40}$"

"Whether the connection file's `fields` ask for encryption."
asks_for_encryption(fields::Dict{String,Any}) =
    haskey(fields, CURVE_FIELDS[1]) || haskey(fields, CURVE_FIELDS[2])

"""
    curve_keys(path, fields)

The keys in the connection file's `fields`. Half a pair, or something else in their place, is a
[`StartError`](@ref): nobody is to take plain text for encrypted.
"""
function curve_keys(path::String, fields::Dict{String,Any})
    texts = map(CURVE_FIELDS) do name
        text = text_field(path, fields, name, nothing)
        occursin(Z85_KEY, text) ||
            bad_field(path, name, "must be a key of CurveZMQ, 40 characters in Z85")
        text
    end
    return CurveKeys(texts...)
end

"""
    check_encryption(zmq, path, keys)

Throw a [`StartError`](@ref) where this libzmq cannot encrypt, or where the keys are no pair: clients
would wait for ever.
"""
function check_encryption(zmq::ZMQ, path::String, keys::CurveKeys)
    has_capability(zmq, "curve") || throw(
        StartError(
            "polyglot: the connection file $path asks for encryption, and this libzmq has none (Curve): " *
            "install pyzmq from a wheel (pip install --force-reinstall --only-binary pyzmq pyzmq), or " *
            "start the kernel without encryption",
        ),
    )
    public = public_key(zmq, keys.secret)
    public === nothing && bad_field(path, "curve_secretkey", "is no key of CurveZMQ")
    public == keys.public ||
        bad_field(path, "curve_publickey", "does not belong to the \"curve_secretkey\"")
    return nothing
end

# The public key that belongs to a secret one, `nothing` for what is none.
function public_key(zmq::ZMQ, secret::String)
    public = zeros(UInt8, 41)
    done = ccall(zmq.curve_public, Cint, (Ptr{UInt8}, Cstring), public, secret)
    return done == 0 ? String(public[1:40]) : nothing
end

"Accept only encrypted connections on a socket that is not bound yet."
function encrypt_server!(socket::Socket, keys::CurveKeys)
    set_option(socket, ZMQ_CURVE_SERVER, Cint(1))
    set_option(socket, ZMQ_CURVE_SECRETKEY, keys.secret)
    return nothing
end

"Let a socket that is not connected yet speak only to who has the same keys, as Jupyter's clients do."
function encrypt_client!(socket::Socket, keys::CurveKeys)
    set_option(socket, ZMQ_CURVE_SERVERKEY, keys.public)
    set_option(socket, ZMQ_CURVE_PUBLICKEY, keys.public)
    set_option(socket, ZMQ_CURVE_SECRETKEY, keys.secret)
    return nothing
end
