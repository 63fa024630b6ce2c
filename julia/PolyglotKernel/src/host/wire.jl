# The wire protocol: how a message is signed, taken apart and put together
# ("The Wire Protocol" in messaging.rst).

"The version of the message specification that this kernel implements, in every message it sends."
const PROTOCOL_VERSION = "5.5"

const DELIMITER = Vector{UInt8}(codeunits("<IDS|MSG>"))
const SIGNATURE_SCHEMES = ("hmac-sha256", "hmac-sha224", "hmac-sha384", "hmac-sha512")

"How many signatures are remembered, in each of two generations, to refuse replayed messages."
const REMEMBERED_SIGNATURES = 2^15

"""
    Session(key, scheme)

The kernel's identity towards its clients: what it signs with, and which signatures it has seen.
"""
mutable struct Session
    id::String
    username::String
    key::Vector{UInt8}
    scheme::String
    sent::Int
    seen::Set{Vector{UInt8}}
    seen_before::Set{Vector{UInt8}}
end

function Session(key::String, scheme::String)
    username = get(ENV, "USER", "kernel")
    seen = Set{Vector{UInt8}}()
    return Session(random_id(), username, codeunits(key), scheme, 0, seen, Set{Vector{UInt8}}())
end

"A random identifier of 32 hexadecimal digits, from the system's source of randomness."
random_id() = bytes2hex(open(io -> read(io, 16), "/dev/urandom"))

"""
    sign(key, scheme, parts)

The signature of `parts` as hexadecimal digits in ASCII; empty for an empty key.
"""
function sign(key::Vector{UInt8}, scheme::String, parts)
    isempty(key) && return UInt8[]
    scheme == "hmac-sha256" && return hmac(SHA.SHA2_256_CTX(), key, parts)
    scheme == "hmac-sha224" && return hmac(SHA.SHA2_224_CTX(), key, parts)
    scheme == "hmac-sha384" && return hmac(SHA.SHA2_384_CTX(), key, parts)
    scheme == "hmac-sha512" && return hmac(SHA.SHA2_512_CTX(), key, parts)
    throw(ArgumentError("unknown signature scheme $scheme"))
end

function hmac(context, key::Vector{UInt8}, parts)
    digest = SHA.HMAC_CTX(context, key)
    for part in parts
        SHA.update!(digest, part)
    end
    return Vector{UInt8}(codeunits(bytes2hex(SHA.digest!(digest))))
end

"Whether two signatures are equal, in a time that does not tell where they differ."
function same_signature(a::Vector{UInt8}, b::Vector{UInt8})
    length(a) == length(b) || return false
    difference = 0x00
    for i in eachindex(a)
        difference |= a[i] ⊻ b[i]
    end
    return difference == 0x00
end

"""
    WireError(reason)

A message that cannot be accepted. It is logged and dropped; the kernel goes on.
"""
struct WireError <: Exception
    reason::String
end

"""
    Request

A message from a client. `header_json` is the header as it came: replies and output carry these
very bytes as their `parent_header`.
"""
struct Request
    channel::Int                            # index into CHANNELS
    identities::Vector{Vector{UInt8}}
    header_json::Vector{UInt8}
    msg_type::String
    msg_id::String
    parent_id::String                       # msg_id of the parent header, or empty
    metadata_json::Vector{UInt8}
    content_json::Vector{UInt8}
    content::Dict{String,Any}
    buffers::Vector{Vector{UInt8}}
end

"""
    read_request(session, channel, parts)

The message in `parts`, its signature checked. Throws [`WireError`](@ref).
"""
function read_request(session::Session, channel::Int, parts::Vector{Vector{UInt8}})
    at = findfirst(==(DELIMITER), parts)
    at === nothing && throw(WireError("it has no delimiter"))
    length(parts) >= at + 5 || throw(WireError("it is cut short"))
    check_signature!(session, parts[at + 1], view(parts, (at + 2):(at + 5)))
    header = read_object(parts[at + 2], "header")
    parent = read_object(parts[at + 3], "parent header")
    read_object(parts[at + 4], "metadata")
    content = read_object(parts[at + 5], "content")
    return Request(
        channel, parts[1:(at - 1)], parts[at + 2],
        header_text(header, "msg_type"), header_text(header, "msg_id"), get_text(parent, "msg_id"),
        parts[at + 4], parts[at + 5], content, parts[(at + 6):end],
    )
