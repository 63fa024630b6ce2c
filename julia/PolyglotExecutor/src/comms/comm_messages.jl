# What comms send and are sent.

"Opens a comm from this side."
function open_comm!(session::Session, target::String, data; id::String=string(uuid4()), message...)
    comm = CommChannel(id, target, true, nothing, nothing)
    session.comms.open[id] = comm
    publish_comm(session, "comm_open", comm, data; message...)
    return comm
end

function send_comm(session::Session, comm::CommChannel, data; message...)
    comm.open || throw(ArgumentError("the comm is closed"))
    publish_comm(session, "comm_msg", comm, data; message...)
    return nothing
end

"Closes a comm from this side; one that is closed already stays so."
function close_comm!(session::Session, comm::CommChannel, data; message...)
    comm.open || return nothing
    forget_comm!(session.comms, comm)
    publish_comm(session, "comm_close", comm, data; message...)
    return nothing
end

function forget_comm!(comms::Comms, comm::CommChannel)
    comm.open = false
    delete!(comms.open, comm.id)
    return nothing
end

function publish_comm(
    session::Session, type::String, comm::CommChannel, data; metadata=Dict{String,Any}(), buffers=()
)
    content = JSON.fields("comm_id" => comm.id, "data" => data)
    more = JSON.fields("metadata" => metadata, "comm_id" => comm.id)
    if type == "comm_open"
        push!(content, Pair{String,Any}("target_name", comm.target))
        push!(more, Pair{String,Any}("target_name", comm.target))
    end
    raw = Vector{UInt8}[Vector{UInt8}(reinterpret(UInt8, vec(collect(buffer)))) for buffer in buffers]
    publish(session, type, content, more, raw)
    return nothing
end

"The front end may open comms of this name: `opened(comm, message)` is called for each."
function register_comm!(session::Session, target::String, opened)
    session.comms.targets[target] = opened
    announce_target(session, target, true)
    return nothing
end

"""
    announce_targets!(session)

The front end may open comms of the names for which packages have added methods to IJulia's
`register_comm`. Looked for when methods have been defined.
"""
function announce_targets!(session::Session)
    world = Base.get_world_counter()
    world == session.comms.world && return nothing
    session.comms.world = world
    for target in IJulia.CommManager.registered_targets()
        haskey(session.comms.targets, target) ||
            register_comm!(session, target, IJulia.CommManager.opened)
    end
    return nothing
end

"Withdraws the name."
function unregister_comm!(session::Session, target::String)
    delete!(session.comms.targets, target)
    announce_target(session, target, false)
    return nothing
end

function announce_target(session::Session, target::String, registered::Bool)
    send(
        session.channel,
        JSON.fields("type" => "comm_target", "target_name" => target, "registered" => registered),
    )
    return nothing
end

"""
    comm_arrived(session, frame)

A message of the front end. An error in the user's callback is shown in the standard error, because
a comm message has no reply that could hold it.
"""
function comm_arrived(session::Session, frame::Frames.Frame)
    header = frame.header
    attend!(session, Request(get(header, "id", nothing), false))
    outcome = attempt(session, handle_comm, session, frame)
    outcome isa Failure && println(session.stderr, render_failure(outcome))
    settle_output!(session)
    reply(session, header["id"], JSON.fields())
    attend!(session, NO_REQUEST)
    return nothing
end

function handle_comm(session::Session, frame::Frames.Frame)
    content = JSON.parse(frame.buffers[1])
    id = content["comm_id"]
    data = get(content, "data", Dict{String,Any}())
    metadata = get(frame.header, "metadata", Dict{String,Any}())
    message = CommMessage(data, metadata, frame.buffers[2:end])
    type = frame.header["msg_type"]
    type == "comm_open" && return comm_opened(session, id, content["target_name"], message)
    comm = get(session.comms.open, id, nothing)
    comm === nothing && return nothing   # it was closed here while this was on its way
    if type == "comm_close"
        forget_comm!(session.comms, comm)
        comm.on_close === nothing || comm.on_close(comm, message)
    else
        comm.on_msg === nothing || comm.on_msg(comm, message)
    end
    return nothing
end

# A target that nobody registered, or that fails, is answered with `comm_close`.
function comm_opened(session::Session, id::String, target::String, message::CommMessage)
    comm = CommChannel(id, target, true, nothing, nothing)
    opened = get(session.comms.targets, target, nothing)
    if opened === nothing
        println(session.stderr, "No comm target \"$target\" is registered in Julia")
        close_comm!(session, comm, Dict{String,Any}())
        return nothing
    end
    session.comms.open[id] = comm
    try
        opened(comm, message)
    catch
        close_comm!(session, comm, Dict{String,Any}())
        rethrow()
    end
    return nothing
end
