# What a value looks like: its mime bundle, and the display that shows it while a cell runs.

"""
Which forms of a value are sent. All that it has, but of the forms in one row only the first: they
say the same, and a client shows the richest that it knows.
"""
const MIME_ROWS = [
    ["image/svg+xml"],
    ["image/png", "image/jpeg", "image/gif"],
    ["text/html"],
    ["text/markdown"],
    ["text/latex"],
    ["application/javascript"],
    ["application/pdf"],
    ["application/json"],
    [
        "application/vnd.vegalite.v5+json",
        "application/vnd.vegalite.v4+json",
        "application/vnd.vegalite.v3+json",
        "application/vnd.vegalite.v2+json",
    ],
    ["application/vnd.vega.v5+json", "application/vnd.vega.v4+json", "application/vnd.vega.v3+json"],
    ["application/vnd.plotly.v1+json"],
    ["application/vnd.dataresource+json"],
    ["application/geo+json"],
]

"The context in which values are shown: `:color`, `:limit`, `:displaysize`, and `:jupyter` to tell."
function display_context(io::IO, session)
    return IOContext(
        io,
        :color => true,
        :limit => true,
        :displaysize => displaysize(io),
        :jupyter => true,
        :module => session.mod,
    )
end

"""
    mime_bundle(session, value)

The `data` of `display_data` and `execute_result`: `text/plain`, and every form in which the value
is showable. Runs the user's `show` methods: to be called in the newest world.
"""
function mime_bundle(session, @nospecialize(value))
    data = Dict{String,Any}("text/plain" => plain_text(session, value))
    for row in session.mime_rows, mime in row
        if showable(mime, value)
            data[mime] = rendered(session, mime, value)
            break
        end
    end
    return data
end

function plain_text(session, @nospecialize(value))
    io = IOBuffer()
    show(display_context(io, session), MIME("text/plain"), value)
    return String(take!(io))
end

"The value in the form `mime`, as it stands in a message: text, base64 of bytes, or JSON."
function rendered(session, mime::String, @nospecialize(value))
    io = IOBuffer()
    show(display_context(io, session), MIME(mime), value)
    return encoded(mime, take!(io))
end

is_json(mime::String) = mime == "application/json" || endswith(mime, "+json")

is_text(mime::String) =
    istextmime(mime) || mime in ("image/svg+xml", "application/javascript", "application/xml")

encoded(mime::String, text::AbstractString) = encoded(mime, Vector{UInt8}(codeunits(String(text))))

function encoded(mime::String, bytes::Vector{UInt8})
    is_json(mime) && return JSON.Raw(String(bytes))
    is_text(mime) && return String(bytes)
    is_base64(bytes) && return String(bytes)
    return base64encode(bytes)
end

# PNG, JPEG, GIF and PDF all start with a byte, or have one soon, that no base64 text has.
function is_base64(bytes::Vector{UInt8})
    isempty(bytes) && return false
    return all(b -> b in BASE64_BYTES, bytes)
end

const BASE64_BYTES = Set{UInt8}(codeunits(string('A':'Z'..., 'a':'z'..., '0':'9'..., "+/=\r\n")))
