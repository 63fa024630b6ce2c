# Comms: named channels between user code and the front end, on which widgets are built
# (docs/messaging.rst of jupyter_client, *Custom Messages*).

"""
    CommMessage

What a comm was sent: `data`, `metadata` and raw `buffers`.
"""
struct CommMessage
    data::Any
    metadata::Any
    buffers::Vector{Vector{UInt8}}
end

"""
A channel to the front end; both ends can open one. See `Polyglot.Comm`.
"""
mutable struct CommChannel
    id::String
    target::String
    open::Bool
    on_msg::Any     # called with the comm and a CommMessage
    on_close::Any
end

"The open comms by id, and what the front end may open, by target name."
mutable struct Comms
    open::Dict{String,Any}       # CommChannel
    targets::Dict{String,Any}
    world::UInt                  # in which methods for targets were looked for last
end

Comms() = Comms(Dict{String,Any}(), Dict{String,Any}(), 0)

function Base.show(io::IO, comm::CommChannel)
    return print(io, "Polyglot.Comm(", repr(comm.target), comm.open ? ")" : "; closed)")
end
