# The variables of both languages in one table.

"Name, language, type, size, a short value, and in what it is shared."
const VariableRow = NTuple{6,String}

const VARIABLE_COLUMNS = ("Name", "Language", "Type", "Size", "Value", "Shared")
const LONGEST_VALUE = 60

"The user's variables in `mod`, by name; no modules, functions or types."
function variables_of(session, mod::Module)
    rows = VariableRow[]
    sharing = sharing_of_values(session)
    for name in sort!(names(mod; all=true); by=string)
        (isdefined(mod, name) && is_variable_name(session, mod, name)) || continue
        value = getfield(mod, name)
        value isa Union{Module,Function,Type} && !(value isa PyFunction) && continue
        told = (string(typeof(value)), size_text(value), short_text(value), sharing(value))
        push!(rows, (string(name), "Julia", told...))
    end
    return rows
end

"""
What says of values in what they are shared with Python, `"memory"` or the path of a file, and runs no code of
the user's; the system is asked once for all of them.
"""
function sharing_of_values(session)
    shares, read = session.bridge.codec.shares, Ref{Vector{String}}()
    maps() = isassigned(read) ? read[] : (read[] = Values.read_maps())
    return value ->
        value isa AbstractArray && is_plain_storage(value) ? Values.sharing_of(shares, value, maps) : ""
end

function is_variable_name(session, mod::Module, name::Symbol)
    text = string(name)
    (startswith(text, '#') || name in (:ans, :err, :In, :Out)) && return false
    return getfield(mod, name) !== PYTHON
end

function size_text(@nospecialize(value))
    value isa AbstractArray && return ndims(value) == 0 ? "0-d" : join(size(value), '×')
    value isa Union{AbstractString,AbstractDict,AbstractSet,Tuple} && return string(length(value))
    return ""
end

function short_text(@nospecialize(value))
    io = IOBuffer()
    context = IOContext(io, :limit => true, :compact => true, :displaysize => (4, LONGEST_VALUE))
    text = try
        show(context, value)
        String(take!(io))
    catch e
        "($(typeof(e)) in its show)"
    end
    line = join(split(text), ' ')
    return length(line) <= LONGEST_VALUE ? line : first(line, LONGEST_VALUE - 1) * "…"
end

variables_for_python(session) = Any[row for row in variables_of(session, session.mod)]

"What `Polyglot.variables()` shows."
struct VariableTable
    rows::Vector{VariableRow}
end

function variable_table(session)
    rows = variables_of(session, session.mod)
    for row in call_python("polyglot.variables")
        push!(rows, Tuple(String(cell) for cell in row))
    end
    return VariableTable(rows)
end

function Base.show(io::IO, ::MIME"text/plain", table::VariableTable)
    isempty(table.rows) && return print(io, "no variables")
    lines = vcat(VARIABLE_COLUMNS, table.rows)
    columns = shown_columns(table)
    widths = [maximum(length(line[i]) for line in lines) for i in columns]
    for (k, line) in enumerate(lines)
        k > 1 && println(io)
        print(io, rstrip(join((rpad(line[i], widths[i]) for i in columns), "  ")))
    end
    return nothing
end

# The last one only where something is shared.
shown_columns(table::VariableTable) =
    1:(all(row -> isempty(row[end]), table.rows) ? length(VARIABLE_COLUMNS) - 1 : length(VARIABLE_COLUMNS))

Base.show(io::IO, table::VariableTable) = print(io, "VariableTable with ", length(table.rows), " variables")

function Base.show(io::IO, ::MIME"text/html", table::VariableTable)
    print(io, "<table><thead><tr>")
    columns = shown_columns(table)
    for i in columns
        print(io, "<th style='text-align:left'>", VARIABLE_COLUMNS[i], "</th>")
    end
    print(io, "</tr></thead><tbody>")
    for row in table.rows
        print(io, "<tr>")
        for i in columns
            print(io, "<td style='text-align:left'>", escaped(row[i]), "</td>")
        end
        print(io, "</tr>")
    end
    return print(io, "</tbody></table>")
end

escaped(text::String) =
    replace(replace(replace(text, '&' => "&amp;"), '<' => "&lt;"), '>' => "&gt;")
