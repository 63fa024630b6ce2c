# What clients ask for.

"""
    receive_all!(kernel, channel)

Handle every message that waits on `channel`. What is no good message is logged and dropped.
"""
function receive_all!(kernel::Kernel, channel::Int)
    while true
        parts = receive(kernel.channels.sockets[channel])
        parts === nothing && return nothing
        try
            handle!(kernel, read_request(kernel.session, channel, parts))
        catch e
            e isa WireError || rethrow()
            log_warning("dropped a message on the $(CHANNELS[channel]) channel: $(e.reason)")
        end
    end
end

function handle!(kernel::Kernel, request::Request)
    type = request.msg_type
    if type == "execute_request"
        queue_cell!(kernel, request)
    elseif type == "complete_request"
        ask!(kernel, request, "complete", "complete_reply")
    elseif type == "inspect_request"
        ask!(kernel, request, "inspect", "inspect_reply")
    elseif type == "is_complete_request"
        ask!(kernel, request, "is_complete", "is_complete_reply")
    elseif type == "history_request"
        ask!(kernel, request, "history", "history_reply")
    elseif type == "comm_open" || type == "comm_msg" || type == "comm_close"
        route_comm!(kernel, request)
    elseif type == "input_reply"
        take_input!(kernel, request)
    else
        handle_at_once!(kernel, request)
    end
    return nothing
end

# Requests that the host answers itself, on the spot.
function handle_at_once!(kernel::Kernel, request::Request)
    type = request.msg_type
    known = ("kernel_info_request", "connect_request", "comm_info_request", "interrupt_request", "shutdown_request")
    if !(type in known)
        log_warning("ignored a message of type \"$type\"")
        return nothing
    end
    publish_status(kernel, "busy", request.header_json)
    if type == "kernel_info_request"
        reply(kernel, request, "kernel_info_reply", kernel_info(kernel))
    elseif type == "connect_request"
        reply(kernel, request, "connect_reply", connect_info(kernel))
    elseif type == "comm_info_request"
        reply(kernel, request, "comm_info_reply", comm_info(kernel, request))
    elseif type == "interrupt_request"
        interrupt!(kernel)
        reply(kernel, request, "interrupt_reply", "{\"status\":\"ok\"}")
    else
        acknowledge_shutdown!(kernel, request)
    end
    publish_status(kernel, "idle", request.header_json)
    return nothing
end

"""
    kernel_info(kernel)

The content of `kernel_info_reply` ("Kernel info"); the language is that of cells with no marker.
"""
function kernel_info(kernel::Kernel)
    julia = kernel.options.language == "julia"
    return string(
        "{\"status\":\"ok\",\"protocol_version\":\"", PROTOCOL_VERSION,
        "\",\"implementation\":\"polyglot\",\"implementation_version\":\"", KERNEL_VERSION,
        "\",\"language_info\":", julia ? julia_info() : python_info(kernel.options.python_version),
        ",\"banner\":", JSON.json(banner(kernel.options)),
        ",\"debugger\":false,\"supported_features\":[],\"help_links\":[",
        "{\"text\":\"Julia\",\"url\":\"https://docs.julialang.org\"},",
        "{\"text\":\"Python\",\"url\":\"https://docs.python.org/3\"},",
        "{\"text\":\"IPython\",\"url\":\"https://ipython.readthedocs.io\"}]}",
    )
end

function banner(options::Options)
    default = language_name(options.language)
    return "Polyglot $KERNEL_VERSION: Julia $VERSION and Python $(options.python_version) in one notebook.\n" *
           "A first line %julia or %python picks a cell's language; without one it is $default."
end

julia_info() = string(
    "{\"name\":\"julia\",\"version\":\"", VERSION, "\",\"mimetype\":\"application/julia\",",
    "\"file_extension\":\".jl\",\"pygments_lexer\":\"julia\",\"codemirror_mode\":\"julia\"}",
)

python_info(version::String) = string(
    "{\"name\":\"python\",\"version\":\"", version, "\",\"mimetype\":\"text/x-python\",",
    "\"file_extension\":\".py\",\"pygments_lexer\":\"ipython3\",\"nbconvert_exporter\":\"python\",",
    "\"codemirror_mode\":{\"name\":\"ipython\",\"version\":3}}",
)

"The content of `connect_reply` (\"Connect\")."
function connect_info(kernel::Kernel)
    ports = kernel.connection.ports
    fields = Dict{String,Any}("status" => "ok")
    for (i, channel) in enumerate(CHANNELS)
        fields[channel * "_port"] = ports[i]
    end
    return JSON.json(fields)
end

"The content of `comm_info_reply` (\"Comm info\"): the open comms of both languages."
function comm_info(kernel::Kernel, request::Request)
    wanted = get(request.content, "target_name", nothing)
    comms = Dict{String,Any}()
    for (comm_id, (_, target)) in kernel.comms
        (wanted === nothing || wanted == target) || continue
        comms[comm_id] = Dict{String,Any}("target_name" => target)
    end
    return JSON.json(Dict{String,Any}("status" => "ok", "comms" => comms))
end

# ------------------------------------------------------------------------------------------- cells

