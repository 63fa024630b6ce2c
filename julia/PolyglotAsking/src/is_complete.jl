# Whether a console should run what was typed, or give another line. Runs no user code.

"""
    is_complete(code)

The content of `is_complete_reply`: `complete`, `invalid`, or `incomplete` with the `indent` of the
line to come.
"""
function is_complete(code::String)
    cell_mode(code) isa JuliaCode || return JSON.fields("status" => "complete")
    tree = Base.parse_input_line(code; depwarn=false)
    problem = syntax_error_in(tree)
    problem === nothing && return JSON.fields("status" => "complete")
    problem.head === :error && return JSON.fields("status" => "invalid")
    return JSON.fields("status" => "incomplete", "indent" => next_indent(code, problem))
end

"Whether the parser gave an error in the place of code."
is_syntax_error(item) = item isa Expr && (item.head === :error || item.head === :incomplete)

syntax_error_in(tree) = nothing

function syntax_error_in(tree::Expr)
    is_syntax_error(tree) && return tree
    tree.head === :toplevel || return nothing
    found = findfirst(is_syntax_error, tree.args)
    return found === nothing ? nothing : tree.args[found]
end

const INDENT = "    "

# As deep as the last line, one step more if that line opens what is not closed yet. Inside a string
# or comment space is the user's own.
function next_indent(code::String, problem::Expr)
    line = last(split(rstrip(code, '\n'), '\n'))
    indent = String(match(r"^[ \t]*", line).match)
    Base.incomplete_tag(problem) in (:string, :comment, :cmd, :char) && return ""
    occursin(r"^\s*(else|elseif|catch|finally)\b", line) && return indent * INDENT
    opened = syntax_error_in(Base.parse_input_line(String(line); depwarn=false))
    return opened !== nothing && opened.head === :incomplete ? indent * INDENT : indent
end
