# The line that picks a cell's language, where it does not belong.

"""
    MarkerError()

The line that picks a cell's language stands where the host does not see it.
"""
struct MarkerError <: Exception end

function Base.showerror(io::IO, ::MarkerError)
    print(io, "%julia and %python pick the language of a whole cell: ")
    print(io, "write the marker on the cell's first line, and what is in the other language into ")
    print(io, "a cell of its own.")
    return nothing
end

# Julia has no line that begins with `%` but inside a string, a comment or an expression.
has_marker_line(code::String) = occursin(r"^[ \t]*%%?(julia|python)[ \t\r]*$"m, code)
