# Where an expression stands that failed, when no trace says it: a name that is not defined, a package
# or a macro that does not exist, a test.

"""
    fail_at(place, exception)

To be called where `exception` is caught: throws it on, with its trace, wrapped as Julia wraps what
fails in a file that is included.
"""
fail_at(place::LineNumberNode, @nospecialize(exception)) =
    rethrow(LoadError(string(place.file), place.line, exception))

"What Julia itself was told of the exception, without the cell that it came wrapped in."
without_place(exception) = exception
without_place(exception::LoadError) = exception.error

"""
    print_places(io, exception, shown)

For the cell, and each file that it includes, the line at which the failing expression starts, unless
`shown`, the message and the trace, names a place in there.
"""
function print_places(io::IO, @nospecialize(exception), shown::String)
    places = LoadError[]
    while exception isa LoadError
        filter!(outer -> outer.file != exception.file, places)   # the innermost says it best
        pushfirst!(places, exception)
        exception = exception.error
    end
    for place in places
        occursin(place.file, shown) && continue
        print(io, "\nin expression starting at ", place.file, ':', place.line)
    end
    return nothing
end
