# A cell: parsed whole, evaluated one top-level expression after the other.

"What came of a cell: its value, and whether it is to be shown."
struct CellValue
    value::Any
    shown::Bool
end

"""
    ParseError(message, filename, line)

The cell is not Julia, as parsers say it that give no place of their own (before Julia 1.10).
"""
struct ParseError <: Exception
    message::String
    filename::String
    line::Int
end

Base.showerror(io::IO, e::ParseError) = print(io, e.message, "\naround ", e.filename, ':', e.line)

"""
    evaluate_cell(session, code, filename)

Evaluates every top-level expression of `code` in the newest world, so that macros and `using` take
effect for the next one. Throws a `ParseError` before anything ran if `code` is not Julia.
"""
function evaluate_cell(session::Session, code::String, filename::String)
    tree = parse_cell(code, filename)
    value = nothing
    place = LineNumberNode(1, Symbol(filename))
    for item in tree.args
        if item isa LineNumberNode
            place = item
        else
            value = evaluate_expression(session, item, place)
        end
    end
    return CellValue(value, value !== nothing && !ends_with_semicolon(code))
end

function evaluate_expression(session::Session, @nospecialize(item), place::LineNumberNode)
    for transform in session.backend.ast_transforms
        item = Base.invokelatest(transform, item)
    end
    refuse_another_base(session.mod, item)
    Compat.compile_for(Compat.USERS_LEVEL)
    try
        return Core.eval(session.mod, Expr(:toplevel, place, item))
    catch exception
        fail_at(place, exception)
    finally
        Compat.compile_for(Compat.KERNELS_LEVEL)
    end
end

"The cell as `Expr(:toplevel, …)`; throws a `ParseError` with the line."
function parse_cell(code::String, filename::String)
    tree = Base.parse_input_line(code; filename=filename)
    tree isa Expr && tree.head === :toplevel || return throw_or_wrap(tree, code, filename)
    for item in tree.args  # newer parsers give what they could parse, and then the error
        is_syntax_error(item) && throw_or_wrap(item, code, filename)
    end
    return tree
end

function throw_or_wrap(tree, code::String, filename::String)
    is_syntax_error(tree) || return Expr(:toplevel, tree)
    has_marker_line(code) && throw(MarkerError())
    detail = tree.args[1]
    detail isa Exception && throw(detail)
    throw(ParseError("syntax: $detail", filename, syntax_error_line(code)))
end

# The parser of Julia before 1.10 does not say where it gave up; the position it leaves does.
function syntax_error_line(code::String)
    position = 1
    while position <= ncodeunits(code)
        start = position
        item, position = Meta.parse(code, position; raise=false, depwarn=false)
        is_syntax_error(item) || continue
        stop = item.head === :incomplete ? first_code(code, start) : position - 1
        read = rstrip(String(codeunits(code)[1:min(stop, ncodeunits(code))]))
        return 1 + count(isequal('\n'), read)
    end
    return 1 + count(isequal('\n'), rstrip(code))
end

# Where the expression begins that starts at `position`, behind blank lines.
function first_code(code::String, position::Int)
    found = findnext(!isspace, code, position)
    return found === nothing ? ncodeunits(code) : found
end

"""
    ends_with_semicolon(code)

Whether a `;` ends the cell, behind which only space and comments come: its value is not shown. A
`;` inside a string or comment does not count.
"""
function ends_with_semicolon(code::String)
    position = findlast(isequal(';'), code)
    position === nothing ? false : ends_with_semicolon(code, position)
end

@noinline function ends_with_semicolon(code::String, position::Union{Int,Nothing})
    while position !== nothing
        # one with more code behind it may stand in a comment: look further
        is_blank(SubString(code, position + 1)) &&
            is_separator(SubString(code, 1, position - 1)) &&
            return true
        position = position == 1 ? nothing : findprev(isequal(';'), code, position - 1)
    end
    return false
end

function is_blank(text::AbstractString)
    stripped = lstrip(text)
    isempty(stripped) && return true
    return startswith(stripped, '#') && parses(String(stripped)) === :nothing
end

# Behind `text`, which is complete, a `)` would be an error: it is in no comment and no string.
is_separator(text::AbstractString) = parses("$text") !== :broken && parses("$text)") === :broken

function parses(code::String)
    tree = Base.parse_input_line(code; depwarn=false)
    tree === nothing && return :nothing
    tree isa Expr || return :something
    is_syntax_error(tree) && return :broken
    tree.head === :toplevel && any(is_syntax_error, tree.args) && return :broken
    is_empty = tree.head === :toplevel && all(item -> item isa LineNumberNode, tree.args)
    return is_empty ? :nothing : :something
end
