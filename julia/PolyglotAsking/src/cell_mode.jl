# Cells that are not Julia code but what the REPL has modes for: `?name`, `;shell`, `]pkg`.

abstract type CellMode end

"Julia code, the whole cell."
struct JuliaCode <: CellMode
    code::String
end

"`?name`, `?\"words\"`, `?r\"regex\"`"
struct HelpQuestion <: CellMode
    question::String
end

"`;command`, and the lines below it"
struct ShellScript <: CellMode
    script::String
end

"`]command`, and one more for each line below it"
struct PackageCommands <: CellMode
    commands::Vector{String}
end

"`%magic`, which is IPython's"
struct PythonMagic <: CellMode
    name::String
end

"""
    cell_mode(code)

What kind of cell this is. Blank lines and comments may stand above the mode's character.
"""
cell_mode(code::String) = may_have_mode(code) ? uncommon_mode(code) : JuliaCode(code)

# Nearly every cell is told by its first byte that is no space.
function may_have_mode(code::String)
    for i in 1:ncodeunits(code)
        byte = codeunit(code, i)
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d || return is_mode_byte(byte)
    end
    return false
end

is_mode_byte(byte::UInt8) = # `?`, `;`, `]`, `%`, and `#`, behind which one of them may come
    byte == 0x3f || byte == 0x3b || byte == 0x5d || byte == 0x25 || byte == 0x23

@noinline function uncommon_mode(code::String)
    body = behind_comments(code)
    isempty(body) && return JuliaCode(code)
    first_char = body[1]
    rest = String(SubString(body, nextind(body, 1)))
    first_char == '?' && return HelpQuestion(String(strip(rest)))
    first_char == ';' && return ShellScript(without_mode(rest, ';'))
    first_char == ']' && return PackageCommands(command_lines(rest))
    magic = match(r"^%%?(\w+)", body)
    magic === nothing || return PythonMagic(String(magic.captures[1]))
    return JuliaCode(code)
end

function behind_comments(code::String)
    rest = lstrip(code)
    while startswith(rest, '#')
        if startswith(rest, "#=")
            stop = findfirst("=#", rest)
            stop === nothing && return ""
            rest = lstrip(SubString(rest, last(stop) + 1))
        else
            stop = findfirst(isequal('\n'), rest)
            stop === nothing && return ""
            rest = lstrip(SubString(rest, stop))
        end
    end
    return String(rest)
end

# A cell of several lines may repeat the character on each.
function without_mode(text::String, mode::Char)
    bare(line) = startswith(lstrip(line), mode) ? lstrip(line)[2:end] : line
    lines = map(bare, split(text, '\n'))
    return String(strip(join(lines, '\n')))
end

function command_lines(text::String)
    lines = strip.(split(without_mode(text, ']'), '\n'))
    return String[line for line in lines if !isempty(line) && !startswith(line, '#')]
end
