# papermill's parameters: it puts a cell in the notebook's own language behind the one with their defaults, which may
# be in the other one by its marker.

const INJECTED = r"^# (?:Papermill: )?Parameters\r?\n"

"""
    with_parameters(cell, before)

The cell, whose variables the other language is to have, too, where it is papermill's and `before`, which came just
before it, gives any of them a default there.
"""
function with_parameters(cell::Cell, before::Cell)
    is_injected = cell.marker_length == 0 && before.language != cell.language && occursin(INJECTED, cell.code)
    is_injected || return cell
    names = assigned_names(cell.code)
    any(in(assigned_names(before.code)), names) || return cell
    outputs = Pair{String,String}[name => name for name in names]
    return Cell(cell.language, cell.code, 0, 0, cell.inputs, outputs, cell.background, cell.problem)
end

# A line, or what follows a semicolon, that begins with a name, perhaps its type, and `=`.
const ASSIGNMENT = r"(?:^|;)[ \t]*([\p{L}_][\w!]*)(?:[ \t]*::?[ \t]*[\w\[\], ]+)?[ \t]*=(?!=)"m

"The names to which the code assigns, in either language, as cells of parameters do."
assigned_names(code::String) = unique!(String[found[1] for found in eachmatch(ASSIGNMENT, code)])
