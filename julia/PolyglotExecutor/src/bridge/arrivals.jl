# What the other side lets go of takes effect behind the frames that it sent before: those may refer
# to the same objects, and the task that is to read them may not have had its turn.

"A frame with values: `call` or `return`, and the call's number."
const FrameKey = Tuple{String,Any}

"""
    Arrivals()

The frames that have arrived and are not read yet, numbered as they came, and what was let go behind
them, with the number of the last one before it.
"""
mutable struct Arrivals
    unread::Dict{FrameKey,Int}
    releases::Vector{Tuple{Int,Any}}
    last::Int
end

Arrivals() = Arrivals(Dict{FrameKey,Int}(), Tuple{Int,Any}[], 0)

key_of(frame::Frames.Frame)::FrameKey = (frame.header["type"], frame.header["call"])

"A frame has arrived; telling so again changes nothing."
function arrived!(arrivals::Arrivals, frame::Frames.Frame)
    get!(arrivals.unread, key_of(frame)) do
        return arrivals.last += 1
    end
    return nothing
end

"The references that can be let go now, behind one more that comes with `references`."
function release_behind!(arrivals::Arrivals, references)
    push!(arrivals.releases, (arrivals.last, references))
    return take_due!(arrivals)
end

"A frame was read, or nobody will: the references that can be let go now."
function was_read!(arrivals::Arrivals, key::FrameKey)
    pop!(arrivals.unread, key, 0) == 0 && return Any[]
    return take_due!(arrivals)
end

function take_due!(arrivals::Arrivals)
    oldest = isempty(arrivals.unread) ? typemax(Int) : minimum(values(arrivals.unread))
    due = Any[]
    while !isempty(arrivals.releases) && arrivals.releases[1][1] < oldest
        append!(due, popfirst!(arrivals.releases)[2])
    end
    return due
end
