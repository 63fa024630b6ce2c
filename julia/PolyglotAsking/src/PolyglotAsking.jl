"""
Questions about Julia code: completion, inspection, and whether a cell is complete. They look at a
module and run no user code, so that the host can answer them too, while a cell runs.
"""
module PolyglotAsking

using Markdown, REPL
using InteractiveUtils: InteractiveUtils
using PolyglotCommon: Compat, JSON

export complete, inspect, is_complete, is_syntax_error
export cell_mode, CellMode, JuliaCode, HelpQuestion, ShellScript, PackageCommands, PythonMagic

include("compat.jl")
include("cursor.jl")
include("cell_mode.jl")
include("complete.jl")
include("inspect.jl")
include("is_complete.jl")

precompile(complete, (Module, String, Int))
precompile(inspect, (Module, String, Int, Int))
precompile(is_complete, (String,))

# Each kind of completion has methods of its own.
@static if Compat.CACHES_MACHINE_CODE
    Compat.keep_compiled() do
        for code in ("pri", "Base.pri", "Int.na", "using Li", "sin(", "\\alp")
            complete(Main, code, length(code))
        end
        inspect(Main, "print", 3, 0)
        is_complete("sin(")
    end
end

end
