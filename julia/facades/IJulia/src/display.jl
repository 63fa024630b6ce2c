# How values are shown, and what packages can say about that.

"""
    display_dict(x) -> Dict

What `display_data` and `execute_result` carry as `data`: a form of `x` for each mime type. Packages add
methods for types of theirs, whose result is then sent as it is.
"""
display_dict(x) = _display_dict(x)

"    _display_dict(x)\n\nThe forms that `x` has by its `show` methods."
_display_dict(x) = server().bundle(x)

"""
    metadata(x) -> Dict

What `display_data` and `execute_result` carry as `metadata` beside `x`, as `Dict("image/png" =>
Dict("width" => 300))`. Nothing, unless a method for the type of `x` says more. `Polyglot.metadata` is
the same function.
"""
metadata(x) = Dict{String,Any}()

"    transient(x)\n\nIs not asked: displays that can be changed are those of `Polyglot.display`."
transient(x) = Dict{String,Any}()

"""
    InlineDisplay()

The display of the notebook, on top of Julia's display stack: `display(InlineDisplay(), x)` shows `x`
whatever other displays packages have put there.
"""
struct InlineDisplay <: AbstractDisplay end

"    InlineIOContext(io, pairs...)\n\n`io` with the properties that values are shown with in a notebook."
InlineIOContext(io, pairs::Pair...) =
    IOContext(IOContext(io, :limit => true, :color => true, :jupyter => true), pairs...)

"Whether the text `x` is in the form `mime` already."
israwtext(mime::MIME, x::AbstractString) = !(mime isa MIME"text/plain") && !showable(mime, x)
israwtext(::MIME, x) = false

"""
    limitstringmime(mime, x, forcetext = false) -> String

`x` in the form `mime`, as text, or in base64 where the form is none and `forcetext` does not say it is.
"""
function limitstringmime(mime::MIME, x, forcetext::Bool=false)
    is_text = forcetext || istextmime(mime)
    is_text && israwtext(mime, x) && return String(x)
    !is_text && x isa Vector{UInt8} && return base64encode(x)
    buffer = IOBuffer()
    show(InlineIOContext(buffer), mime, x)
    return is_text ? String(take!(buffer)) : base64encode(take!(buffer))
end

"    display_mimestring(mime, x)\n\nThe mime type, of several the first that `x` has, and that form."
display_mimestring(mime::MIME, x) = (mime, limitstringmime(mime, x))
display_mimestring(mimes::AbstractVector, x) = display_mimestring(first_shown(mimes, x), x)

"    display_mimejson(mime, x)\n\nAs [`display_mimestring`](@ref), of forms that are JSON."
display_mimejson(mime::MIME, x) = (mime, limitstringmime(mime, x, true))
display_mimejson(mimes::AbstractVector, x) = display_mimejson(first_shown(mimes, x), x)

function first_shown(mimes::AbstractVector, x)
    found = findfirst(mime -> showable(mime, x), mimes)
    found === nothing && error("the value has none of the forms $(join(mimes, ", "))")
    return mimes[found]
end

"""
Mime types, or vectors of some of which the first is sent that a value has. To `push!` one registers it.
"""
struct MimeTypes <: AbstractVector{Any}
    entries::Vector{Any}
end

Base.size(types::MimeTypes) = size(types.entries)
Base.getindex(types::MimeTypes, i::Int) = types.entries[i]

function Base.push!(types::MimeTypes, entries...)
    for entry in entries
        polyglot().register_mime(entry isa AbstractVector ? [string(mime) for mime in entry] : string(entry))
        push!(types.entries, entry)
    end
    return types
end

const ijulia_mime_types = MimeTypes(Any[
    MIME("text/plain"), MIME("image/svg+xml"), [MIME("image/png"), MIME("image/jpeg")],
    MIME("text/markdown"), MIME("text/html"), MIME("text/latex"),
])

const ijulia_jsonmime_types = MimeTypes(Any[
    [MIME("application/vnd.vegalite.v$n+json") for n in 6:-1:2],
    [MIME("application/vnd.vega.v$n+json") for n in 6:-1:3],
    MIME("application/vnd.dataresource+json"), MIME("application/vnd.plotly.v1+json"),
])

"    register_mime(mime)\n    register_mime(mimes)\n\nSee `Polyglot.register_mime`."
register_mime(mimes) = push!(ijulia_mime_types, mimes)

"    register_jsonmime(mime)\n    register_jsonmime(mimes)\n\nSee `Polyglot.register_mime`."
register_jsonmime(mimes) = push!(ijulia_jsonmime_types, mimes)

"""
    clear_output(wait = false)

See `Polyglot.clear_output`.
"""
clear_output(now_or_wait=false, kernel=nothing; wait=now_or_wait) = polyglot().clear_output(; wait=wait)
