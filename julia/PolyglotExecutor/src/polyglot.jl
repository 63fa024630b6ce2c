"""
What the kernel offers to Julia cells.

Output: [`Polyglot.display`](@ref), [`Polyglot.update_display`](@ref),
[`Polyglot.clear_output`](@ref), [`Polyglot.register_mime`](@ref), [`Polyglot.metadata`](@ref).
Cells: [`Polyglot.history`](@ref), [`Polyglot.clear_history`](@ref), [`Polyglot.input`](@ref), [`Polyglot.load`](@ref), [`Polyglot.set_soft_scope`](@ref),
[`Polyglot.set_current_module`](@ref), [`Polyglot.current_module`](@ref), and the hooks
[`Polyglot.push_preexecute_hook`](@ref), [`Polyglot.push_postexecute_hook`](@ref),
[`Polyglot.push_posterror_hook`](@ref).
Arrays: [`Polyglot.share`](@ref), [`Polyglot.is_shared`](@ref).
Widgets: [`Polyglot.Comm`](@ref), [`Polyglot.register_comm`](@ref).

A variable `Polyglot` of your own hides it.
"""
module PolyglotAPI  # a module exports its name, and `using .Polyglot` would meet the variable

using REPL
using ..PolyglotExecutor: PolyglotExecutor, CommChannel, CommMessage, JSON, PyError, PyObject
using ..Values: Values, Categorical, ObjectColumn, PyEnum, isordered, levels

# The one global of the kernel: cells call these functions without a session to pass.
const SESSION = Ref{PolyglotExecutor.Session}()

function session()
    isassigned(SESSION) || error("Polyglot works in the cells of a notebook only")
    return SESSION[]
end

# ------------------------------------------------------------------------------------------ output

"""
    Polyglot.DisplayHandle

A place in the output whose content can be replaced: [`Polyglot.update_display`](@ref).
"""
struct DisplayHandle
    id::String
end

Base.show(io::IO, handle::DisplayHandle) = print(io, "Polyglot.DisplayHandle(", repr(handle.id), ")")

const DisplayId = Union{AbstractString,Symbol}

"""
    Polyglot.display(x; id = a new one, metadata) -> DisplayHandle
    Polyglot.display(mime, x; id = a new one, metadata) -> DisplayHandle

Shows `x` like `display(x)`, at a place that [`Polyglot.update_display`](@ref) can change. `metadata` is
what the front end is told beside it, by default what [`Polyglot.metadata`](@ref) says.
"""
display(x; id::DisplayId=new_display_id(), metadata=metadata_of(x)) =
    show_at(id, PolyglotExecutor.mime_bundle(session(), x), metadata)

display(
    mime::Union{MIME,AbstractString}, x; id::DisplayId=new_display_id(), metadata=metadata_of(x)
) = show_at(id, PolyglotExecutor.single_form(session(), string(mime), x), metadata)

metadata_of(x) = PolyglotExecutor.metadata_of(session(), x)

"""
    Polyglot.metadata(x) -> Dict

What the front end is told beside the forms of `x` when it is shown. Add a method for a type of yours:
`Polyglot.metadata(x::Photo) = Dict("image/png" => Dict("width" => 300))` shows photos that wide.
"""
const metadata = PolyglotExecutor.IJulia.metadata

new_display_id() = string("julia-", time_ns())

function show_at(id::DisplayId, data, metadata)
    fields = PolyglotExecutor.metadata_fields(metadata)
    PolyglotExecutor.show_data(session(), data; id=id, metadata=fields)
    return DisplayHandle(string(id))
end

"""
    Polyglot.update_display(place, x; metadata)
    Polyglot.update_display(place, mime, x; metadata)

Replaces what is shown at every `place` with this id, in earlier cells too. It is a handle that
[`Polyglot.display`](@ref) gave, or an id.
"""
update_display(place::Union{DisplayHandle,DisplayId}, x; metadata=metadata_of(x)) =
    update_at(place, PolyglotExecutor.mime_bundle(session(), x), metadata)

update_display(
    place::Union{DisplayHandle,DisplayId}, mime::Union{MIME,AbstractString}, x; metadata=metadata_of(x)
) = update_at(place, PolyglotExecutor.single_form(session(), string(mime), x), metadata)

update_at(handle::DisplayHandle, data, metadata) = update_at(handle.id, data, metadata)

function update_at(id::DisplayId, data, metadata)
    fields = PolyglotExecutor.metadata_fields(metadata)
    PolyglotExecutor.show_data(session(), data; id=id, update=true, metadata=fields)
    return nothing
