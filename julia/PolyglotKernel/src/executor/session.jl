# All state of an executor.

"""
    Request(id, allow_stdin)

What is being handled: output belongs to it, and input is asked on its behalf.
"""
struct Request
    id::Union{Int,String,Nothing}
    allow_stdin::Bool
end

const NO_REQUEST = Request(nothing, false)

"What cells gave and what they were, as the REPL's numbered prompt keeps them."
struct CellHistory
    inputs::Dict{Int,String}
    outputs::Dict{Int,Any}
end

CellHistory() = CellHistory(Dict{Int,String}(), Dict{Int,Any}())

"Functions of the user that run around every cell, each called without arguments."
struct Hooks
    before::Vector{Any}
    after::Vector{Any}
    failed::Vector{Any}
end

Hooks() = Hooks(Any[], Any[], Any[])

"""
    Session(channel)

The executor's state. Made in the task that is to evaluate the cells.
"""
mutable struct Session
    channel::HostChannel
    stdout::OutputStream
    stderr::OutputStream
    mod::Module                           # where cells are evaluated
    request::Request
    execution_count::Int
    evaluating::Bool                      # the root task runs user code
    root::Task
    backend::REPL.REPLBackend             # where packages look for the REPL's hooks
    inbox::Channel{Any}                   # frames: what the root task has to do
    input_replies::Channel{Any}           # lines
    calls::Calls
    history::CellHistory
    hooks::Hooks
    payload::Vector{Any}                  # of the coming execute reply
    mimes::MimeTable                      # which forms of a value are sent
    comms::Comms
end

function Session(channel::HostChannel)
    backend = REPL.REPLBackend(Channel(1), Channel(1), true)
    backend.backend_task = current_task()
    return Session(
        channel,
        OutputStream(channel, "stdout"),
        OutputStream(channel, "stderr"),
        Main,
        NO_REQUEST,
        0,
        false,
        current_task(),
        backend,
        Channel{Any}(typemax(Int)),
        Channel{Any}(typemax(Int)),
        Calls(),
        CellHistory(),
        Hooks(),
        Any[],
        MimeTable(),
        Comms(),
    )
end

"Output and questions are the request's from now on."
function attend!(session::Session, request::Request)
    session.request = request
    attribute!(session.stdout, request.id)
    attribute!(session.stderr, request.id)
    return nothing
end

const NO_FIELDS = Dict{String,Any}()
const NO_BUFFERS = Vector{UInt8}[]

"Sends what a Jupyter client shows; `fields` of the frame's header beside the usual ones."
function publish(session::Session, msg_type::String, content::Dict{String,Any}, fields=NO_FIELDS, buffers=NO_BUFFERS)
    header = Dict{String,Any}("type" => "publish", "id" => session.request.id, "msg_type" => msg_type)
    send(session.channel, merge!(header, fields), JSON.json(content), buffers...)
    return nothing
end

function reply(session::Session, id, content::Dict{String,Any})
    header = Dict{String,Any}(
        "type" => "reply", "id" => id, "status" => get(content, "status", "ok")
    )
    send(session.channel, header, JSON.json(content))
    return nothing
end
