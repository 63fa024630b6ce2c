# Names of variables whose objects are known without asking: `py.f(1)` in a loop asks for `f` once. Two sides
# keep the book; what each does stands in `known_names.py`.

"What the other side's names stand for, as the code of a cell was told."
mutable struct KnownNames
    values::Dict{String,Any}
    just_read::Any      # the name and the value that were read last, if nothing has been asked since
end

KnownNames() = KnownNames(Dict{String,Any}(), nothing)

"What `name` stands for, or `nothing` where that is not known."
function known_value(session, name::String)
    is_of_a_cell(session) || return nothing
    bridge = session.bridge
    Base.@lock bridge.lock begin
        value = get(bridge.known.values, name, nothing)
        value === nothing || (bridge.known.just_read = Pair{String,Any}(name, value))
        return value
    end
end

"The other side will say when `name` stands for something else than `value`."
function learn!(session, name::String, @nospecialize(value))
    is_of_a_cell(session) || return nothing
    bridge = session.bridge
    Base.@lock bridge.lock begin
        bridge.known.values[name] = value
        bridge.known.just_read = Pair{String,Any}(name, value)
    end
    return nothing
end

# What runs on the other side meanwhile does not tell the tasks beside the cell of changes.
is_of_a_cell(session) = session.request.id !== nothing && current_task() === session.root

"The name by which `value` was read just now, with nothing asked since, or `nothing`."
function take_name!(bridge, @nospecialize(value))
    read = Base.@lock bridge.lock begin
        just_read = bridge.known.just_read
        bridge.known.just_read = nothing
        just_read
    end
    read isa Pair{String,Any} || return nothing
    return last(read) === value ? first(read) : nothing
end

"Something is about to be asked: what was read before was not read just now."
function begin_asking!(bridge)
    Base.@lock bridge.lock bridge.known.just_read = nothing
    return nothing
end

function forget!(bridge, names)
    Base.@lock bridge.lock foreach(name -> delete!(bridge.known.values, name), names)
    return nothing
end

function forget_all!(bridge)
    Base.@lock bridge.lock begin
        empty!(bridge.known.values)
        bridge.known.just_read = nothing
    end
    return nothing
end

"The names that the other side believes to know, by the numbers of their objects."
const ToldNames = Dict{String,Int}

"Whether the other side is told of `value`, which stays here and goes as a reference."
function tell!(bridge, name::String, @nospecialize(value))
    Base.@lock bridge.lock begin
        number = Values.number_of(bridge.exports, value)
        number === nothing && return false
        bridge.told[name] = number
        return true
    end
end

"The names that stand for something else than was told, or whose object was let go."
function take_changed!(bridge, mod::Module)
    changed = Any[]
    isempty(bridge.told) && return changed
    Base.@lock bridge.lock begin
        for (name, number) in bridge.told
            stands_for(bridge, mod, name, number) || push!(changed, name)
        end
        foreach(name -> delete!(bridge.told, name), changed)
    end
    return changed
end

function stands_for(bridge, mod::Module, name::String, number::Int)
    symbol = name_in(mod, name)
    isdefined(mod, symbol) || return false
    return Values.number_of(bridge.exports, getfield(mod, symbol)) === number
end
