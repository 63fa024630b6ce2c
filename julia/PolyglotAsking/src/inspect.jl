# Inspection: the tooltip and the pager.

"""
    inspect(mod, code, cursor_pos, detail_level, cells = Dict())

The content of `inspect_reply`: the documentation of the name at the cursor; inside a call with no
name at the cursor, of the called function, with its methods. `detail_level` 1 adds the methods, and
the source where it can be had; that of cells is in `cells`, number => code.
"""
function inspect(
    mod::Module, code::String, cursor_pos::Integer, detail_level::Integer, cells=Dict{Any,Any}()
)
    stop = byte_before(code, cursor_pos)
    name = name_at(code, stop)
    markdown = isempty(name) ? nothing : description(mod, name, detail_level > 0, cells)
    if markdown === nothing
        call = enclosing_call(code, stop)
        call === nothing || (markdown = description(mod, call[1], true, cells))
    end
    return JSON.fields(
        "status" => "ok",
        "found" => markdown !== nothing,
        "data" => markdown === nothing ? JSON.fields() : help_bundle(markdown),
        "metadata" => JSON.fields(),
    )
end

help_bundle(markdown::Markdown.MD) = JSON.fields(
    "text/plain" => sprint(show, MIME("text/plain"), markdown; context=:color => true),
    "text/markdown" => sprint(show, MIME("text/markdown"), markdown),
    "text/html" => sprint(show, MIME("text/html"), markdown),
)

# What is known of a name, as Markdown; `nothing` if it is no name.
function description(mod::Module, name::String, in_detail::Bool, cells)
    keyword = Symbol(name)
    is_name = Base.isidentifier(keyword) || Base.isoperator(keyword) || occursin(r"[.@]", name)
    is_name || return nothing
    parts = Any[]
    if haskey(Base.Docs.keywords, keyword)
        append!(parts, Base.Docs.parsedoc(Base.Docs.keywords[keyword]).content)
        return Markdown.MD(parts)
    end
    found = resolve(mod, name)
    found === nothing && return nothing
    value = something(found)
    describe_value!(parts, mod, name, value)
    in_detail && value isa Union{Function,Type} && describe_methods!(parts, value, cells)
    return Markdown.MD(parts)
end

function describe_value!(parts::Vector{Any}, mod::Module, name::String, @nospecialize(value))
    if value isa Union{Function,Type,Module} || startswith(last(split(name, '.')), '@')
        append!(parts, documentation(mod, name).content)
    else
        type = Markdown.Code("", string(typeof(value)))
        push!(parts, Markdown.Paragraph(Any[Markdown.Code("", name), " is of type ", type, "."]))
        push!(parts, Markdown.Code("", limited_show(value)))
        append!(parts, Base.Docs.doc(typeof(value)).content)
    end
    return nothing
end

function documentation(mod::Module, name::String)
    path = split(name, '.')
    owner = length(path) == 1 ? mod : something(resolve(mod, join(path[1:(end - 1)], '.')))
    owner isa Module || return Base.Docs.doc(getfield(owner, Symbol(path[end])))
    return Base.Docs.doc(Base.Docs.Binding(owner, Symbol(path[end])))
end

limited_show(@nospecialize(value)) = sprint(
    show,
    MIME("text/plain"),
    value;
    context=IOContext(devnull, :limit => true, :displaysize => (12, 80)),
)

const SHOWN_METHODS = 20

function describe_methods!(parts::Vector{Any}, callee, cells)
    all = methods(callee)
    shown = collect(Iterators.take(all, SHOWN_METHODS))
    isempty(shown) && return nothing
    push!(parts, Markdown.Header(Any["Methods"], 3))
    lines = [sprint(show, method) for method in shown]
    more = length(all) - length(shown)
    more > 0 && push!(lines, "… and $more more: methods($callee)")
    push!(parts, Markdown.Code("", join(lines, '\n')))
    length(shown) == 1 && describe_source!(parts, first(shown), cells)
    return nothing
end

function describe_source!(parts::Vector{Any}, method::Method, cells)
    text = source_text(cells, string(method.file), Int(method.line))
    isempty(text) && return nothing
    push!(parts, Markdown.Header(Any["Source"], 3))
    push!(parts, Markdown.Code("julia", text))
    return nothing
end

# The definition that starts at a line of a file or of a cell, as far as it parses.
function source_text(cells, file::String, line::Int)
    cell = match(r"^(?:\./)?In\[(\d+)\]$", file)
    text = if cell === nothing
        path = Base.find_source_file(file)
        path !== nothing && isfile(path) ? read(path, String) : ""
    else
        get(cells, parse(Int, cell.captures[1]), "")
    end
    rest = join(Iterators.drop(eachline(IOBuffer(text); keep=true), line - 1))
    _, stop = Meta.parse(rest, 1; raise=false, depwarn=false)
    return String(rstrip(SubString(rest, 1, prevind(rest, stop))))
end