end

function check_signature!(session::Session, signature::Vector{UInt8}, parts)
    isempty(session.key) && return nothing
    same_signature(signature, sign(session.key, session.scheme, parts)) ||
        throw(WireError("its signature is wrong"))
    (signature in session.seen || signature in session.seen_before) &&
        throw(WireError("its signature came before: it is a replay"))
    push!(session.seen, signature)
    if length(session.seen) >= REMEMBERED_SIGNATURES
        session.seen_before = session.seen
        session.seen = Set{Vector{UInt8}}()
    end
    return nothing
end

function read_object(bytes::Vector{UInt8}, name::String)
    object = try
        JSON.parse(bytes)
    catch e
        e isa JSON.ParseError || rethrow()
        throw(WireError("its $name is " * sprint(showerror, e)))
    end
    object isa Dict{String,Any} || throw(WireError("its $name is no JSON object"))
    return object::Dict{String,Any}
end

function header_text(header::Dict{String,Any}, name::String)
    value = get(header, name, nothing)
    value isa String || throw(WireError("its header has no $name"))
    return value::String
end

"The string under `name`, `default` when there is none (also for `null` and other types)."
function get_text(object::Dict{String,Any}, name::String, default::String="")
    value = get(object, name, nothing)
    return value isa String ? value : default
end

"The truth value under `name`, `default` when there is none."
function get_bool(object::Dict{String,Any}, name::String, default::Bool)
    value = get(object, name, nothing)
    return value isa Bool ? value : default
end

"The whole number under `name`, `default` when there is none."
function get_int(object::Dict{String,Any}, name::String, default::Int)
    value = get(object, name, nothing)
    return value isa Int ? value : default
end

const NO_PARENT = Vector{UInt8}(codeunits("{}"))
const NO_METADATA = "{}"

"A header of this session's for a message of type `msg_type`."
function make_header(session::Session, msg_type::String)
    session.sent += 1
    io = IOBuffer()
    print(io, "{\"msg_id\":\"", session.id, '_', session.sent, "\",\"session\":\"", session.id)
    print(io, "\",\"username\":")
    JSON.write(io, session.username)
    print(io, ",\"date\":\"", utc_timestamp(time()), "\",\"msg_type\":\"", msg_type)
    print(io, "\",\"version\":\"", PROTOCOL_VERSION, "\"}")
    return String(take!(io))
end

"`seconds` since the epoch in ISO 8601, in UTC, to the microsecond."
function utc_timestamp(seconds::Float64)
    whole = floor(Int, seconds)
    micros = floor(Int, (seconds - whole) * 1e6)
    datetime = Dates.unix2datetime(whole)
    return string(datetime, '.', lpad(micros, 6, '0'), 'Z')
end

"""
    send_message(session, socket, prefix, msg_type, parent, content; metadata, buffers)

Sign and send a message. `prefix` holds the routing identities or the topic; `parent`, `content`
and `metadata` are JSON already. Returns the `msg_id`'s header text.
"""
function send_message(
    session::Session,
    socket::Socket,
    prefix::Vector{Vector{UInt8}},
    msg_type::String,
    parent::Vector{UInt8},
    content::Union{String,Vector{UInt8}},
    metadata::Union{String,Vector{UInt8}}=NO_METADATA,
    buffers::Vector{Vector{UInt8}}=Vector{UInt8}[],
)
    header = make_header(session, msg_type)
    parts = (bytes_of(header), parent, bytes_of(metadata), bytes_of(content))
    for identity in prefix
        send_part(socket, identity, ZMQ_SNDMORE) || return nothing
    end
    send_part(socket, DELIMITER, ZMQ_SNDMORE) || return nothing
    send_part(socket, sign(session.key, session.scheme, parts), ZMQ_SNDMORE)
    for i in 1:3
        send_part(socket, parts[i], ZMQ_SNDMORE)
    end
    last = isempty(buffers)
    send_part(socket, parts[4], last ? Cint(0) : ZMQ_SNDMORE)
    for (i, buffer) in enumerate(buffers)
        send_part(socket, buffer, i == length(buffers) ? Cint(0) : ZMQ_SNDMORE)
    end
    return nothing
end

bytes_of(bytes::Vector{UInt8}) = bytes
bytes_of(text::String) = unsafe_wrap(Vector{UInt8}, text)
