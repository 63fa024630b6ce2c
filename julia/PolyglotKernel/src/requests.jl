# What clients ask for.

"""
    receive_all!(kernel, channel)

Handle every message that waits on `channel`. What is no good message is logged and dropped.
"""
function receive_all!(kernel::Kernel, channel::Int)
    while true
        parts = receive(kernel.channels.sockets[channel])
        parts === nothing && return nothing
        note_litter!(kernel.litter)   # they may be many
        request = try
            read_request(kernel.session, channel, parts)
        catch e
            e isa WireError || rethrow()
            log_warning(string("dropped a message on the ", CHANNELS[channel], " channel: ", e.reason))
            continue
        end
        try
            handle!(kernel, request)
        catch e
            Base.invokelatest(answer_failure, kernel, request, e, catch_backtrace())
        end
    end
end

# A fault of the host's own: it is logged, the request is ended all the same, and the kernel goes on.
function answer_failure(kernel::Kernel, request::Request, @nospecialize(fault), trace::Vector)
    log_failure("handle a message of type " * shown(request.msg_type), fault, trace)
    problem = sprint(showerror, fault)
    # who takes a request in says nothing before he has it
    haskey(QUEUED, request.msg_type) && publish_status(kernel, "busy", request.header_json)
    content = if request.msg_type == "is_complete_request"
        UNKNOWN_COMPLETENESS
    else
        string(
            "{\"status\":\"error\",\"execution_count\":", kernel.execution_count,
            ",\"ename\":\"KernelError\",\"evalue\":", JSON.json(problem), ",\"traceback\":[]}",
        )
    end
    endswith(request.msg_type, "_request") &&
        reply(kernel, request, replace(request.msg_type, "_request" => "_reply"), content)
    publish_status(kernel, "idle", request.header_json)
    return nothing
end

"""
    handle!(kernel, request)

Do what `request` asks. A type that the kernel does not know is ignored, as the specification says
("Compatibility").
"""
function handle!(kernel::Kernel, request::Request)
    if !is_known_shell(kernel, request)
        refuse_subshell!(kernel, request)
    elseif haskey(QUEUED, request.msg_type)
        QUEUED[request.msg_type](kernel, request)
    elseif haskey(ANSWERED, request.msg_type)
        publish_status(kernel, "busy", request.header_json)
        ANSWERED[request.msg_type](kernel, request)
        publish_status(kernel, "idle", request.header_json)
    else
        log_warning("ignored a message of type " * shown(request.msg_type))
    end
    return nothing
end

"""
    answer_kernel_info(kernel, request)

Reply to `kernel_info_request` ("Kernel info"); the language is that of cells with no marker.
"""
function answer_kernel_info(kernel::Kernel, request::Request)
    reply(kernel, request, "kernel_info_reply", kernel_info(kernel.options))
    return nothing
end

function kernel_info(options::Options)
    return string(
        "{\"status\":\"ok\",\"protocol_version\":\"", PROTOCOL_VERSION,
        "\",\"implementation\":\"polyglot\",\"implementation_version\":\"", KERNEL_VERSION,
        "\",\"language_info\":", options.language == "julia" ? julia_info() : python_info(options.python_version),
        ",\"banner\":", JSON.json(banner(options)),
        ",\"debugger\":true,\"supported_features\":[\"debugger\",\"kernel subshells\"],\"help_links\":[",
        "{\"text\":\"Julia\",\"url\":\"https://docs.julialang.org\"},",
        "{\"text\":\"Python\",\"url\":\"https://docs.python.org/3\"},",
        "{\"text\":\"IPython\",\"url\":\"https://ipython.readthedocs.io\"}]}",
    )
end

const JULIA_VERSION = string(VERSION)

function banner(options::Options)
    default = language_name(options.language)
    return string(
        "Polyglot ", KERNEL_VERSION, ": Julia ", JULIA_VERSION, " and Python ", options.python_version,
        " in one notebook.\nA first line %julia or %python picks a cell's language; without one it is ",
        default, ".",
    )
end

julia_info() = string(
    "{\"name\":\"julia\",\"version\":\"", JULIA_VERSION, "\",\"mimetype\":\"application/julia\",",
    "\"file_extension\":\".jl\",\"pygments_lexer\":\"julia\",\"nbconvert_exporter\":\"polyglot\",",
    "\"codemirror_mode\":\"julia\"}",
)

