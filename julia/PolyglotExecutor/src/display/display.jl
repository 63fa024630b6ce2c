# What a value looks like: its mime bundle, and the display that shows it while a cell runs.

"Lines and columns for what is shown, as the environment has them where it has such numbers."
display_size() = (size_variable("LINES", 30), size_variable("COLUMNS", 80))

function size_variable(name::String, usual::Int)
    size = tryparse(Int, get(ENV, name, ""))
    return size === nothing || size < 1 ? usual : size
end

"The context in which values are shown: `:color`, `:limit`, `:displaysize`, and `:jupyter` to tell."
function display_context(io::IO, mod::Module, color::Bool=true)
    io = IOContext(io, :color => color)
    io = IOContext(io, :limit => true)
    io = IOContext(io, :jupyter => true)
    io = IOContext(io, :displaysize => display_size())
    return IOContext(io, :module => mod)
end

Base.displaysize(::OutputStream) = display_size()

"""
    mime_bundle(session, value)

The `data` of `display_data` and `execute_result`: `text/plain`, and every form in which the value
is showable. Runs the user's `show` methods: to be called in the newest world.
"""
function mime_bundle(session::Session, @nospecialize(value))
    forms = forms_of(session.mimes, value)
    forms.dict && return bundle_of_dict(IJulia.display_dict(value))
    return forms_by_show(session, value, forms)
end

"The `data` of a message and its `metadata`. There is no data where showing the value was all that it takes."
shown_forms(session::Session, @nospecialize(value)) = mime_bundle(session, value), metadata_of(session, value)

"The forms that the value's `show` methods give."
function forms_by_show(session::Session, @nospecialize(value), forms::Forms=forms_of(session.mimes, value))
    data = JSON.fields("text/plain" => rendered(session, "text/plain", value))
    for mime in forms.mimes
        push!(data, Pair{String,Any}(mime, rendered(session, mime, value)))
    end
    return data
end

"The `metadata` beside that: what `Polyglot.metadata` says of such a value."
function metadata_of(session::Session, @nospecialize(value))
    forms_of(session.mimes, value).metadata || return JSON.fields()
    return metadata_fields(IJulia.metadata(value))
end

metadata_fields(said) = throw(ArgumentError("metadata is a Dict, and not $(typeof(said))"))
metadata_fields(fields::JSON.Fields) = fields
metadata_fields(said::Union{AbstractDict,NamedTuple}) =
    JSON.fields((string(key) => value for (key, value) in pairs(said))...)

# A package's own bundle, which is sent as it is.
@noinline function bundle_of_dict(bundle)
    data = JSON.fields()
    for (mime, form) in pairs(bundle)
        push!(data, Pair{String,Any}(string(mime), ready_form(form)))
    end
    return data
end

ready_form(form::AbstractString) = String(form)
ready_form(form::Vector{UInt8}) = base64encode(form)
ready_form(form) = JSON.Raw(is_json_text(form) ? String(form.s) : JSON.json(form))

# Packages wrap text that is JSON already, JSON.jl's way.
is_json_text(form) = nameof(typeof(form)) === :JSONText && hasfield(typeof(form), :s)

"The value in the form `mime`, as it stands in a message: text, base64 of bytes, or JSON ready to write."
function rendered(session::Session, mime::String, @nospecialize(value))
    mime == "text/plain" && value isa String && is_shown_as_it_is(value) && return JSON.InQuotes(value)
    io = IOBuffer()
    is_plain = mime == "text/plain"
    show(display_context(io, session.mod, is_plain), MIME(mime), value)   # other forms have colours of their own
    return is_plain ? without_links(String(take!(io))) : encoded(mime, take!(io))
end

# Base looks at every character of a string, which is felt with megabytes; between quotation marks most
# texts stand as they are.
is_shown_as_it_is(text::String) =
    Compat.SHOWS_STRINGS_WHOLE && JSON.is_plain(text) && !occursin('$', text)

is_json(mime::String) = mime == "application/json" || endswith(mime, "+json")

