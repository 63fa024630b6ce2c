# What this process shares with the process of another language.

include("arrivals.jl")

"""
    Bridge(peer, make_proxy)

All that this process shares with the process of one other language.
"""
mutable struct Bridge
    peer::String
    exports::Values.Exports
    imports::Values.Imports
    lender::Values.Lender
    codec::Values.Codec
    arrivals::Arrivals
    peer_generation::Int   # 0 until it is known
    warned::Warned
end

function Bridge(peer::String, make_proxy)
    exports, imports, lender = Values.Exports(), Values.Imports(), Values.Lender()
    proxy(reference) = make_proxy(Values.hold!(imports, reference))
    codec = Values.Codec(exports, lender, proxy)
    return Bridge(peer, exports, imports, lender, codec, Arrivals(), 0, Warned())
end

# A new process has nothing of what the one before it held.
function meet!(bridge::Bridge, header::Dict{String,Any})
    generation = get(header, "generation", nothing)
    generation isa Int && generation != bridge.peer_generation || return nothing
    if bridge.peer_generation != 0
        empty!(bridge.exports)
        close_segments(bridge, collect(keys(bridge.lender.segments)))
    end
    bridge.peer_generation = generation
    return nothing
end

close_segments(bridge::Bridge, fds) =
    foreach(fd -> Values.close_segment!(bridge.lender, Int(fd)), fds)

# -------------------------------------------------------------------------------------- letting go

"Tell the other side what we let go of."
function release_dropped(session)
    released = Values.take_released!(session.bridge.imports)
    isempty(released) || send_release(session, released, Int[], 0)
    return nothing
end

function send_release(session, references, segments::Vector{Int}, generation::Int)
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
    let_go!(bridge, release_behind!(bridge.arrivals, get(header, "refs", Any[])))
    return nothing
end

"The frame with this key was read, or nobody will."
frame_read(bridge::Bridge, key::FrameKey) = let_go!(bridge, was_read!(bridge.arrivals, key))

function let_go!(bridge::Bridge, references::Vector{Any})
    for (generation, number, count) in references
        Values.release!(bridge.exports, generation, number, count)
    end
    return nothing
end

"The answer to a call whose caller was interrupted: what it lends is given back."
function late_return_arrived(session, frame::Frames.Frame)
    try
        isempty(frame.buffers) || decode_answer(session, frame)
    catch e   # nobody wants the value
        e isa Union{Values.ConversionError,Values.StaleReferenceError} || rethrow()
    end
    frame_read(session.bridge, key_of(frame))
    return nothing
end
