# What differs between versions of the REPL and of Pkg, each with the version that it is for.
module ReplCompat

using REPL

# 1.12 calls the field otherwise, and has no `completion_text` for these.
"What stands for a LaTeX symbol or an emoji."
latex_text(completion::REPL.REPLCompletions.BslashCompletion) =
    getfield(completion, hasfield(typeof(completion), :completion) ? :completion : :bslash)::String

# 1.12 completes by its new parser, which gives up where code is nested some thousand levels deep.
"What the REPL knows that may stand before the byte `stop`, and which bytes it would replace."
function completions(text::String, stop::Int, mod::Module)
    try
        found, range, _ = REPL.REPLCompletions.completions(text, stop, mod)
        return found, range
    catch e
        e isa ErrorException && occursin("parser seems stuck", e.msg) || rethrow()
        return Any[], 1:0
    end
end

# 1.10 completes keyword arguments.
const COMPLETES_KEYWORD_ARGUMENTS = isdefined(REPL.REPLCompletions, :KeywordArgumentCompletion)

# 1.11 moved what Pkg's REPL mode completes into an extension of Pkg.
"What may stand at the end of a Pkg command, and which bytes of it that would replace."
function pkg_completions(pkg::Module, command::String)
    in_pkg = isdefined(pkg.REPLMode, :completions)
    owner = in_pkg ? pkg.REPLMode : Base.get_extension(pkg, :REPLExt)
    found, range, _ = owner.completions(command, lastindex(command))
    return found, range
end

# 1.9 gave `helpmode` the module in which names are looked up.
"The expression that, evaluated, gives the documentation; hints like \"search: …\" go to `io`."
function helpmode(io::IO, question::String, mod::Module)
    @static if hasmethod(REPL.helpmode, Tuple{IO,AbstractString,Module})
        return REPL.helpmode(io, question, mod)
    else
        return REPL.helpmode(io, question)
    end
end

end
