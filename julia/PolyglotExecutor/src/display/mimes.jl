# In which forms a value is sent.

"""
Which forms of a value are sent. All that it has, but of the forms in one row only the first: they
say the same, and a client shows the richest that it knows.
"""
const MIME_ROWS = [
    ["image/svg+xml"],
    ["image/png", "image/jpeg", "image/webp", "image/gif"],
    ["video/mp4", "video/webm", "video/ogg"],
    ["audio/mpeg", "audio/ogg", "audio/flac", "audio/wav"],
    ["text/html"],
    ["text/markdown"],
    ["text/latex"],
    ["application/javascript"],
    ["application/pdf"],
    ["application/json"],
    [
        "application/vnd.vegalite.v6+json",
        "application/vnd.vegalite.v5+json",
        "application/vnd.vegalite.v4+json",
        "application/vnd.vegalite.v3+json",
        "application/vnd.vegalite.v2+json",
    ],
    [
        "application/vnd.vega.v6+json",
        "application/vnd.vega.v5+json",
        "application/vnd.vega.v4+json",
        "application/vnd.vega.v3+json",
    ],
    ["application/vnd.plotly.v1+json"],
    ["application/vnd.dataresource+json"],
    ["application/geo+json"],
]

"""
    Forms

How a value is shown: the mime types besides `text/plain` that it has, and whether a package has said
what its bundle (`IJulia.display_dict`) or its metadata (`Polyglot.metadata`) are.
"""
struct Forms
    mimes::Vector{String}
    dict::Bool
    metadata::Bool
end

"""
    MimeTable(rows)

The rows, and for each type met what is known of it, as long as no method is defined.
"""
mutable struct MimeTable
    rows::Vector{Vector{String}}
    world::UInt
    known::IdDict{Any,Any}   # type => Forms
end

MimeTable() = MimeTable(copy(MIME_ROWS), 0, IdDict())

"Adds a row: a mime type, or several of which only the first is sent."
function register_mime!(table::MimeTable, row::Vector{String})
    push!(table.rows, row)
    empty!(table.known)
    return table
end

"In which forms `value` is to be sent."
function forms_of(table::MimeTable, @nospecialize(value))
    world = Base.get_world_counter()
    if table.world != world
        empty!(table.known)
        table.world = world
    end
    known = get(table.known, typeof(value), nothing)
    known === nothing || return known::Forms
    mimes = String[]
    for row in table.rows
        first_form = findfirst(mime -> is_showable(mime, value), row)
        first_form === nothing || push!(mimes, row[first_form])
    end
    forms = Forms(mimes, is_extended(IJulia.display_dict, value), is_extended(IJulia.metadata, value))
    is_decided_by_type(value) && (table.known[typeof(value)] = forms)
    return forms
end

# Whether somebody has added a method to a function of IJulia's that fits the value.
is_extended(f, @nospecialize(value)) = which(f, Tuple{typeof(value)}).module !== IJulia

# Types with a `showable` method of their own (Plots' have one) may answer differently for each value.
function is_decided_by_type(@nospecialize(value))
    return which(showable, Tuple{MIME"text/html",typeof(value)}).module === Base.Multimedia
end

# `showable` itself, save that it is not compiled anew for each mime type.
function is_showable(mime::String, @nospecialize(value))
    type = MIME{Symbol(mime)}
    is_decided_by_type(value) && return hasmethod(show, Tuple{IO,type,typeof(value)})
    return showable(type(), value)
end
