# Messages as IJulia's users know them: to send some by hand, and what comms are sent.

"""
    Msg(idents, header, content, parent_header, metadata, buffers)

A Jupyter message.
"""
mutable struct Msg
    idents::Vector{String}
    header::Dict
    content::Dict
    parent_header::Dict
    metadata::Dict
    buffers::Vector{Vector{UInt8}}
end

Msg(idents, header, content, parent_header=Dict{String,Any}(), metadata=Dict{String,Any}()) =
    Msg(idents, header, content, parent_header, metadata, Vector{UInt8}[])

"Stands for the message that is handled; the kernel itself knows to which one output belongs."
execute_msg = Msg(["julia"], Dict{String,Any}("username" => "", "session" => ""), Dict{String,Any}())

"Stands for the socket of output: [`send_ipython`](@ref)."
struct Publisher end

const publish = Ref(Publisher())

"    msg_header(parent, type)\n\nThe header of a message of this type."
msg_header(parent::Msg, type::String) = Dict{String,Any}(
    "msg_id" => string(time_ns(); base=16), "msg_type" => type, "version" => "5.4",
    "username" => get(parent.header, "username", ""), "session" => get(parent.header, "session", ""),
)

"    msg_pub(parent, type, content, metadata, buffers)\n\nA message for [`send_ipython`](@ref)."
msg_pub(
    parent::Msg, type, content, metadata=Dict{String,Any}(), buffers=Vector{UInt8}[]
) = Msg([string(type)], msg_header(parent, string(type)), content, parent.header, metadata, buffers)

"    msg_reply(parent, type, content, metadata)\n\nAn answer, which only the kernel itself can send."
msg_reply(parent::Msg, type, content, metadata=Dict{String,Any}()) =
    Msg(parent.idents, msg_header(parent, string(type)), content, parent.header, metadata)

"""
    send_ipython(publish[], message)
    send_ipython(publish[], kernel, message)

Sends output: `display_data`, `update_display_data`, `clear_output`, `stream` and the messages of comms.
Nothing else is a cell's to send, and is left out.
"""
send_ipython(::Publisher, ::Kernel, message::Msg) = send_ipython(publish[], message)

function send_ipython(::Publisher, message::Msg)
    type = message.header["msg_type"]
    content = message.content
    if type == "display_data" || type == "update_display_data"
        server().show_message(type, content)
    elseif type == "clear_output"
        clear_output(get(content, "wait", false))
    elseif type == "stream"
        print(content["name"] == "stderr" ? stderr : stdout, content["text"])
    elseif startswith(type, "comm_")
        server().send_comm_message(type, content, message.metadata, message.buffers)
    end
    return nothing
end

"    set_cur_msg(message)\n\nDoes nothing: the kernel knows to which request output belongs."
set_cur_msg(message, kernel=nothing) = nothing