"Queue the cell of an `execute_request` (\"Execute\")."
function queue_cell!(kernel::Kernel, request::Request)
    content = request.content
    cell = parse_cell(get_text(content, "code"), kernel.options.language)
    silent = get_bool(content, "silent", false)
    expressions = get(content, "user_expressions", nothing)
    frame = Dict{String,Any}(
        "type" => "execute",
        "code" => cell.code,
        "silent" => silent,
        "store_history" => get_bool(content, "store_history", true) && !silent,
        "allow_stdin" => get_bool(content, "allow_stdin", true),
        "user_expressions" => expressions isa Dict ? expressions : Dict{String,Any}(),
        "inputs" => transfers(cell.inputs),
        "outputs" => transfers(cell.outputs),
        "language" => cell.language == "python" ? "julia" : "python",
        "header" => JSON.Raw(request.header_json),
    )
    kernel.last_id += 1
    job = Job(
        kernel.last_id, :execute, cell.language, request, "execute_reply", frame, Vector{UInt8}[],
        cell, 0, silent, get_bool(content, "stop_on_error", true), nothing,
    )
    push!(kernel.queue, job)
    return nothing
end

transfers(pairs::Vector{Pair{String,String}}) = Any[Any[pair[1], pair[2]] for pair in pairs]

# --------------------------------------------------------------------------------------- questions

"""
    ask!(kernel, request, type, reply_type)

Pass a question on to the executor that knows: "Completion", "Introspection", "Code completeness",
"History". Julia cannot answer while it runs a cell: the host then answers as well as it can.
"""
function ask!(kernel::Kernel, request::Request, type::String, reply_type::String)
    content = request.content
    cell = parse_cell(get_text(content, "code"), kernel.options.language)
    language = type == "history" ? "python" : cell.language
    frame = type == "history" ? copy(content) : Dict{String,Any}(
        "code" => cell.code,
        "cursor_pos" => position_in_code(cell, get_int(content, "cursor_pos", length(cell.code))),
        "detail_level" => get_int(content, "detail_level", 0),
    )
    frame["type"] = type
    kernel.last_id += 1
    job = Job(
        kernel.last_id, :ask, language, request, reply_type, frame, Vector{UInt8}[], cell, 0, true,
        false, nothing,
    )
    executor = executor_of(kernel, language)
    if executor.ready && !executor.concurrent && !isempty(executor.busy)
        publish_status(kernel, "busy", request.header_json)
        finish!(kernel, job, JSON.json(answer_alone(type, frame)))
    else
        push!(kernel.queue, job)
    end
    return nothing
end

# What can be said without the executor.
function answer_alone(type::String, frame::Dict{String,Any})
    type == "is_complete" && return Dict{String,Any}("status" => "unknown")
    answer = Dict{String,Any}("status" => "ok", "metadata" => Dict{String,Any}())
    if type == "complete"
        answer["matches"] = Any[]
        answer["cursor_start"] = frame["cursor_pos"]
        answer["cursor_end"] = frame["cursor_pos"]
    else
        answer["found"] = false
        answer["data"] = Dict{String,Any}()
    end
    return answer
end

# ------------------------------------------------------------------------------------------- comms

"""
    route_comm!(kernel, request)

Queue a comm message for the language that the comm belongs to ("Custom Messages"). A `comm_open`
for a target that nobody registered is answered with `comm_close`.
"""
function route_comm!(kernel::Kernel, request::Request)
    comm_id = get_text(request.content, "comm_id")
    target = get_text(request.content, "target_name")
    language = if request.msg_type == "comm_open"
        get(kernel.targets, target, "")
    else
        get(kernel.comms, comm_id, ("", ""))[1]
    end
    if isempty(language)
        refuse_comm!(kernel, request, comm_id)
        return nothing
    end
    request.msg_type == "comm_open" && (kernel.comms[comm_id] = (language, target))
    request.msg_type == "comm_close" && delete!(kernel.comms, comm_id)
    frame = Dict{String,Any}(
        "type" => "comm",
        "msg_type" => request.msg_type,
        "metadata" => JSON.Raw(request.metadata_json),
        "header" => JSON.Raw(request.header_json),
    )
    buffers = vcat([request.content_json], request.buffers)
    kernel.last_id += 1
    job = Job(
        kernel.last_id, :comm, language, request, "", frame, buffers, plain_cell("", language), 0,
        true, false, nothing,
    )
    push!(kernel.queue, job)
    return nothing
end

function refuse_comm!(kernel::Kernel, request::Request, comm_id::String)
    publish_status(kernel, "busy", request.header_json)
    if request.msg_type == "comm_open"
        content = Dict{String,Any}("comm_id" => comm_id, "data" => Dict{String,Any}())
        publish(kernel, "comm_close", request.header_json, JSON.json(content))
    end
    publish_status(kernel, "idle", request.header_json)
    return nothing
end

# ------------------------------------------------------------------------------------------- input

# The reply often names no parent: it answers the oldest question that was put to its client.
function take_input!(kernel::Kernel, request::Request)
    at = findfirst(entry -> entry.job.request.identities == request.identities, kernel.inputs)
    at === nothing && return nothing
    entry = kernel.inputs[at]
    deleteat!(kernel.inputs, at)
    answer_input!(entry.executor, entry.id, get_text(request.content, "value"))
    return nothing
end