"""
    encoded(mime, data)

Ready-made `data` (text, bytes or, for JSON, what JSON can write) as it stands in a message.
"""
function encoded(mime::String, text::AbstractString)
    bytes = Vector{UInt8}(codeunits(String(text)))
    is_json(mime) && return checked_json(bytes)
    # bytes that somebody read as a string are the only text that is none
    return isvalid(text) ? String(text) : encoded(mime, bytes)
end

function encoded(mime::String, bytes::Vector{UInt8})
    startswith(mime, "text/") && return String(bytes)
    return encoded_data(mime, bytes)
end

encoded(mime::String, literal::Base.CodeUnits{UInt8}) = encoded(mime, Vector{UInt8}(literal))

encoded(mime::String, object) = JSON.Raw(JSON.json(object))

@noinline function encoded_data(mime::String, bytes::Vector{UInt8})
    is_json(mime) && return checked_json(bytes)
    (is_text(mime) || is_media(mime) && is_base64(bytes)) && return String(bytes)
    return base64encode(bytes)
end

# Julia knows some, and users add methods for theirs.
is_text(mime::String) = mime == "application/rtf" || endswith(mime, "+xml") ||
                        Base.invokelatest(istextmime, MIME(mime))::Bool

# It is spliced into the message as it is, which it would break if it were none.
function checked_json(bytes::Vector{UInt8})
    JSON.parse(bytes)
    return JSON.Raw(String(bytes))
end

is_media(mime::String) = occursin(r"^(image|audio|video)/|^application/pdf$", mime)

# Media that are text already are left alone: their formats all start with a byte that base64 lacks,
# or soon have one.
is_base64(bytes::Vector{UInt8}) = !isempty(bytes) && all(is_base64, bytes)
is_base64(byte::UInt8) = UInt8('/') <= byte <= UInt8('9') || UInt8('A') <= byte <= UInt8('Z') ||
                         UInt8('a') <= byte <= UInt8('z') || byte in (0x2b, 0x3d, 0x0d, 0x0a)

# As `repr` has it: text and bytes are in the form already, but in `text/plain` they are values.
is_ready_made(mime::String, data) = false
is_ready_made(mime::String, data::Union{AbstractString,Vector{UInt8},Base.CodeUnits{UInt8}}) =
    mime != "text/plain"

is_json_object(mime::String, data) = false
is_json_object(mime::String, data::Union{AbstractDict,AbstractVector,NamedTuple}) = is_json(mime)

"The `data` for one mime type; throws a `MethodError` if `value` has no such form."
function single_form(session::Session, mime::String, @nospecialize(value))
    is_ready_made(mime, value) && return JSON.fields(mime => encoded(mime, value))
    showable(mime, value) && return JSON.fields(mime => rendered(session, mime, value))
    is_json_object(mime, value) && return JSON.fields(mime => encoded(mime, value))
    throw(MethodError(show, (IOBuffer(), MIME(mime), value)))
end

"Sends `display_data`, or an update of what the display `id` showed before."
function show_data(
    session::Session, data; id=nothing, update::Bool=false, metadata::JSON.Fields=JSON.fields()
)
    transient = id === nothing ? JSON.fields() : JSON.fields("display_id" => string(id))
    flush(session.stdout)
    flush(session.stderr)
    session.bridge.shows_there && return show_there(session, data, metadata, id, update)
    publish(
        session,
        update ? "update_display_data" : "display_data",
        JSON.fields("data" => data, "metadata" => metadata, "transient" => transient),
    )
    return nothing
end

# The display of the notebook, on top of Julia's display stack, is IJulia's, which packages look for.

Base.display(::IJulia.InlineDisplay, @nospecialize(value)) = show_value(Polyglot.session(), value)

Base.display(::IJulia.InlineDisplay, mime::MIME, @nospecialize(value)) =
    show_value(Polyglot.session(), mime, value)

Base.displayable(::IJulia.InlineDisplay, ::MIME) = true

function show_value(session::Session, @nospecialize(value))
    data, metadata = shown_forms(session, value)
    isempty(data) || show_data(session, data; metadata=metadata)
    return nothing
end

function show_value(session::Session, mime::MIME, @nospecialize(value))
    data = single_form(session, string(mime), value)
    return show_data(session, data; metadata=metadata_of(session, value))
end