end

"""
    Polyglot.clear_output(wait = false)
    Polyglot.clear_output(; wait = false)

Removes the output of the cell; with `wait` not before something new comes, which avoids flicker.
"""
clear_output(wait::Bool) = clear_output(; wait=wait)

function clear_output(; wait::Bool=false)
    flush(session().stdout)
    flush(session().stderr)
    PolyglotExecutor.publish(session(), "clear_output", JSON.fields("wait" => wait))
    return nothing
end

"""
    Polyglot.register_mime(mime)
    Polyglot.register_mime(mimes)

Values that are `showable` as `mime` are sent to the front end in this form too; of several `mimes`,
in the first that a value has.
"""
register_mime(mime) = register_mime([mime])

function register_mime(mimes::AbstractVector)
    PolyglotExecutor.register_mime!(session().mimes, String[string(mime) for mime in mimes])
    return nothing
end

# ------------------------------------------------------------------------------------------ arrays

"""
    Polyglot.share(A) -> Array
    Polyglot.share(T, dims...) -> Array{T}

An array in memory that Julia and Python both can hold, with the elements of `A`, or zeros: it crosses
without a copy, and what one language writes the other reads. The elements are numbers, or structs of
numbers; throws an `ArgumentError` for others. Where memory is short it is a file, and where the disk is, too, an error.
"""
function share(A::AbstractArray{T,N}) where {T,N}
    shared = Values.new_array(session().bridge.codec.shares, T, size(A))
    return copyto!(shared, A)
end

share(::Type{T}, dims::Integer...) where {T} =
    Values.new_array(session().bridge.codec.shares, T, Dims(dims))

"""
    Polyglot.is_shared(A) -> Bool

Whether the elements of `A` are in memory, or in a file, that Julia and Python both can hold.
"""
is_shared(A::AbstractArray) = !isempty(Values.sharing_of(session().bridge.codec.shares, A))

# ------------------------------------------------------------------------------------------- cells

"""
    Polyglot.history(last = 0) -> Vector{Pair{Int,String}}

The earlier cells of this session, of both languages, with their numbers, the oldest first; all, or
so many of the `last`.
"""
function history(last::Integer=0)
    running = session().execution_count
    cells = Pair{Int,String}[]
    for (number, text) in PolyglotExecutor.call_python("polyglot.history")
        number == running || push!(cells, number => text)
    end
    return last > 0 ? cells[max(1, end - last + 1):end] : cells
end

"""
    Polyglot.clear_history()
    Polyglot.clear_history(numbers)

Forgets what the Julia cells were and gave (`In`, `Out`), of all or of the cells with these numbers, so
that their values can be freed.
"""
function clear_history()
    empty!(session().history.inputs)
    empty!(session().history.outputs)
    PolyglotExecutor.Compat.set_repl_variable(session().mod, :ans, nothing)
    return nothing
end

function clear_history(numbers)
    inputs, outputs = session().history.inputs, session().history.outputs
    for number in collect(Any, keys(inputs))
        number in numbers || continue
        delete!(inputs, number)
        delete!(outputs, number)
    end
    return nothing
end

"""
    Polyglot.input(prompt; password = false) -> String

Asks the user, and gives the line that is typed, without its end; with `password` it is not shown.
Throws an `EOFError` where there is none.
"""
function input(prompt::AbstractString=""; password::Bool=false)
    line = PolyglotExecutor.ask(session(), String(prompt); password=password)
    line === nothing && throw(EOFError())
    return line
end

"""
    Polyglot.variables()

The variables of both languages in one table: name, language, type, size and a short value.
"""
variables() = PolyglotExecutor.variable_table(session())

"""
    Polyglot.load(text; replace = false)

Puts `text` into a new cell below this one, or in this cell's place.
"""
function load(text::AbstractString; replace::Bool=false)
    payload = JSON.fields(
        "source" => "set_next_input", "text" => String(text), "replace" => replace
    )
    push!(session().payload, payload)
    return nothing
end

"""
    Polyglot.set_soft_scope(on::Bool)

Whether a loop of a cell may assign to a global variable without `global`, as in the REPL (the
default), or not, as in a file.
"""
function set_soft_scope(on::Bool)
    transforms = session().backend.ast_transforms
    filter!(!isequal(REPL.softscope), transforms)
    on && push!(transforms, REPL.softscope)
    return nothing
end

