# Inspection: the tooltip and the pager.

"""
    inspect(mod, code, cursor_pos, detail_level)

The content of `inspect_reply`: the documentation of the name at the cursor; inside a call with no
name at the cursor, of the called function, with its methods. `detail_level` 1 adds the methods, and
the source where it can be had.
"""
function inspect(mod::Module, code::String, cursor_pos::Integer, detail_level::Integer)
    stop = byte_before(code, cursor_pos)
    name = name_at(code, stop)
    markdown = isempty(name) ? nothing : description(mod, name, detail_level > 0)
    if markdown === nothing
        call = enclosing_call(code, stop)
        call === nothing || (markdown = description(mod, call[1], true))
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
function description(mod::Module, name::String, in_detail::Bool)
    Base.isidentifier(Symbol(name)) || occursin(r"[.@]", name) || Base.isoperator(Symbol(name)) || return nothing
    parts = Any[]
    keyword = Symbol(name)
    if haskey(Base.Docs.keywords, keyword)
        append!(parts, Base.Docs.parsedoc(Base.Docs.keywords[keyword]).content)
        return Markdown.MD(parts)
    end
    found = resolve(mod, name)
    found === nothing && return nothing
    value = something(found)
    describe_value!(parts, mod, name, value)
    in_detail && value isa Union{Function,Type} && describe_methods!(parts, value)
    return Markdown.MD(parts)
end

function describe_value!(parts::Vector{Any}, mod::Module, name::String, @nospecialize(value))
    if value isa Union{Function,Type,Module} || startswith(last(split(name, '.')), '@')
        append!(parts, documentation(mod, name).content)
    else
        push!(parts, Markdown.Paragraph(Any[Markdown.Code("", name), " is of type ", Markdown.Code("", string(typeof(value))), "."]))
        push!(parts, Markdown.Code("", limited_show(value)))
        append!(parts, Base.Docs.doc(typeof(value)).content)
    end
    return nothing
end

function documentation(mod::Module, name::String)
    path = split(name, '.')
    owner = length(path) == 1 ? mod : something(resolve(mod, join(path[1:(end - 1)], '.')))
    return Base.Docs.doc(Base.Docs.Binding(owner, Symbol(path[end])))
end

limited_show(@nospecialize(value)) = sprint(
    show, MIME("text/plain"), value; context=IOContext(devnull, :limit => true, :displaysize => (12, 80))
)

const SHOWN_METHODS = 20

function describe_methods!(parts::Vector{Any}, callee)
    all = methods(callee)
    shown = collect(Iterators.take(all, SHOWN_METHODS))
    isempty(shown) && return nothing
    push!(parts, Markdown.Header(Any["Methods"], 3))
    lines = [sprint(show, method) for method in shown]
    more = length(all) - length(shown)
    more > 0 && push!(lines, "… and $more more: methods($callee)")
    push!(parts, Markdown.Code("", join(lines, '\n')))
    length(shown) == 1 && describe_source!(parts, first(shown))
    return nothing
end

function describe_source!(parts::Vector{Any}, method::Method)
    text = source_text(string(method.file), Int(method.line))
    isempty(text) && return nothing
    push!(parts, Markdown.Header(Any["Source"], 3))
    push!(parts, Markdown.Code("julia", text))
    return nothing
end

# The definition that starts at a line, as far as it parses.
function source_text(file::String, line::Int)
    path = Base.find_source_file(file)
    (path === nothing || !isfile(path)) && return ""
    text = join(Iterators.drop(eachline(path; keep=true), line - 1))
    _, stop = Meta.parse(text, 1; raise=false, depwarn=false)
    return String(rstrip(SubString(text, 1, prevind(text, stop))))
end
