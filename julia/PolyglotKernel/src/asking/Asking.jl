"""
Questions about Julia code: completion, inspection, and whether a cell is complete. They look at a
module and run no user code, so that the host can answer them too, while a cell runs.
"""
module Asking

using Markdown, REPL
using InteractiveUtils: InteractiveUtils
using ..Compat, ..JSON

export complete, inspect, is_complete, is_syntax_error
export cell_mode, CellMode, JuliaCode, HelpQuestion, ShellScript, PackageCommands, PythonMagic

include("cursor.jl")
include("cell_mode.jl")
include("complete.jl")
include("inspect.jl")
include("is_complete.jl")

end
