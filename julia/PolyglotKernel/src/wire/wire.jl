# The wire protocol: how a message is taken apart and put together
# ("The Wire Protocol" in messaging.rst).

"The version of the message specification that this kernel implements, in every message it sends."
const PROTOCOL_VERSION = "5.6"

const DELIMITER = Vector{UInt8}(codeunits("<IDS|MSG>"))

"How many signatures are remembered, in each of two generations, to refuse replayed messages."
const REMEMBERED_SIGNATURES = 2^15

# A type of its own, so that the cache of this package holds the code of sets of them. It holds no memory of its
# own: tens of thousands of small objects between garbage would keep the pages that Julia could give back.
"A signature that a message came with, by its first 16 digits: as many as nobody meets twice by chance."
struct Signature
    start::UInt64
end

Signature(digits::Vector{UInt8}) = Signature(parse(UInt64, String(digits[1:16]); base=16))

"""
    Session(key, scheme)

The kernel's identity towards its clients: what it signs with, and which signatures it has seen.
"""
mutable struct Session
    id::String
    username::String            # as JSON
    signer::Signer
    sent::Int
    seen::Set{Signature}
    seen_before::Set{Signature}
end

function Session(key::String, scheme::String)
    signer = Signer(Vector{UInt8}(codeunits(key)), scheme)
    username = JSON.json(get(ENV, "USER", "kernel"))
    return Session(random_id(), username, signer, 0, Set{Signature}(), Set{Signature}())
end

"A random identifier of 32 hexadecimal digits, from the system's source of randomness."
function random_id()
    source = open("/dev/urandom")
    bytes = read(source, 16)
    close(source)
    return String(hexadecimal(bytes))
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
    client::String                          # the session of the client that sent it, or empty
    date::String                            # when that was, by the client's clock, or empty
    subshell::String                        # subshell_id, or empty: the main shell
    parent_id::String                       # msg_id of the parent header, or empty
    metadata_json::Vector{UInt8}
    content_json::Vector{UInt8}
    content::Dict{String,Any}
    buffers::Vector{Vector{UInt8}}
end

"A request of nobody's, of which only the header is known, for output to belong to."
function clientless_request(header_json::Vector{UInt8})
    none = UInt8[]
    return Request(
        SHELL, Vector{UInt8}[], header_json, "", "", "", "", "", "", none, none, Dict{String,Any}(),
        Vector{UInt8}[],
    )
end

"""
    read_request(session, channel, parts)

The message in `parts`, its signature checked. Throws [`WireError`](@ref).
"""
function read_request(session::Session, channel::Int, parts::Vector{Vector{UInt8}})
    at = 1
    while at <= length(parts) && parts[at] != DELIMITER
        at += 1
    end
    at <= length(parts) || throw(WireError("it has no delimiter"))
    length(parts) >= at + 5 || throw(WireError("it is cut short"))
    check_signature!(
        session, parts[at + 1], (parts[at + 2], parts[at + 3], parts[at + 4], parts[at + 5])
    )
    header = read_object(parts[at + 2], "header")
    parent = read_object(parts[at + 3], "parent header")
    read_object(parts[at + 4], "metadata")
    content = read_object(parts[at + 5], "content")
    return Request(
        channel, parts[1:(at - 1)], parts[at + 2],
        header_text(header, "msg_type"), header_text(header, "msg_id"), get_text(header, "session"),
        get_text(header, "date"), get_text(header, "subshell_id"), get_text(parent, "msg_id"),
        parts[at + 4], parts[at + 5], content, parts[(at + 6):end],
    )
end

function check_signature!(session::Session, signature::Vector{UInt8}, parts)
    is_signing(session.signer) || return nothing
    same_signature(signature, sign(session.signer, parts)) ||
        throw(WireError("its signature is wrong"))
    seen = Signature(signature)
    (seen in session.seen || seen in session.seen_before) &&
        throw(WireError("its signature came before: it is a replay"))
    push!(session.seen, seen)
    if length(session.seen) >= REMEMBERED_SIGNATURES
        session.seen_before = session.seen
        session.seen = Set{Signature}()
    end
    return nothing
end

"How deep a frame's header may hold what is a part of a message."
const FRAME_LEVELS = 4

function read_object(bytes::Vector{UInt8}, name::String)
    object = try
        JSON.parse(bytes, FRAME_LEVELS)
    catch e
        e isa JSON.ParseError || rethrow()
        throw(WireError(string("its ", name, " is ", JSON.describe(e))))
    end
    object isa Dict{String,Any} || throw(WireError(string("its ", name, " is no JSON object")))
    return object::Dict{String,Any}
end

function header_text(header::Dict{String,Any}, name::String)
    value = get(header, name, nothing)
    value isa String || throw(WireError(string("its header has no ", name)))
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
    return string(
        "{\"msg_id\":\"", session.id, "_", string(session.sent), "\",\"session\":\"", session.id,
        "\",\"username\":", session.username, ",\"date\":\"", utc_timestamp(time()),
        "\",\"msg_type\":\"", msg_type, "\",\"version\":\"", PROTOCOL_VERSION, "\"}",
    )
end

"""
    send_message(session, socket, prefix, msg_type, parent, content; metadata, buffers, backlog)

Sign and send a message. `prefix` holds the routing identities or the topic; `parent`, `content`
and `metadata` are JSON already. A `backlog` notes how long the message stays here.
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
    backlog::Union{Backlog,Nothing}=nothing,
)
    header = make_header(session, msg_type)
    parts = (bytes_of(header), parent, bytes_of(metadata), bytes_of(content))
    for identity in prefix
        send_part(socket, identity, ZMQ_SNDMORE) || return nothing
    end
    send_part(socket, DELIMITER, ZMQ_SNDMORE) || return nothing
    send_part(socket, sign(session.signer, parts), ZMQ_SNDMORE)
    if backlog === nothing
        send_part(socket, parts[1], ZMQ_SNDMORE)
    else
        size = total_length(parts) + total_length(buffers)
        send_watched(socket, backlog, parts[1], size, ZMQ_SNDMORE)
    end
    send_part(socket, parts[2], ZMQ_SNDMORE)
    send_part(socket, parts[3], ZMQ_SNDMORE)
    last = isempty(buffers)
    send_part(socket, parts[4], last ? Cint(0) : ZMQ_SNDMORE)
    for (i, buffer) in enumerate(buffers)
        send_part(socket, buffer, i == length(buffers) ? Cint(0) : ZMQ_SNDMORE)
    end
    return nothing
end

function total_length(parts)
    total = 0
    for part in parts
        total += length(part)
    end
    return total
end

bytes_of(bytes::Vector{UInt8}) = bytes
bytes_of(text::String) = unsafe_wrap(Vector{UInt8}, text)
