# Requests to another language, and the values that come with them. One `call` frame asks for one of
# four things (docs/values.md, *Calls*): the value of a variable, its assignment, the value of code, or
# a function's result. The values that it needs are one tuple.

"The other side answered with an error; `exception` is the error itself, if it came."
struct Failed
    header::Dict{String,Any}
    exception::Any
end

const NamedValue = Pair{String,Any}

"""
    request(session, op, parts, fields)

The answer to `op` and `nothing`, or `nothing` and what [`Failed`](@ref). `parts` are the values that
it needs, with the names of each. Throws [`Values.ConversionError`](@ref) and `InterruptException`.
"""
function request(session, op::String, parts::Vector{NamedValue}, fields::JSON.Fields)
    bridge = session.bridge
    begin_asking!(bridge)
    release_dropped(session)
    hand_over(session)
    add_redirected!(fields, session)
    name = op == "get" ? fields_name(fields) : "the result"
    push!(fields, Pair{String,Any}("generation", bridge.exports.generation))
    lease = Int[]
    try   # what the frame refers to lives until it is sent
        sent = checked(session, outgoing(Values.encode_parts, bridge, parts, lease))
        return GC.@preserve parts call(session, bridge.peer, op, fields, sent.buffers) do frame
            return result_of(session, frame, name)
        end
    finally   # it was mapped, or nobody waits for the answer any more
        end_lease(bridge, lease)
    end
end

function add_redirected!(fields::JSON.Fields, session)
    names = redirected(session)
    isempty(names) || push!(fields, Pair{String,Any}("capture", names))
    return fields
end

fields_name(fields::JSON.Fields) = String(last(fields[findfirst(f -> first(f) == "name", fields)]))

function result_of(session, frame::Frames.Frame, name::String="the result")
    header = frame.header
    meet!(session.bridge, header)
    haskey(header, "changed") && forget!(session.bridge, header["changed"])
    get(header, "figures", false) === true && (session.bridge.figures = true)
    value = isempty(frame.buffers) ? nothing : incoming(session.bridge, frame.buffers, name)
    header["status"] == "ok" || return nothing, Failed(header, value)
    get(header, "known", false) === true && value isa AnyPyObject && learn!(session, name, value)
    return value, nothing
end

"What the answer lends is given back: it was read, or nobody will."
function give_back(session, frame::Frames.Frame)
    segments = get(frame.header, "segments", ())
    isempty(segments) ||
        send_release(session, Values.Released[], segments, frame.header["generation"])
    return nothing
end

"The values of a call that arrived; its caller waits, and closes the segments."
function arguments(session, frame::Frames.Frame)
    meet!(session.bridge, frame.header)
    forget_all!(session.bridge)
    values = incoming_parts(session.bridge, frame.buffers) do count
        names_of_parts(frame.header, count)
    end
    frame_read(session.bridge, key_of(frame))
    release_dropped(session)
    return values
end

"What the values of a call are called."
function names_of_parts(header::Dict{String,Any}, count::Int)
    header["op"] == "call" ||
        return count == 0 ? String[] : String[name for name in header["names"]]
    names = haskey(header, "target") ? String[] : ["the function"]
    keywords = ["keyword $name" for name in header["keywords"]]
    arguments = ["argument $i" for i in 1:(count - length(names) - length(keywords))]
    return String[names; arguments; keywords]
end

"""
The fields and buffers of the `return` with a value, which has to live until that is sent. The `lease` has
what is to be closed if it is not.
"""
function answer_with(session, @nospecialize(value), name::String, lease::Vector{Int})
    sent = checked(session, outgoing(Values.encode, session.bridge, value, name, lease))
    fields = answer_fields(session)
    isempty(lease) || push!(fields, Pair{String,Any}("segments", Any[lease...]))
    return fields, sent.buffers, value
end

"What every `return` says beside its value."
function answer_fields(session)
    fields = JSON.fields("generation" => session.bridge.exports.generation)
    changed = Base.invokelatest(take_changed!, session.bridge, session.mod)::Vector{Any}
    isempty(changed) || push!(fields, Pair{String,Any}("changed", changed))
    return fields
end

"The fields and buffers of the `return` with an error: what it says, and the error to look at."
function answer_failure(session, failure::Failure)
    exception = unwrapped(first(failure.stack)[1])
    traceback = Any[String(line) for line in split(clipped(stack_text(failure), LONGEST_TEXT), '\n')]
    fields = JSON.fields(
        "ename" => exception_name(exception), "evalue" => exception_value(exception), "traceback" => traceback
    )
    append!(fields, answer_fields(session))
    return fields, outgoing(Values.encode_reference, session.bridge, exception).buffers
end

"How many characters of an error's stack are told."
const LONGEST_TEXT = 200_000

"The text without its middle, if it is so long that no one would read it."
function clipped(text::AbstractString, longest::Int)
    count = length(text)
    count <= longest && return text
    half = longest ÷ 2
    left_out = "\n… $(count - 2 * half) characters are left out …\n"
    return first(text, half) * left_out * last(text, half)
end

# Where it happened, without colours; the message stands beside it already.
function stack_text(failure::Failure)
    io = IOBuffer()
    for (i, (exception, trace)) in enumerate(failure.stack)
        i == 1 || print(io, "\ncaused by: ", exception_value(exception))
        python = unwrapped(exception)
        python isa PyError && print(io, '\n', python.traceback)
        Base.show_backtrace(io, trace)
    end
    return replace(lstrip(String(take!(io)), '\n'), "./In[" => "In[")
end
