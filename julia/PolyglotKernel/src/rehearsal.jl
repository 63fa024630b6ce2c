# From Julia 1.9 on the cache of a package holds machine code: of what runs while the package is compiled. So
# a kernel runs then, with the real loop and real sockets, a client that this process plays itself, and shell
# scripts for executors. A step that fails costs that step's code, and is told; never the package.

"How long the rehearsal may take, in seconds."
const REHEARSAL_LIMIT = 10.0

"""
An executor that is ready at once, and behind each request answers all that may have been asked: the host
takes no notice of answers to what it did not ask. Its arguments are files of frames.
"""
const STAND_IN = """
cat "\$0" >&4
while request=\$(dd bs=65536 count=1 <&3 2>/dev/null | tr -d '\\0'); [ -n "\$request" ]; do
    case \$request in *'"shutdown"'*) exit ;; esac
    echo raw output
    cat "\$1" >&4
done
"""

"The libzmq that the shim names, or that pyzmq has beside this package; nothing where there is none."
function find_libzmq()
    named = get(ENV, "POLYGLOT_LIBZMQ", "")
    isempty(named) || return named
    packages = dirname(dirname(@__DIR__))
    for site in (dirname(dirname(packages)), environments(dirname(packages))...)
        folder = joinpath(site, "pyzmq.libs")
        isdir(folder) || continue
        for name in readdir(folder)
            startswith(name, "libzmq") && return joinpath(folder, name)
        end
    end
    return nothing
end

# Where Python's packages are in the `.venv` of a checkout.
function environments(checkout::String)
    libraries = joinpath(checkout, ".venv", "lib")
    isdir(libraries) || return String[]
    return [joinpath(libraries, python, "site-packages") for python in readdir(libraries)]
end

"Runs a kernel through its first minute. A fault of its own is told and costs nothing else."
function rehearse()
    try
        libzmq = find_libzmq()
        libzmq === nothing ? log_warning("no libzmq is there to rehearse with") : rehearse(libzmq)
    catch e
        log_failure("rehearse", e, catch_backtrace())
    end
    return nothing
end

function rehearse(libzmq::String)
    mktempdir() do folder
        kernel = Kernel(parse_options(rehearsed_arguments(folder, libzmq)))
        client = Session(kernel.connection.key, kernel.connection.signature_scheme)
        sockets = [connected(kernel, channel) for channel in (SHELL, CONTROL)]
        limit = monotonic() + REHEARSAL_LIMIT
        begin_kernel(kernel)
        for requests in (first_requests(), last_requests())
            for (channel, type, content) in requests
                send_message(client, sockets[channel], Vector{UInt8}[], type, NO_PARENT, content)
            end
            play(kernel, sockets, count(is_answered, requests), limit)
        end
        begin_shutdown!(kernel, false)
        play(kernel, sockets, 1, limit)
        foreach(close_socket, sockets)
        end_kernel(kernel)
        rehearse_details()
    end
    return nothing
end

is_answered(request::Tuple) = endswith(request[2], "_request")

# Until the client has so many replies, or the kernel has ended.
function play(kernel::Kernel, sockets::Vector{Socket}, replies::Int, limit::Float64)
    items = PollItem[]
    while replies > 0 && !is_over(kernel)
        monotonic() < limit || throw(StartError("not all requests were answered in time"))
        step!(kernel, items)
        for socket in sockets
            while receive(socket) !== nothing
                replies -= 1
            end
        end
    end
    return nothing
end

function connected(kernel::Kernel, channel::Int)
    zmq = kernel.channels.zmq
    socket = open_socket(zmq, ZMQ_DEALER)
    set_option(socket, ZMQ_LINGER, Cint(0))
    keys = kernel.connection.curve
    keys === nothing || encrypt_client!(socket, keys)
    connect_socket(socket, address(kernel.connection, channel))
    return socket
end

function rehearsed_arguments(folder::String, libzmq::String)
    connection = joinpath(folder, "connection.json")
    fields = Dict{String,Any}(
        "transport" => "tcp", "ip" => "127.0.0.1", "key" => "rehearsal",
        "signature_scheme" => "hmac-sha256", (channel * "_port" => 0 for channel in CHANNELS)...,
        rehearsed_keys(libzmq)...,
    )
    write(connection, JSON.json(fields))
    answers = joinpath(folder, "answers")
    write(answers, reduce(vcat, rehearsed_answers()))
    arguments = [connection, "--libzmq", libzmq, "--language", "python", "--python-version", "3.12.0"]
    for language in LANGUAGES
        ready = joinpath(folder, language)
        write(ready, Frames.encode(rehearsed_ready(language)))
        words = ["/bin/sh", "-c", STAND_IN, ready, answers]
        append!(arguments, ["--executor", string(language, '=', join(words, '\x1f'))])
    end
    return arguments
end

# With encryption where it can be had: what a kernel without it needs is a part of that.
function rehearsed_keys(libzmq::String)
    make_keys = Libdl.dlsym(Libdl.dlopen(libzmq), :zmq_curve_keypair; throw_error=false)
    public, secret = zeros(UInt8, 41), zeros(UInt8, 41)
    made = make_keys !== nothing &&
           ccall(make_keys, Cint, (Ptr{UInt8}, Ptr{UInt8}), public, secret) == 0
    made || return Pair{String,Any}[]
    texts = (String(public[1:40]), String(secret[1:40]))
    return Pair{String,Any}[name => text for (name, text) in zip(CURVE_FIELDS, texts)]
