# Objects that stay where they are: what this process lent out, and what it was lent.

"""
    Exports()

The objects of this process that another one holds references to. An object has one number however
often it was sent, and a count of how often it was: the other side gives the count back when it lets
go, so that a reference under way cannot be lost.
"""
struct Exports
    generation::Int
    numbers::IdDict{Any,Int}
    objects::Dict{Int,Any}
    counts::Dict{Int,Int}
    last::Base.RefValue{Int}
end

# 52 bits, so that every language's JSON reads the number exactly.
function Exports(generation::Int=Int(uuid4().value >> 76))
    return Exports(generation, IdDict{Any,Int}(), Dict{Int,Any}(), Dict{Int,Int}(), Ref(0))
end

Base.length(exports::Exports) = length(exports.objects)

"The number of `value`, which lives from now on until it is released."
function lend!(exports::Exports, @nospecialize(value))
    number = get(exports.numbers, value, 0)
    if number == 0
        number = exports.last[] += 1
        exports.numbers[value] = number
        exports.objects[number] = value
    end
    exports.counts[number] = get(exports.counts, number, 0) + 1
    return number
end

"The number of `value`, if the other process holds references to it, or `nothing`."
number_of(exports::Exports, @nospecialize(value)) = get(exports.numbers, value, nothing)

"The object itself. Throws [`StaleReferenceError`](@ref)."
function resolve(exports::Exports, generation::Int, number::Int)
    generation == exports.generation || throw(
        StaleReferenceError(
            "this reference is to an object of a Julia process that has been restarted"
        ),
    )
    haskey(exports.objects, number) ||
        throw(StaleReferenceError("the object $number was let go"))
    return exports.objects[number]
end

"Take back `count` of the references to an object."
function release!(exports::Exports, generation::Int, number::Int, count::Int)
    generation == exports.generation && haskey(exports.objects, number) || return nothing
    exports.counts[number] -= count
    if exports.counts[number] <= 0
        delete!(exports.counts, number)
        delete!(exports.numbers, pop!(exports.objects, number))
    end
    return nothing
end

"Let go of everything: the process that held the references is gone."
function Base.empty!(exports::Exports)
    empty!(exports.numbers)
    empty!(exports.objects)
    empty!(exports.counts)
    return exports
end

"The address of an object: which process holds it, and under which number."
struct Reference
    owner::String
    generation::Int
    number::Int
    type_name::String
    is_callable::Bool
end

"What was let go: generation, number, and how many of its references."
const Released = Tuple{Int,Int,Int}

"""
    Imports()

The references that this process holds. `released` collects those that were let go, by finalizers,
which may not send: they run at any point of any code.
"""
struct Imports
    live::Dict{Tuple{Int,Int},WeakRef}
    released::Vector{Released}
    lock::ReentrantLock
end

Imports() = Imports(Dict{Tuple{Int,Int},WeakRef}(), Released[], ReentrantLock())

"""
    Holding(reference, imports)

One reference that this process holds; its end is noted in `imports`.
"""
mutable struct Holding
    reference::Reference
    imports::Imports
    count::Int
    function Holding(reference::Reference, imports::Imports)
        return finalizer(let_holding_go, new(reference, imports, 0))
    end
end

let_holding_go(holding::Holding) = undisturbed(note_release, holding)

function note_release(holding::Holding)
    imports = holding.imports
    # The code that the finalizer interrupted may hold the lock: then it is this object's turn later.
    if islocked(imports.lock) || !trylock(imports.lock)
        finalizer(let_holding_go, holding)
        return nothing
    end
    try
        reference = holding.reference
        push!(imports.released, (reference.generation, reference.number, holding.count))
    finally
        unlock(imports.lock)
    end
    return nothing
end

"The holding of `reference`, which has just arrived once more."
function hold!(imports::Imports, reference::Reference)
    key = (reference.generation, reference.number)
    known = get(imports.live, key, nothing)
    holding = known === nothing ? nothing : known.value
    if holding === nothing
        holding = Holding(reference, imports)
        imports.live[key] = WeakRef(holding)
    end
    holding::Holding
    holding.count += 1
    return holding
end

"What was let go since the last time."
function take_released!(imports::Imports)
    isempty(imports.released) && return Released[]
    released = Base.@lock imports.lock splice!(imports.released, 1:length(imports.released))
    for (generation, number, _) in released
        known = get(imports.live, (generation, number), nothing)
        known !== nothing && known.value === nothing && delete!(imports.live, (generation, number))
    end
    return released
end
