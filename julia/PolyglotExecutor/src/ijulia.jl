"""
What the facade IJulia asks of this kernel beside `Polyglot`: see `julia/facades/IJulia`.
"""
module IJuliaServer

using ..PolyglotExecutor: PolyglotExecutor, CommChannel, JSON, Polyglot
using REPL
using UUIDs: uuid4

const CONNECTION_FILE = Ref("")

"The path of the kernel's connection file, `nothing` where it has none."
connection_file() = isempty(CONNECTION_FILE[]) ? nothing : CONNECTION_FILE[]

"What the connection file says."
function connection()
    path = connection_file()
    (path === nothing || !isfile(path)) && return Dict{String,Any}()
    return JSON.parse(read(path))
end

"The forms of a value, text or JSON's objects."
function bundle(x)
    data = PolyglotExecutor.forms_by_show(Polyglot.session(), x)
    return Dict{String,Any}(mime => plain(form) for (mime, form) in data)
end

plain(form) = form
plain(form::JSON.Raw) = JSON.parse(form.text)
plain(form::JSON.InQuotes) = string(form)

"Sends a `display_data` or `update_display_data` whose content is ready-made."
function show_message(type, content)
    transient = get(content, "transient", Dict{String,Any}())
    PolyglotExecutor.show_data(
        Polyglot.session(), PolyglotExecutor.bundle_of_dict(content["data"]);
        id=get(transient, "display_id", nothing), update=type == "update_display_data",
        metadata=PolyglotExecutor.metadata_fields(get(content, "metadata", Dict{String,Any}())),
    )
    return nothing
end

new_comm_id() = string(uuid4())

"The comm with this id, which the front end knows already."
function known_comm(target::String, id::String)
    return get!(Polyglot.session().comms.open, id) do
        CommChannel(id, target, true, nothing, nothing)
    end
end

"Sends a message of an open comm that is ready-made; of one that is not open none is sent."
function send_comm_message(type, content, metadata, buffers)
    comm = get(Polyglot.session().comms.open, content["comm_id"], nothing)
    comm === nothing && return nothing
    data = get(content, "data", Dict{String,Any}())
    if type == "comm_msg"
        Polyglot.send(comm, data; metadata=metadata, buffers=buffers)
    elseif type == "comm_close"
        close(comm; data=data, metadata=metadata, buffers=buffers)
    end
    return nothing
end

has_soft_scope() = REPL.softscope in Polyglot.session().backend.ast_transforms

end

"Makes this process, and so the facade IJulia, that of a running kernel."
function serve_ijulia!(session::Session)
    IJuliaServer.CONNECTION_FILE[] = pop!(ENV, "POLYGLOT_CONNECTION_FILE", "")
    streams = (stdin, session.stdout, session.stderr)
    IJulia.serve!(IJuliaServer, session.history.inputs, session.history.outputs, streams)
    return nothing
precompile(connection_file, ())

end