"""
    Polyglot.set_current_module(mod)

The cells to come are evaluated in `mod`, and names completed and looked up there. What only `Main`
has is called by way of it: `Main.Polyglot.set_current_module(Main)` leads back, and `Main.py` is
Python.
"""
function set_current_module(mod::Module)
    session().mod = mod
    return nothing
end

"""
    Polyglot.current_module()

The module in which cells are evaluated.
"""
current_module() = session().mod

"""
    Polyglot.push_preexecute_hook(f)

Calls `f()` before each cell. [`Polyglot.pop_preexecute_hook`](@ref) ends that.
"""
push_preexecute_hook(f) = (push!(session().hooks.before, f); f)

"""
    Polyglot.pop_preexecute_hook(f)

Undoes [`Polyglot.push_preexecute_hook`](@ref).
"""
pop_preexecute_hook(f) = remove!(session().hooks.before, f)

"""
    Polyglot.push_postexecute_hook(f; before_result = false)

Calls `f()` after each cell that did not fail, when its result was shown or, with `before_result`, before
that. [`Polyglot.pop_postexecute_hook`](@ref) ends it.
"""
function push_postexecute_hook(f; before_result::Bool=false)
    hooks = session().hooks
    push!(before_result ? hooks.evaluated : hooks.after, f)
    return f
end

"""
    Polyglot.pop_postexecute_hook(f)

Undoes [`Polyglot.push_postexecute_hook`](@ref).
"""
function pop_postexecute_hook(f)
    remove!(session().hooks.evaluated, f)
    return remove!(session().hooks.after, f)
end

"""
    Polyglot.push_posterror_hook(f)

Calls `f()` after each cell that failed. [`Polyglot.pop_posterror_hook`](@ref) ends that.
"""
push_posterror_hook(f) = (push!(session().hooks.failed, f); f)

"""
    Polyglot.pop_posterror_hook(f)

Undoes [`Polyglot.push_posterror_hook`](@ref).
"""
pop_posterror_hook(f) = remove!(session().hooks.failed, f)

remove!(hooks::Vector{Any}, f) = (filter!(hook -> hook !== f, hooks); nothing)

# ----------------------------------------------------------------------------------------- widgets

"""
    Polyglot.Comm(target; data = Dict(), id, metadata, buffers) -> comm

Opens a comm that the front end knows as `target`. `buffers` are arrays whose bytes travel as they
are. `comm.on_msg = (comm, message) -> …` handles what the front end sends (`message.data`,
`message.metadata`, `message.buffers`), `comm.on_close` its end. See [`Polyglot.send`](@ref);
`close(comm)` and `isopen(comm)` are Base's. `using .Polyglot: Comm` lets you leave out the module.
"""
function Comm(target::Union{Symbol,AbstractString}; data=Dict{String,Any}(), message...)
    return PolyglotExecutor.open_comm!(session(), string(target), data; message...)
end

"""
    Polyglot.send(comm, data; metadata, buffers)

Sends `data` (whatever JSON can hold) to the other end. Throws an `ArgumentError` if it is closed.
"""
send(comm::CommChannel, data=Dict{String,Any}(); message...) =
    PolyglotExecutor.send_comm(session(), comm, data; message...)

"""
    close(comm; data, metadata, buffers)

Closes the comm on both ends.
"""
Base.close(comm::CommChannel; data=Dict{String,Any}(), message...) =
    PolyglotExecutor.close_comm!(session(), comm, data; message...)

"""
    isopen(comm)

Whether neither end has closed the comm.
"""
Base.isopen(comm::CommChannel) = comm.open

"""
    Polyglot.on_msg(f, comm)

`f(comm, message)` is called for each message of the front end: `on_msg(comm) do comm, message … end`
"""
on_msg(f, comm::CommChannel) = (comm.on_msg = f; comm)

"""
    Polyglot.on_close(f, comm)

`f(comm, message)` is called when the front end closes the comm.
"""
on_close(f, comm::CommChannel) = (comm.on_close = f; comm)

"""
    Polyglot.register_comm(f, target)

Lets the front end open comms named `target`; `f(comm, message)` is called for each.
"""
register_comm(f, target::Union{Symbol,AbstractString}) =
    PolyglotExecutor.register_comm!(session(), string(target), f)

"""
    Polyglot.unregister_comm(target)

Undoes [`Polyglot.register_comm`](@ref).
"""
unregister_comm(target::Union{Symbol,AbstractString}) =
    PolyglotExecutor.unregister_comm!(session(), string(target))

end

const Polyglot = PolyglotAPI