python_info(version::String) = string(
    "{\"name\":\"python\",\"version\":\"", version, "\",\"mimetype\":\"text/x-python\",",
    "\"file_extension\":\".py\",\"pygments_lexer\":\"ipython3\",\"nbconvert_exporter\":\"polyglot\",",
    "\"codemirror_mode\":{\"name\":\"ipython\",\"version\":3}}",
)

"Reply to `connect_request` (\"Connect\")."
function answer_connect(kernel::Kernel, request::Request)
    ports = kernel.connection.ports
    fields = Dict{String,Any}("status" => "ok")
    for (i, channel) in enumerate(CHANNELS)
        fields[channel * "_port"] = ports[i]
    end
    reply(kernel, request, "connect_reply", JSON.json(fields))
    return nothing
end

"Reply to `comm_info_request` (\"Comm info\"): the open comms of both languages."
function answer_comm_info(kernel::Kernel, request::Request)
    wanted = get(request.content, "target_name", nothing)
    comms = Dict{String,Any}()
    for (comm_id, comm) in kernel.comms
        (wanted === nothing || wanted == comm.target) || continue
        comms[comm_id] = Dict{String,Any}("target_name" => comm.target)
    end
    content = JSON.json(Dict{String,Any}("status" => "ok", "comms" => comms))
    reply(kernel, request, "comm_info_reply", content)
    return nothing
end

# ------------------------------------------------------------------------------------------- cells

"Queue the cell of an `execute_request` (\"Execute\")."
function queue_cell!(kernel::Kernel, request::Request)
    content = request.content
    source = get_text(content, "code")
    cell = parse_cell(source, kernel.options.language)
    cell = kernel.before = with_parameters(cell, kernel.before)
    silent = get_bool(content, "silent", false)
    expressions = get(content, "user_expressions", nothing)
    frame = Dict{String,Any}(
        "type" => "execute",
        "code" => cell.code,
        "silent" => silent,
        "allow_stdin" => get_bool(content, "allow_stdin", true),
        "user_expressions" => expressions isa Dict ? expressions : Dict{String,Any}(),
        "inputs" => transfers(cell.inputs),
        "outputs" => transfers(cell.outputs),
        "header" => JSON.Raw(request.header_json),
        "metadata" => JSON.Raw(request.metadata_json),
    )
    # for the history: recalled in a kernel of another default, the cell is to run as it did
    cell.marker_length > 0 && (frame["source"] = source)
    kernel.last_id += 1
    job = Job(;
        id=kernel.last_id, kind=:execute, language=cell.language, request=request,
        reply_type="execute_reply", frame=frame, cell=cell, silent=silent,
        stop_on_error=get_bool(content, "stop_on_error", true), subshell=request.subshell,
        pipelined=has_unanswered_cell(kernel, request.subshell),
    )
    name_subshell!(job)
    is_behind_stop(kernel, job) ? abort(kernel, [job]) : push!(kernel.queue, job)
    return nothing
end

transfers(pairs::Vector{Pair{String,String}}) = Any[Any[pair[1], pair[2]] for pair in pairs]

# --------------------------------------------------------------------------------------- questions

"""
    ask!(kernel, request)

Pass a question on to the executor that knows: "Completion", "Introspection", "Code completeness",
"History", the `usage_request` of resource monitors and the `variables_request` of the panel in
JupyterLab (docs/lab.md). Julia cannot answer while it runs a cell: the host then answers as well as it can.
"""
function ask!(kernel::Kernel, request::Request)
    content = request.content
    type = request.msg_type[1:(end - ncodeunits("_request"))]
    source = get_text(content, "code")
    position = get_int(content, "cursor_pos", length(source))
    named = type == "complete" ? transferred_name(source, position) : nothing
    cell = something(named, parse_cell(source, kernel.options.language))
    of_all = type == "history" || type == "usage"       # Python answers for all languages
    language = of_all ? "python" : cell.language
    type == "variables" && (language = asked_language(kernel, content))
    frame = of_all ? copy(content) : Dict{String,Any}(
        "code" => cell.code,
        "cursor_pos" => position_in_code(cell, position),
        "detail_level" => get_int(content, "detail_level", 0),
    )
    named === nothing || (frame["variables"] = true)
    frame["type"] = type
    kernel.last_id += 1
    job = Job(;
        id=kernel.last_id, kind=:ask, language=language, request=request, reply_type=type * "_reply",
        frame=frame, cell=cell,
        patience=type in ("history", "is_complete") ? monotonic() + ASKING_PATIENCE : Inf,
    )
    executor = executor_of(kernel, language)
    if type == "is_complete" && is_bare_marker(cell)
        answer_now!(kernel, job, "{\"status\":\"incomplete\",\"indent\":\"\"}")
    elseif executor.ready && !executor.concurrent && !isempty(executor.busy)
        answer = Base.invokelatest(answer_in_bounds, kernel, frame)::String
        answer_now!(kernel, job, in_source(job, Vector{UInt8}(answer)))
    else
        push!(kernel.queue, job)
    end
    return nothing
