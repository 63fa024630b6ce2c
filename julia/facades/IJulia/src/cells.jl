# Cells: hooks around them, their history, and where they are evaluated.

"    push_preexecute_hook(f)\n\nSee `Polyglot.push_preexecute_hook`."
push_preexecute_hook(f) = polyglot().push_preexecute_hook(f)

"    pop_preexecute_hook(f)\n\nUndoes [`push_preexecute_hook`](@ref)."
pop_preexecute_hook(f) = polyglot().pop_preexecute_hook(f)

"""
    push_postexecute_hook(f)

Calls `f()` after each cell that did not fail, before its result is shown. See
`Polyglot.push_postexecute_hook`.
"""
push_postexecute_hook(f) = polyglot().push_postexecute_hook(f; before_result=true)

"    pop_postexecute_hook(f)\n\nUndoes [`push_postexecute_hook`](@ref)."
pop_postexecute_hook(f) = polyglot().pop_postexecute_hook(f)

"    push_posterror_hook(f)\n\nSee `Polyglot.push_posterror_hook`."
push_posterror_hook(f) = polyglot().push_posterror_hook(f)

"    pop_posterror_hook(f)\n\nUndoes [`push_posterror_hook`](@ref)."
pop_posterror_hook(f) = polyglot().pop_posterror_hook(f)

"""
    load_string(text, replace = false)

See `Polyglot.load`.
"""
load_string(text::AbstractString, replace::Bool=false, kernel=nothing) =
    polyglot().load(text; replace=replace)

"    load(file, replace = false)\n\nPuts the text of the file into a new cell."
load(file::AbstractString, replace::Bool=false, kernel=nothing) =
    load_string(read(file, String), replace)

"""
    history([io], [numbers...])

Prints the inputs of the Julia cells, or of those with these numbers. `Polyglot.history` gives those of
both languages.
"""
history(io::IO; kernel=nothing) = history(io, sort!(collect(Int, keys(In))))

function history(io::IO, numbers::Union{Integer,AbstractVector{<:Integer}}...; kernel=nothing)
    foreach(number -> haskey(In, number) && println(io, In[number]), vcat(numbers...))
    return nothing
end

history(numbers::Union{Integer,AbstractVector{<:Integer}}...; kernel=nothing) =
    history(stdout, numbers...)

"""
    clear_history()
    clear_history(numbers)

See `Polyglot.clear_history`.
"""
function clear_history(numbers...; kernel=nothing)
    isempty(numbers) && (global ans = nothing)
    return polyglot().clear_history(numbers...)
end

"    current_module()\n\nThe module in which cells are evaluated."
current_module() = polyglot().current_module()

"    set_current_module(mod)\n\nSee `Polyglot.set_current_module`."
set_current_module(mod::Module; kernel=nothing) = polyglot().set_current_module(mod)

"""
    SOFTSCOPE[] = false

See `Polyglot.set_soft_scope`.
"""
struct SoftScope <: Ref{Bool} end

Base.getindex(::SoftScope) = server().has_soft_scope()
Base.setindex!(scope::SoftScope, on) = (polyglot().set_soft_scope(on); scope)

const SOFTSCOPE = SoftScope()