end

rehearsed_ready(language::String) = Dict{String,Any}(
    "type" => "ready", "language" => language, "version" => "1", "concurrent" => false,
    "interrupt_frames" => true, "sigint" => Any[0, 0, 0, 0],
)

# What is added where the host answers a question for Julia; and how it signs before it has found OpenSSL.
function rehearse_details()
    found = JSON.fields(
        "matches" => Any["print"], "cursor_start" => 0, "cursor_end" => 3,
        "metadata" => JSON.fields("_jupyter_types_experimental" => Any[]),
    )
    add_words!(Dict{String,Any}(found), ["printing = 1"], "pri", 3)
    digested(DIGESTS["hmac-sha256"], (UInt8[], UInt8[]))
    return nothing
end

# To the requests with the numbers 1 to 20. One content is good for every reply.
function rehearsed_answers()
    result = """{"execution_count":1,"data":{"text/plain":"1"},"metadata":{}}"""
    error = """{"ename":"Error","evalue":"text","traceback":["line"]}"""
    reply = """{"status":"ok","execution_count":1,"payload":[],"user_expressions":{},"matches":[],
        "cursor_start":0,"cursor_end":0,"metadata":{},"found":false,"data":{},"history":[]}"""
    frames = Vector{UInt8}[]
    add(header, texts...) = push!(
        frames, Frames.encode(Dict{String,Any}(header...), map(text -> Vector{UInt8}(text), texts))
    )
    for id in 1:20
        add(("type" => "stream", "id" => id, "name" => "stdout"), "text\n")
        add(("type" => "publish", "id" => id, "msg_type" => "execute_result"), result)
        id % 7 == 0 && add(("type" => "publish", "id" => id, "msg_type" => "error"), error)
        add(
            ("type" => "publish", "id" => id, "msg_type" => "comm_open", "comm_id" => string(id),
             "target_name" => "t", "metadata" => Dict{String,Any}("version" => "2.1.0")),
            "{\"comm_id\":\"$id\",\"target_name\":\"t\",\"data\":{}}", "buffer",
        )
        add(("type" => "reply", "id" => id, "status" => id % 7 == 0 ? "error" : "ok"), reply)
    end
    add(("type" => "call", "id" => 1, "call" => 1, "to" => "julia", "op" => "get", "name" => "x"))
    add(("type" => "comm_target", "target_name" => "t", "registered" => true))
    add(("type" => "interrupted", "id" => 1))
    add(("type" => "debugger", "id" => 1, "attached" => true, "suspended" => false, "marked" => ["text"]))
    add(("type" => "publish", "id" => 1, "msg_type" => "debug_event"), """{"type":"event","event":"stopped"}""")
    add(("type" => "release", "to" => "julia", "refs" => Any[], "segments" => Any[], "generation" => 1))
    return frames
end

rehearsed_cell(code::String) = (SHELL, "execute_request", JSON.json(Dict{String,Any}(
    "code" => code, "silent" => false, "store_history" => true, "allow_stdin" => true,
    "user_expressions" => Dict{String,Any}(), "stop_on_error" => true,
)))

question(type::String, code::String) = (SHELL, type, JSON.json(Dict{String,Any}(
    "code" => code, "cursor_pos" => length(code), "detail_level" => 0
)))

# Channel, type and content: the first cells of a notebook, and what a front end asks beside them.
function first_requests()
    return [
        (SHELL, "kernel_info_request", "{}"),
        (CONTROL, "kernel_info_request", "{}"),
        rehearsed_cell("x = 1"),
        rehearsed_cell("%julia\nx = 1"),
        rehearsed_cell("%julia -i x -o y\ny = x"),
        rehearsed_cell("%nonsense"),
        rehearsed_cell("# comment\n%python\n1"),
        rehearsed_cell(""),
        question("complete_request", "pri"),
        question("complete_request", "%julia\npri"),
        question("inspect_request", "print"),
        question("is_complete_request", "print("),
        (SHELL, "variables_request", """{"language":"julia"}"""),
        (SHELL, "history_request", """{"hist_access_type":"tail","n":10,"raw":true,"output":false}"""),
        (SHELL, "comm_info_request", "{}"),
        (SHELL, "comm_open", """{"comm_id":"c","target_name":"t","data":{}}"""),
        (SHELL, "comm_msg", """{"comm_id":"c","data":{}}"""),
        (CONTROL, "debug_request", """{"type":"request","seq":1,"command":"debugInfo","arguments":{}}"""),
        (CONTROL, "debug_request",
         """{"type":"request","seq":2,"command":"dumpCell","arguments":{"code":"%julia\\nx"}}"""),
        (CONTROL, "create_subshell_request", "{}"),
        (CONTROL, "list_subshell_request", "{}"),
    ]
end

last_requests() = [rehearsed_cell("x"), (CONTROL, "interrupt_request", "{}")]
