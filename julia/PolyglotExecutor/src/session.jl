# All state of an executor.

"""
    Request(id, allow_stdin)

What is being handled: output belongs to it, and input is asked on its behalf.
"""
struct Request
    id::Union{Int,Nothing}
    allow_stdin::Bool
end

const NO_REQUEST = Request(nothing, false)

# `Dict{Any,Any}` and not of `Int`, because Julia has the code of it compiled already.
"What cells were and what they gave, by their numbers: `In` and `Out`."
struct CellHistory
    inputs::Dict{Any,Any}
    outputs::Dict{Any,Any}
end

CellHistory() = CellHistory(Dict{Any,Any}(), Dict{Any,Any}())

"Functions of the user that run around every cell, each called without arguments."
struct Hooks
    before::Vector{Any}
    evaluated::Vector{Any}    # the result is not shown yet
    after::Vector{Any}
    failed::Vector{Any}
end

Hooks() = Hooks(Any[], Any[], Any[], Any[])

"""
    Session(channel, sigint)

The executor's state. Made in the task that is to evaluate the cells.
"""
mutable struct Session
    channel::HostChannel
    stdout::OutputStream
    stderr::OutputStream
    mod::Module                           # where cells are evaluated
    request::Request
    execution_count::Int
    sigint::SigintGate
    evaluating::Bool                      # the root task runs user code
    root::Task
    backend::REPL.REPLBackend             # where packages look for the REPL's hooks
    inbox::Channel{Any}                   # frames, or `Quiet`: what the root task has to do
    input_replies::Channel{Any}           # lines
    typed::Vector{UInt8}                  # of them, what is not read yet
    calls::Calls
    history::CellHistory
    hooks::Hooks
    payload::Vector{Any}                  # of the coming execute reply
    mimes::MimeTable                      # which forms of a value are sent
    comms::Comms
    bridge::Bridge                        # to the other language
    garbage::Garbage                      # when it is collected
end

function Session(channel::HostChannel, sigint::SigintGate)
    backend = REPL.REPLBackend(Channel(1), Channel(1), true)
    backend.backend_task = current_task()
    return Session(
        channel,
        OutputStream(channel, "stdout"),
        OutputStream(channel, "stderr"),
        Main,
        NO_REQUEST,
        0,
        sigint,
        false,
        current_task(),
        backend,
        Channel{Any}(typemax(Int)),
        Channel{Any}(typemax(Int)),
        UInt8[],
        Calls(),
        CellHistory(),
        Hooks(),
        Any[],
        MimeTable(),
        Comms(),
        Bridge("python", python_proxy),
        Garbage(),
    )
end

"Output and questions are the request's from now on."
function attend!(session::Session, request::Request)
    session.request = request
    attribute!(session.stdout, request.id)
    attribute!(session.stderr, request.id)
    return nothing
end

"Sends what a Jupyter client shows; `more` fields of the frame's header beside the usual ones."
function publish(
    session::Session, msg_type::String, content::JSON.Fields, more::JSON.Fields=JSON.fields(),
    buffers::Vector{Vector{UInt8}}=NO_BUFFERS,
)
    header = JSON.fields("type" => "publish", "id" => session.request.id, "msg_type" => msg_type)
    isempty(more) || append!(header, more)
    content_bytes = JSON.bytes(content)
    send(session.channel, header, isempty(buffers) ? [content_bytes] : [content_bytes, buffers...])
    return nothing
end

"Answers a request; `content` is that of Jupyter's reply."
function reply(session::Session, id, content::JSON.Fields, status::String="ok")
    header = JSON.fields("type" => "reply", "id" => id, "status" => status)
    send(session.channel, header, [JSON.bytes(content)])
    return nothing
end
