# Places in a cell. Jupyter counts code points from 0, Julia bytes from 1.

"The byte at which the first `cursor` code points of `code` end, or the nearest; 0 for none."
function byte_before(code::String, cursor::Integer)
    cursor <= 0 && return 0
    return cursor >= length(code) ? lastindex(code) : nextind(code, 0, cursor)
end

"How many code points `code` has before the byte `index`."
code_points_before(code::String, index::Integer) =
    index <= 1 ? 0 : length(code, 1, prevind(code, index))

"""
    enclosing_call(code, stop)

The text of the innermost unfinished call around the byte `stop`: what stands before its `(`, and
what after it up to `stop`. `nothing` outside of calls.
"""
function enclosing_call(code::String, stop::Int)
    depth = 0
    index = stop
    while index > 0
        char = code[index]
        if char == ')'
            depth += 1
        elseif char == '('
            if depth == 0
                name = trailing_name(code, prevind(code, index))
                isempty(name) || return (name, SubString(code, nextind(code, index), stop))
            else
                depth -= 1
            end
        end
        index = prevind(code, index)
    end
    return nothing
end

is_name_char(char::Char) = Base.is_id_char(char) || char == '.' || char == '@'

"The dotted name that ends at the byte `stop`."
function trailing_name(code::String, stop::Int)
    start = nextind(code, stop)
    index = stop
    while index > 0 && is_name_char(code[index])
        start = index
        index = prevind(code, index)
    end
    return String(strip(SubString(code, start, stop), '.'))
end

"The dotted name around the cursor, behind the byte `stop`; if there is none, an operator."
function name_at(code::String, stop::Int)
    last = stop
    next = nextind(code, stop)
    while next <= lastindex(code) && is_name_char(code[next]) && code[next] != '.'
        last = next
        next = nextind(code, next)
    end
    name = trailing_name(code, last)
    isempty(name) || return name
    for index in (stop, nextind(code, stop))
        1 <= index <= lastindex(code) || continue
        char = code[index]      # a name that holds a NUL can be no Symbol
        char != '\0' && Base.isoperator(Symbol(char)) && return string(char)
    end
    return ""
end

"""
    resolve(mod, name)

The value of a dotted name, in `Some`, without running user code: of values only fields are looked
into, which are no properties that a method gives.
"""
function resolve(mod::Module, name::AbstractString)
    value::Any = mod
    for part in split(name, '.')
        symbol = Symbol(part)
        isdefined(value, symbol) || return nothing
        value = getfield(value, symbol)
    end
    return Some{Any}(value)
end
