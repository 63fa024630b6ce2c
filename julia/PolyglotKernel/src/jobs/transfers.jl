# Completion of the names behind `-i` and `-o` of a marker.

const TRANSFERS = r"^\s*%%?(julia|python)(?:[ \t]+-[io][ \t]+[^\s,]+(?:[ \t]*,[ \t]*[^\s,]+)*)*[ \t]+(-[io])[ \t]+(?:[^\s,]+[ \t]*,[ \t]*)*([^\s,]*)$"

"""
    transferred_name(source, position)

The language of the variable whose name the cursor stands in, as a cell that is the name alone, whose positions are
those in `source`; `nothing` where no name behind `-i` or `-o` is meant. Of `a=b` that is `b`, where the value is.
"""
function transferred_name(source::String, position::Int)
    before = first(source, clamp(position, 0, length(source)))
    ncodeunits(before) <= LONGEST_MARKER || return nothing
    found = match(TRANSFERS, before)
    found === nothing && return nothing
    here = String(found[1])
    language = found[2] == "-o" ? here : here == "julia" ? "python" : "julia"
    name = String(last(split(found[3], '=')))
    start = length(before) - length(name)
    return Cell(language, name, 0, start, NO_TRANSFERS, NO_TRANSFERS, false, "")
end

const LONGEST_MARKER = 1000   # bytes; what is longer is a cell
