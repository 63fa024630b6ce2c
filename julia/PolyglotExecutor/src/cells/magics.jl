# IPython's magics in a Julia cell: how Julia does it.

"""
    MagicError(name)

A magic of IPython in a Julia cell; the message says how Julia does it.
"""
struct MagicError <: Exception
    name::String
end

const JULIA_WAYS = Dict(
    "time" => "`@time expression`",
    "timeit" => "`@elapsed expression`, or `@btime expression` of the package BenchmarkTools",
    "prun" => "`using Profile; @profile expression; Profile.print()`",
    "run" => "`include(\"file.jl\")`",
    "load" => "`Polyglot.load(read(\"file.jl\", String))`",
    "pwd" => "`pwd()`, or `;pwd`",
    "cd" => "`cd(\"folder\")`, or `;cd folder`",
    "ls" => "`readdir()`, or `;ls`",
    "mkdir" => "`mkdir(\"folder\")`, or `;mkdir folder`",
    "rmdir" => "`rm(\"folder\")`, or `;rmdir folder`",
    "cp" => "`cp(\"from\", \"to\")`, or `;cp from to`",
    "mv" => "`mv(\"from\", \"to\")`, or `;mv from to`",
    "rm" => "`rm(\"file\")`, or `;rm file`",
    "cat" => "`print(read(\"file\", String))`, or `;cat file`",
    "less" => "`print(read(\"file\", String))`, or `;cat file`",
    "more" => "`print(read(\"file\", String))`, or `;cat file`",
    "pycat" => "`print(read(\"file\", String))`, or `;cat file`",
    "man" => "`;man command`",
    "ll" => "`;ls -l`",
    "pushd" => "`cd(f, \"folder\")`, which comes back",
    "popd" => "`cd(f, \"folder\")`, which comes back",
    "env" => "`ENV[\"NAME\"]`",
    "set_env" => "`ENV[\"NAME\"] = \"value\"`",
    "who" => "`varinfo()`",
    "whos" => "`varinfo()`",
    "who_ls" => "`names(Main)`",
    "variables" => "`Polyglot.variables()`",
    "xdel" => "`x = nothing`, after which the garbage collector may free it",
    "psearch" => "`?\"words\"`, or `apropos(\"words\")`",
    "hist" => "`Polyglot.history()`",
    "recall" => "`Polyglot.load(last(Polyglot.history()).second)`",
    "rep" => "`Polyglot.load(last(Polyglot.history()).second)`",
    "rerun" => "`include_string(Main, In[n])`",
    "save" => "`write(\"file.jl\", In[n])`",
    "store" => "`using Serialization; serialize(\"file\", x)`",
    "macro" => "a function",
    "history" => "`Polyglot.history()`",
    "pip" => "`]add Package`",
    "conda" => "`]add Package`",
    "mamba" => "`]add Package`",
    "micromamba" => "`]add Package`",
    "uv" => "`]add Package`",
    "bash" => "`;command`",
    "sh" => "`;command`",
    "system" => "`;command`, or ``run(`command`)``",
    "sx" => "``read(`command`, String)``",
    "script" => "`;command`",
    "perl" => "`;perl -e '...'`",
    "ruby" => "`;ruby -e '...'`",
    "sc" => "``read(`command`, String)``",
    "matplotlib" => "nothing at all: a plot that a cell gives is shown",
    "capture" => "`redirect_stdout(f, stream)`, and `;` behind what is not to be shown",
    "pylab" => "nothing at all: a plot that a cell gives is shown",
    "clear" => "`Polyglot.clear_output()`",
    "HTML" => "`display(\"text/html\", \"...\")`",
    "SVG" => "`display(\"image/svg+xml\", \"...\")`",
    "html" => "`display(\"text/html\", \"...\")`",
    "latex" => "`display(\"text/latex\", \"...\")`",
    "markdown" => "`display(\"text/markdown\", \"...\")`",
    "svg" => "`display(\"image/svg+xml\", \"...\")`",
    "javascript" => "`display(\"application/javascript\", \"...\")`",
    "js" => "`display(\"application/javascript\", \"...\")`",
    "writefile" => "`write(\"file\", \"text\")`",
    "file" => "`write(\"file\", \"text\")`",
    "loadpy" => "`Polyglot.load(read(\"file.jl\", String))`",
    "ed" => "`@edit f(x)`, or `edit(\"file.jl\")`",
    "pdef" => "`methods(f)`",
    "pfile" => "`@edit f(x)`, which says where it stands",
    "pinfo2" => "`@edit f(x)`, which says where it stands",
    "pdoc" => "`?name`",
    "pinfo" => "`?name`",
    "psource" => "`@edit f(x)`, which says where it stands",
    "edit" => "`@edit f(x)`, or `edit(\"file.jl\")`",
    "reset" => "a restart of the kernel",
    "autoreload" => "`using Revise`, or `includet(\"file.jl\")` of it",
    "reload_ext" => "`using Revise`",
    "load_ext" => "`using Package`",
    "config" => "`ENV`, or what the package in question offers",
    "precision" => "`show(IOContext(stdout, :compact => true), x)`, or `round(x; digits = 3)`",
    "lsmagic" => "macros: `names(Main; imported = true)`, and the modes `?`, `;`, `]`",
    "pdb" => "the trace above, or the package Debugger",
    "tb" => "`showerror(stdout, err)`",
    "pprint" => "`display(x)`",
    "debug" => "the trace above, or the package Debugger",
)

function Base.showerror(io::IO, e::MagicError)
    print(io, "%", e.name, " is a magic of IPython, and this is a Julia cell. ")
    way = get(JULIA_WAYS, e.name, nothing)
    way === nothing || print(io, "The Julia way is ", way, ". ")
    print(io, "For a Python cell start it with the line %python.")
    return nothing
end

run_mode(::Session, magic::PythonMagic) =
    throw(magic.name in ("julia", "python") ? MarkerError() : MagicError(magic.name))
