"""
Comms as IJulia has them: the target's name is a parameter of the type, so that packages define what a
message does by methods.
"""
module CommManager

using ..IJulia: IJulia, Kernel, Msg, execute_msg, msg_pub, polyglot, server

export Comm, comm_target, msg_comm, send_comm, close_comm, register_comm

"""
    Comm(target, id, primary = true, on_msg, on_close; data, metadata, buffers)

A channel to the front end. With `primary` the front end is told of it, by `data`; `on_msg(message)` and
`on_close(message)` are called with a [`IJulia.Msg`](@ref) (`message.content["data"]`).
"""
mutable struct Comm{target}
    id::String
    primary::Bool
    on_msg::Any
    on_close::Any
    channel::Any    # the kernel's own object for it
end

Base.show(io::IO, comm::Comm) =
    print(io, "IJulia.Comm(", repr(comm_target(comm)), ", ", repr(comm.id), ')')

"The open comms that were made by this package, by their ids."
const comms = Dict{String,Comm}()

nothing_to_do(message) = nothing

function Comm(
    target, id=server().new_comm_id(), primary::Bool=true, on_msg=nothing_to_do, on_close=nothing_to_do;
    kernel=nothing, data=Dict{String,Any}(), metadata=Dict{String,Any}(), buffers=Vector{UInt8}[],
)
    comm = Comm{Symbol(target)}(string(id), primary, on_msg, on_close, nothing)
    channel = if primary
        polyglot().Comm(target; id=comm.id, data=data, metadata=metadata, buffers=buffers)
    else
        server().known_comm(string(target), comm.id)
    end
    return attach!(comm, channel)
end

function attach!(comm::Comm, channel)
    comm.channel = channel
    channel.on_msg = (_, message) -> comm.on_msg(as_msg(comm, "comm_msg", message))
    channel.on_close = function (_, message)
        delete!(comms, comm.id)
        return comm.on_close(as_msg(comm, "comm_close", message))
    end
    comms[comm.id] = comm
    return comm
end

function as_msg(comm::Comm, type::String, message)
    content = Dict{String,Any}("comm_id" => comm.id, "data" => message.data)
    type == "comm_open" && (content["target_name"] = string(comm_target(comm)))
    return msg_pub(execute_msg, type, content, message.metadata, message.buffers)
end

"    comm_target(comm) -> Symbol\n\nThe name by which the front end knows what the comm is for."
comm_target(::Comm{target}) where {target} = target

"    msg_comm(comm, parent, type, data, metadata, buffers)\n\nA message for `IJulia.send_ipython`."
function msg_comm(
    comm::Comm, parent::Msg, type, data=Dict{String,Any}(), metadata=Dict{String,Any}(),
    buffers=Vector{UInt8}[]; more...
)
    content = Dict{String,Any}("comm_id" => comm.id, "data" => data)
    foreach(pair -> content[string(pair.first)] = pair.second, pairs(more))
    return msg_pub(parent, type, content, metadata, buffers)
end

"    send_comm(comm, data, metadata, buffers)\n\nSends `data` to the other end."
function send_comm(
    comm::Comm, data, metadata=Dict{String,Any}(), buffers=Vector{UInt8}[]; kernel=nothing, more...
)
    return polyglot().send(comm.channel, data; metadata=metadata, buffers=buffers)
end

"    close_comm(comm, data, metadata)\n\nCloses the comm on both ends."
function close_comm(
    comm::Comm, data=Dict{String,Any}(), metadata=Dict{String,Any}(); kernel=nothing, more...
)
    delete!(comms, comm.id)
    return close(comm.channel; data=data, metadata=metadata)
end

"""
    register_comm(comm, message)

A method `register_comm(comm::Comm{:target}, message)` is called when the front end opens a comm of that
name; it sets `comm.on_msg`.
"""
register_comm(comm::Comm, message) = nothing

"The names for which packages have added methods to [`register_comm`](@ref)."
function registered_targets()
    found = String[]
    for method in methods(register_comm)
        signature = Base.unwrap_unionall(method.sig)
        length(signature.parameters) > 1 || continue
        type = signature.parameters[2]
        type isa DataType && type <: Comm && type.parameters[1] isa Symbol || continue
        push!(found, string(type.parameters[1]))
    end
    return found
end

"What the kernel calls when the front end has opened a comm of such a name."
function opened(channel, message)
    comm = Comm{Symbol(channel.target)}(channel.id, false, nothing_to_do, nothing_to_do, nothing)
    attach!(comm, channel)
    register_comm(comm, as_msg(comm, "comm_open", message))
    return nothing
end

end
