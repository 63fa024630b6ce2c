# What runs a cell that is not Julia code but one of the REPL's modes; `asking/cell_mode.jl` tells them
# apart.

# ------------------------------------------------------------------------------------------- help

function run_mode(session::Session, help::HelpQuestion)
    answer = help_answer(session, help.question)
    data = answer isa String ? JSON.fields("text/plain" => answer) : mime_bundle(session, answer)
    show_data(session, data)
    return nothing
end

"Markdown for a name or expression, text for words or a regular expression to look for."
function help_answer(session::Session, question::String)
    asked = Meta.parse(question; raise=false, depwarn=false)
    asked isa String && return found_in_docs(asked)
    if asked isa Expr && asked.head === :macrocall && asked.args[1] === Symbol("@r_str")
        return found_in_docs(Core.eval(session.mod, asked))
    end
    searched = IOBuffer()
    found = Core.eval(session.mod, Compat.helpmode(searched, question, session.mod))
    found isa Markdown.MD || return String(take!(searched)) * sprint(show, MIME("text/plain"), found)
    hint = strip(String(take!(searched)))
    isempty(hint) || pushfirst!(found.content, Markdown.Paragraph(Any[String(hint)]))
    return found
end

found_in_docs(words) = sprint(apropos, words)

# ------------------------------------------------------------------------------------------ shell

const POSIX_SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "ash")

"""
    run_mode(session, ::ShellScript)

Runs the script in the user's shell, whose output streams live. Where it ends is where Julia goes on
(`cd`). Julia's variables that the script names stand in its environment: `;echo \$x`.
"""
function run_mode(session::Session, shell::ShellScript)
    mktemp() do path, _
        program = get(ENV, "JULIA_SHELL", get(ENV, "SHELL", "/bin/sh"))
        basename(program) in POSIX_SHELLS || (program = "/bin/sh")
        script = "trap 'pwd > \"\$0\"' EXIT\n" * shell.script
        command = setenv(`$program -c $script $path`, shell_environment(session.mod, shell.script))
        process = run(ignorestatus(command))
        directory = readchomp(path)
        isdir(directory) && cd(directory)
        success(process) || error("the shell command ended with ", ending(process))
    end
    return nothing
end

ending(process) =
    process.termsignal > 0 ? "signal $(process.termsignal)" : "exit code $(process.exitcode)"

function shell_environment(mod::Module, script::String)
    environment = Dict{String,String}(pairs(ENV))
    for found in eachmatch(r"\$\{?(\w+)", script)
        name = Symbol(found.captures[1])
        isdefined(mod, name) || continue
        value = getfield(mod, name)
        if value isa Union{AbstractString,Number,Symbol,Char}
            environment[string(name)] = string(value)
        elseif value isa AbstractVector{<:AbstractString}
            environment[string(name)] = join(value, ' ')
        end
    end
    return environment
end

# ---------------------------------------------------------------------------------------- packages

function run_mode(session::Session, cell::PackageCommands)
    pkg = Base.require(Base.PkgId(Base.UUID("44cfe95a-1eb2-52ea-b672-e2afdf69b78f"), "Pkg"))
    for command in cell.commands
        line = LineNumberNode(1, Symbol("]" * command))
        Core.eval(session.mod, Expr(:macrocall, GlobalRef(pkg, Symbol("@pkg_str")), line, command))
    end
    return nothing
end

# ------------------------------------------------------------------------------------------ magics

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
    "env" => "`ENV[\"NAME\"]`",
    "set_env" => "`ENV[\"NAME\"] = \"value\"`",
    "who" => "`varinfo()`",
    "whos" => "`varinfo()`",
    "who_ls" => "`names(Main)`",
    "history" => "`Polyglot.history()`",
    "pip" => "`]add Package`",
    "conda" => "`]add Package`",
    "bash" => "`;command`",
    "sh" => "`;command`",
    "system" => "`;command`, or ``run(`command`)``",
    "sx" => "``read(`command`, String)``",
    "matplotlib" => "nothing at all: a plot that a cell gives is shown",
    "capture" => "`redirect_stdout(f, stream)`, and `;` behind what is not to be shown",
    "html" => "`display(\"text/html\", \"...\")`",
    "latex" => "`display(\"text/latex\", \"...\")`",
    "markdown" => "`display(\"text/markdown\", \"...\")`",
    "svg" => "`display(\"image/svg+xml\", \"...\")`",
    "javascript" => "`display(\"application/javascript\", \"...\")`",
    "js" => "`display(\"application/javascript\", \"...\")`",
    "writefile" => "`write(\"file\", \"text\")`",
    "pdoc" => "`?name`",
    "pinfo" => "`?name`",
    "psource" => "`@edit f(x)`, which says where it stands",
    "edit" => "`@edit f(x)`, or `edit(\"file.jl\")`",
    "reset" => "a restart of the kernel",
    "autoreload" => "`using Revise`, or `includet(\"file.jl\")` of it",
    "load_ext" => "`using Package`",
    "precision" => "`show(IOContext(stdout, :compact => true), x)`, or `round(x; digits = 3)`",
    "lsmagic" => "macros: `names(Main; imported = true)`, and the modes `?`, `;`, `]`",
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

"""
    MarkerError()

The line that picks a cell's language stands where the host does not see it.
"""
struct MarkerError <: Exception end

function Base.showerror(io::IO, ::MarkerError)
    print(io, "%julia and %python pick the language of a whole cell: ")
    print(io, "write the marker on the cell's first line, and what is in the other language into ")
    print(io, "a cell of its own.")
    return nothing
end

# Julia has no line that begins with `%` but inside a string, a comment or an expression.
has_marker_line(code::String) = occursin(r"^[ \t]*%%?(julia|python)[ \t\r]*$"m, code)
