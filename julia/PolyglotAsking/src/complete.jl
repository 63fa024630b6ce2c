# Completion, by the REPL's completer.

const COMPLETION_LIMIT = 1000

"The content of `complete_reply` for `cursor_pos`, in code points."
function complete(mod::Module, code::String, cursor_pos::Integer)
    stop = byte_before(code, cursor_pos)
    found, range = completions_at(mod, code, stop)
    entries = Any[]
    matches = Any[]
    seen = Set{String}()
    first_byte = isempty(range) && first(range) <= 0 ? stop + 1 : first(range)
    cursor_end = code_points_before(code, nextind(code, stop))
    cursor_start = min(code_points_before(code, first_byte), cursor_end)
    for completion in found
        length(entries) < COMPLETION_LIMIT || break
        text = completion_text(completion)
        text in seen && continue
        push!(seen, text)
        push!(matches, text)
        push!(entries, completion_entry(mod, completion, text, cursor_start, cursor_end))
    end
    return JSON.fields(
        "status" => "ok",
        "matches" => matches,
        "cursor_start" => cursor_start,
        "cursor_end" => cursor_end,
        "metadata" => JSON.fields("_jupyter_types_experimental" => entries),
    )
end

"What may stand before the byte `stop`, and which bytes it would replace."
function completions_at(mod::Module, code::String, stop::Int)
    stop == 0 && return Any[], 1:0
    mode = cell_mode(code)
    if mode isa ShellScript
        found, range, _ = REPL.REPLCompletions.shell_completions(without_first(code, ';'), stop)
        return found, range
    end
    mode isa PackageCommands && return Any[], 1:0     # the executor asks the package manager
    text = mode isa HelpQuestion ? without_first(code, '?') : code
    names, name_range = names_to_import(mod, text, stop)
    isempty(names) || return names, name_range
    found, range = ReplCompat.completions(text, stop, mod)
    keywords, keyword_range = keyword_arguments(mod, text, stop)
    isempty(keywords) && return found, range
    return keyword_range == range ? vcat(keywords, found) : keywords, keyword_range
end

# The mode's character gives way to a space, so that places stay the same.
without_first(code::String, mode::Char) = replace(code, mode => ' '; count=1)

const IMPORT_OF_NAMES =
    r"(?:^|[\n;])\s*(?:using|import)\s+\.?([\w.]+)\s*:(?:[^:;\n]*,)?\s*([\w@!]*)$"

# What may stand behind `using Module:`, which the REPL completes as if it were any code.
function names_to_import(mod::Module, code::String, stop::Int)
    none = (Any[], 1:0)
    found = match(IMPORT_OF_NAMES, SubString(code, 1, stop))
    found === nothing && return none
    source = module_named(mod, found[1])
    source === nothing && return none
    written = sort(names(source; all=true); by=name -> (!Base.isexported(source, name), name))
    begun = filter!(name -> startswith(name, found[2]) && !startswith(name, '#'), string.(written))
    completions = Any[REPL.REPLCompletions.ModuleCompletion(source, name) for name in begun]
    return completions, (stop - sizeof(found[2]) + 1):stop
end

# A module that `mod` knows, or a package that is loaded; `nothing` if there is none.
function module_named(mod::Module, path::AbstractString)
    known = resolve(mod, path)
    known === nothing || return something(known) isa Module ? something(known) : nothing
    root, below = (split(path, '.'; limit=2)..., "")
    for (id, package) in Base.loaded_modules
        id.name == root || continue
        inside = isempty(below) ? Some{Any}(package) : resolve(package, below)
        inside === nothing || return something(inside) isa Module ? something(inside) : nothing
    end
    return nothing
end

"A keyword argument, for versions whose REPL does not complete them (before 1.10)."
struct KeywordArgument
    name::String
end

function keyword_arguments(mod::Module, code::String, stop::Int)
    none = (Any[], 1:0)
    ReplCompat.COMPLETES_KEYWORD_ARGUMENTS && return none
    call = enclosing_call(code, stop)
    call === nothing && return none
    name, arguments = call
    prefix = trailing_name(code, stop)
    occursin('.', prefix) && return none
    before = rstrip(SubString(arguments, 1, thisind(arguments, sizeof(arguments) - sizeof(prefix))))
    (isempty(before) || last(before) in (',', ';')) || return none
    (isempty(prefix) && !endswith(before, ';')) && return none
    target = resolve(mod, name)
    target === nothing && return none
    names = sort!(String[string(keyword) for keyword in keyword_names(something(target))])
    filter!(keyword -> startswith(keyword, prefix), names)
    return Any[KeywordArgument(k * "=") for k in names], (stop - sizeof(prefix) + 1):stop
end

function keyword_names(callee)
    names = Set{Symbol}()
    callee isa Union{Function,Type} || return names
    for method in methods(callee)
        for keyword in Base.kwarg_decl(method)
            endswith(string(keyword), "...") || push!(names, keyword)
        end
    end
    return names
end

completion_text(completion) = REPL.REPLCompletions.completion_text(completion)
completion_text(completion::KeywordArgument) = completion.name
completion_text(completion::REPL.REPLCompletions.BslashCompletion) = ReplCompat.latex_text(completion)

# The signature is what one wants of a method, not the file where it is.
completion_text(completion::REPL.REPLCompletions.MethodCompletion) =
    String(first(split(sprint(show, completion.method), r" (?:in|@) ")))

function completion_entry(mod::Module, completion, text::String, cursor_start::Int, cursor_end::Int)
    entry = JSON.fields("start" => cursor_start, "end" => cursor_end, "text" => text)
    type = completion_type(mod, completion)
    type === nothing || push!(entry, Pair{String,Any}("type", type))
    return entry
end

"""
    completion_type(mod, completion)

What JupyterLab shows beside a completion and picks its icon by: the names of the Language Server
Protocol's kinds.
"""
completion_type(::Module, completion) = nothing
completion_type(::Module, ::KeywordArgument) = "property"
completion_type(::Module, ::REPL.REPLCompletions.KeywordCompletion) = "keyword"
completion_type(::Module, ::REPL.REPLCompletions.PackageCompletion) = "module"
completion_type(::Module, ::REPL.REPLCompletions.PathCompletion) = "path"
completion_type(::Module, ::REPL.REPLCompletions.PropertyCompletion) = "property"
completion_type(::Module, ::REPL.REPLCompletions.FieldCompletion) = "field"
completion_type(::Module, ::REPL.REPLCompletions.MethodCompletion) = "method"
completion_type(::Module, ::REPL.REPLCompletions.DictCompletion) = "dict key"
completion_type(::Module, ::REPL.REPLCompletions.BslashCompletion) = "text"

function completion_type(::Module, completion::REPL.REPLCompletions.ModuleCompletion)
    name = Symbol(completion.mod)
    startswith(completion.mod, '@') && return "macro"
    isdefined(completion.parent, name) || return "macro"   # `md"` for `@md_str`
    value = getfield(completion.parent, name)
    value isa Module && return "module"
    value isa Function && return "function"
    value isa Type && return "class"
    return isconst(completion.parent, name) ? "constant" : "variable"
end
