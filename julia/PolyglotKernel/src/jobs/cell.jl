"""
    Cell

A cell's code with its marker line taken apart.

- `language`: the language that the marker names, or the default
- `code`: the code without the marker; lines keep their numbers
- `marker_start`, `marker_length`: where in the source the marker stood, in code points, counted
  from 0: positions behind it are shifted by `marker_length`
- `inputs`, `outputs`: `name here => name there` of the options `-i` and `-o`
- `background`: it ends with `&`: cells of the other language do not wait for this one
- `problem`: what is wrong with the marker, empty when nothing is
"""
struct Cell
    language::String
    code::String
    marker_start::Int
    marker_length::Int
    inputs::Vector{Pair{String,String}}
    outputs::Vector{Pair{String,String}}
    background::Bool
    problem::String
end

const NO_TRANSFERS = Pair{String,String}[]
const MARKER_USAGE = "write %julia or %python on the cell's first line, with -i x,y and -o z to pass variables, and & at its end to run it in the background"

"""
    parse_cell(source, default)

Take `source` apart; `default` is the language of a cell with no marker.
"""
function parse_cell(source::String, default::String)
    first = first_line(source)
    line = SubString(source, first.start, first.stop)
    name = marker_name(line)
    language = lowercase(name)
    language in LANGUAGES || return plain_cell(source, default)
    word = word_at(line, 1)
    percents = startswith(line, "%%") ? 2 : 1
    if word != SubString("%%", 1, percents) * language
        problem = "the marker $(shown_marker(line, name)) is not known: "
        return problem_cell(source, default, problem)
    end
    inputs, outputs, rest, problem = marker_options(line, ncodeunits(word) + 1, language)
    background, rest = background_mark(line, rest)
    isempty(problem) || return problem_cell(source, language, problem)
    before = SubString(source, 1, prevind(source, first.start))
    behind = SubString(source, first.start + rest - 1)
    return Cell(
        language, string(before, behind), length(before), length(SubString(line, 1, prevind(line, rest))),
        inputs, outputs, background, "",
    )
end

plain_cell(source::String, language::String) =
    Cell(language, source, 0, 0, NO_TRANSFERS, NO_TRANSFERS, false, "")

problem_cell(source::String, language::String, problem::String) =
    Cell(language, source, 0, 0, NO_TRANSFERS, NO_TRANSFERS, false, problem * MARKER_USAGE)

"Whether the cursor is still on the marker's line and nothing is written but the marker."
is_bare_marker(cell::Cell) =
    cell.marker_length > 0 && all(c -> isspace(c) && c != '\n', cell.code)

# Where the first line that is not blank starts (behind its white space) and ends, as byte indices.
function first_line(source::String)
    start = findfirst(!isspace, source)
    start === nothing && return (start=1, stop=0)
    stop = findnext(isequal('\n'), source, start)
    return (start=start, stop=stop === nothing ? lastindex(source) : prevind(source, stop))
end

# The name behind the `%` of a line, also where more stands between or before than may; "" for none.
function marker_name(line::SubString{String})
    at = startswith(line, BYTE_ORDER_MARK) ? nextind(line, 1) : 1
    at <= ncodeunits(line) && line[at] == '%' || return ""
    start = findnext(c -> c != '%' && c != ' ' && c != '\t', line, at)
    start === nothing && return ""
    stop = findnext(c -> !(isletter(c) || isdigit(c) || c == '_'), line, start)
    return String(SubString(line, start, stop === nothing ? lastindex(line) : prevind(line, stop)))
end

const BYTE_ORDER_MARK = '\ufeff'

# A marker that is written wrongly, to the end of its word, as the user can see it.
function shown_marker(line::SubString{String}, name::String)
    behind = last(findfirst(name, line)) + 1
    shown = string(SubString(line, 1, behind - 1), word_at(line, behind))
    return replace(shown, BYTE_ORDER_MARK => "(byte order mark)")
end

"""
    marker_options(line, at, language)

Read the options of a marker from byte `at` on: inputs, outputs, the byte at which the cell's code
begins, and what is wrong.
"""
function marker_options(line::SubString{String}, at::Int, language::String)
    inputs = Pair{String,String}[]
    outputs = Pair{String,String}[]
    while true
        at = skip_blank(line, at)
        option = word_at(line, at)
        option == "-i" || option == "-o" || break
        at = skip_blank(line, at + ncodeunits(option))
        names = names_at(line, at)
        isempty(names) && return inputs, outputs, at, "$option needs the names of variables: "
        problem = add_transfers!(option == "-i" ? inputs : outputs, names, option == "-i")
        isempty(problem) || return inputs, outputs, at, problem
        at += ncodeunits(names)
    end
    option = word_at(line, at)
    problem = occursin(r"^--?[A-Za-z]", option) ? "the option $option is not known: " : ""
    return inputs, outputs, at, problem
end

# Whether nothing but `&` stands on the line from byte `at` on, and where the code begins behind it.
function background_mark(line::SubString{String}, at::Int)
    word_at(line, at) == "&" || return false, at
    behind = skip_blank(line, at + 1)
    return behind > ncodeunits(line) ? (true, behind) : (false, at)
end

function skip_blank(line::SubString{String}, at::Int)
    while at <= ncodeunits(line) && (line[at] == ' ' || line[at] == '\t')
        at += 1
    end
    return at
end

function word_at(line::SubString{String}, at::Int)
    at > ncodeunits(line) && return ""
    stop = findnext(isspace, line, at)
    return String(SubString(line, at, stop === nothing ? lastindex(line) : prevind(line, stop)))
end

"Words with commas between them; blanks may stand beside a comma."
function names_at(line::SubString{String}, at::Int)
    behind = at
    while true
        comma = skip_blank(line, behind)
        comma <= ncodeunits(line) || break
        char = line[comma]
        if char == ','
            behind = skip_blank(line, comma + 1)
        elseif comma > behind || isspace(char)
            break
        else
            behind = nextind(line, behind)
        end
    end
    return String(SubString(line, at, prevind(line, behind)))
end

# `x,y`, and `a=b` as in an assignment: `a` is the name where the value goes, `b` where it comes from.
function add_transfers!(transfers::Vector{Pair{String,String}}, names::String, to_here::Bool)
    for item in map(strip, split(names, ','))
        isempty(item) && return "beside a comma a name is missing: "
        target, source = occursin('=', item) ? split(item, '='; limit=2) : (item, item)
        Base.isidentifier(target) && Base.isidentifier(source) ||
            return "\"$item\" is no variable: "
        here, there = to_here ? (target, source) : (source, target)
        push!(transfers, String(here) => String(there))
    end
    return ""
end

"A position in the source as one in the cell's code, both in code points counted from 0."
function position_in_code(cell::Cell, position::Int)
    shifted = if position <= cell.marker_start
        position
    else
        max(cell.marker_start, position - cell.marker_length)
    end
    return clamp(shifted, 0, length(cell.code))
end

"The inverse of [`position_in_code`](@ref)."
position_in_source(cell::Cell, position::Int) =
    position < cell.marker_start ? position : position + cell.marker_length
