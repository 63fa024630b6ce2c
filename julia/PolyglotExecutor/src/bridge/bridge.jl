# What this process shares with the process of another language.

include("arrivals.jl")

"""
    Bridge(peer, make_proxy)

All that this process shares with the process of one other language. Tasks of several threads may ask
Python at once: what changes here, changes under `lock`.
"""
mutable struct Bridge
    peer::String
    lock::ReentrantLock
    exports::Values.Exports
    imports::Values.Imports
    lender::Values.Lender
    codec::Values.Codec
    arrivals::Arrivals
    known::KnownNames      # of the other side's
    told::ToldNames        # of ours
    peer_generation::Int   # 0 until it is known
    warned::Warned
    figures::Bool          # the other side has some to show when the cell is over
    shows_there::Bool      # the other side captures what is displayed
end

function Bridge(peer::String, make_proxy)
    exports, imports, lender = Values.Exports(), Values.Imports(), Values.Lender()
    proxy(reference) = make_proxy(Values.hold!(imports, reference))
    codec = Values.Codec(exports, lender, proxy)
    return Bridge(peer, ReentrantLock(), exports, imports, lender, codec, Arrivals(), KnownNames(), ToldNames(), 0, Warned(), false, false)
end

# A new process has nothing of what the one before it held.
function meet!(bridge::Bridge, header::Dict{String,Any})
    generation = get(header, "generation", nothing)
    generation == bridge.peer_generation && return nothing
    forget_all!(bridge)
    Base.@lock bridge.lock begin
        generation isa Int || return nothing    # the host's answer: the process is gone, or was not reached
        if bridge.peer_generation != 0
            empty!(bridge.exports)
            close_segments(bridge, collect(keys(bridge.lender.segments)))
        end
        bridge.peer_generation = generation
    end
    return nothing
end

function close_segments(bridge::Bridge, fds)
    isempty(fds) && return nothing
    Base.@lock bridge.lock for fd in fds
        Values.close_segment!(bridge.lender, Int(fd))
    end
    return nothing
end

"Closes what was lent for a frame, which is not sent or was answered. An interrupt waits for it."
function end_lease(bridge::Bridge, lease::Vector{Int})
    isempty(lease) && return nothing
    disable_sigint() do
        Base.@lock bridge.lock Values.close_segments!(bridge.lender, lease)
    end
    return nothing
end

"What is sent of values: `encode` (`Values.encode` and its like) of the bridge's codec and `arguments`."
outgoing(encode, bridge::Bridge, @nospecialize(arguments...)) =
    Base.@lock bridge.lock encode(bridge.codec, arguments...)::Values.Encoded

"The value that has arrived."
incoming(bridge::Bridge, buffers, name::String) =
    Base.@lock bridge.lock Values.decode(bridge.codec, buffers, name)

incoming_parts(names_of, bridge::Bridge, buffers) =
    Base.@lock bridge.lock Values.decode_parts(names_of, bridge.codec, buffers)::Vector{Any}

# -------------------------------------------------------------------------------------- letting go

"Tell the other side what we let go of."
function release_dropped(session)
    bridge = session.bridge
    isempty(bridge.imports.released) && return nothing
    released = Base.@lock bridge.lock Values.take_released!(bridge.imports)
    isempty(released) || send_release(session, released, Int[], 0)
    return nothing
end

function send_release(session, references, segments, generation::Int)
    header = JSON.fields(
        "type" => "release",
        "to" => session.bridge.peer,
        "refs" => Any[Any[reference...] for reference in references],
        "segments" => Any[segments...],
        "generation" => generation,
    )
    send(session.channel, header)
    return nothing
end

"Takes a `release` frame; what it lets go of is let go when the frames before it are read."
function release_arrived(session, header::Dict{String,Any})
    bridge = session.bridge
    get(header, "generation", 0) == bridge.exports.generation &&
        close_segments(bridge, get(header, "segments", ()))
    references = get(header, "refs", Any[])
    Base.@lock bridge.lock let_go!(bridge, release_behind!(bridge.arrivals, references))
    return nothing
end

"A frame with values has arrived."
frame_arrived(bridge::Bridge, frame::Frames.Frame) =
    Base.@lock bridge.lock arrived!(bridge.arrivals, frame)

"The frame with this key was read, or nobody will."
frame_read(bridge::Bridge, key::FrameKey) =
    Base.@lock bridge.lock let_go!(bridge, was_read!(bridge.arrivals, key))

function let_go!(bridge::Bridge, references::Vector{Any})
    for (generation, number, count) in references
        Values.release!(bridge.exports, generation, number, count)
    end
    return nothing
end

"The answer to a call whose caller was interrupted: read for what it refers to, and given back."
function late_return_arrived(session, frame::Frames.Frame)
    try
        isempty(frame.buffers) || incoming(session.bridge, frame.buffers, "the result")
    catch e   # nobody wants the value
        e isa Union{Values.ConversionError,Values.StaleReferenceError} || rethrow()
    finally
        give_back(session, frame)
    end
    frame_read(session.bridge, key_of(frame))
    return nothing
end