end

function asked_language(kernel::Kernel, content::Dict{String,Any})
    language = get_text(content, "language")
    return language in LANGUAGES ? language : kernel.options.language
end

function answer_now!(kernel::Kernel, job::Job, content::Union{String,Vector{UInt8}})
    publish_status(kernel, "busy", job.request.header_json)
    finish!(kernel, job, content)
    return nothing
end

# A console asks this at its start, waits for a second, and takes a later answer for the one to its
# next question.
const ASKING_PATIENCE = 0.3

next_lost_patience(kernel::Kernel) = earliest(job -> job.patience, kernel.queue)

"Answer the questions whose executor has not started in time, as well as can be without it."
function answer_impatient!(kernel::Kernel, now::Float64)
    for job in filter(job -> job.patience <= now, kernel.queue)
        filter!(other -> other !== job, kernel.queue)
        history = job.reply_type == "history_reply"
        answer_now!(
            kernel, job,
            history ? "{\"status\":\"ok\",\"history\":[]}" : UNKNOWN_COMPLETENESS,
        )
    end
    return nothing
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
    language = if isempty(comm_id)
        ""      # none is given, or no text: no language could tell it from others
    elseif request.msg_type == "comm_open"
        get(kernel.targets, target, "")
    else
        haskey(kernel.comms, comm_id) ? kernel.comms[comm_id].language::String : ""
    end
    if isempty(language)
        refuse_comm!(kernel, request, comm_id)
        return nothing
    end
    request.msg_type == "comm_open" && (kernel.comms[comm_id] = Comm(language, target))
    request.msg_type == "comm_close" && delete!(kernel.comms, comm_id)
    frame = Dict{String,Any}(
        "type" => "comm",
        "msg_type" => request.msg_type,
        "metadata" => JSON.Raw(request.metadata_json),
        "header" => JSON.Raw(request.header_json),
    )
    buffers = vcat([request.content_json], request.buffers)
    kernel.last_id += 1
    job = Job(;
        id=kernel.last_id, kind=:comm, language=language, request=request, frame=frame,
        buffers=buffers, subshell=request.subshell,
    )
    name_subshell!(job)
    push!(kernel.queue, job)
    return nothing
end

function refuse_comm!(kernel::Kernel, request::Request, comm_id::String)
    publish_status(kernel, "busy", request.header_json)
    if request.msg_type == "comm_open" && !isempty(comm_id)
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

"""
The handlers of messages that are only taken in here: who ends them says `busy` and `idle`, when their
turn comes.
"""
const QUEUED = Dict{String,Function}(
    "execute_request" => queue_cell!,
    "complete_request" => ask!,
    "inspect_request" => ask!,
    "is_complete_request" => ask!,
    "history_request" => ask!,
    "usage_request" => ask!,
    "variables_request" => ask!,
    "debug_request" => debug!,
    "comm_open" => route_comm!,
    "comm_msg" => route_comm!,
    "comm_close" => route_comm!,
    "input_reply" => take_input!,
)

"The handlers of requests that the host answers on the spot, on whatever channel they came."
const ANSWERED = Dict{String,Function}(
    "kernel_info_request" => answer_kernel_info,
    "connect_request" => answer_connect,
    "comm_info_request" => answer_comm_info,
    "interrupt_request" => answer_interrupt,
    "shutdown_request" => answer_shutdown,
    "create_subshell_request" => create_subshell!,
    "delete_subshell_request" => delete_subshell!,
    "list_subshell_request" => list_subshells,
)
