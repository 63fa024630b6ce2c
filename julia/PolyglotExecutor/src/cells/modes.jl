# What runs a cell that is not Julia code but one of the REPL's modes; `asking/cell_mode.jl` tells them
# apart.

# ------------------------------------------------------------------------------------------- help

function run_mode(session::Session, help::HelpQuestion)
    answer = help_answer(session, help.question)
    show_data(session, help_data(session, answer))
    return nothing
end

help_data(::Session, text::String) = JSON.fields("text/plain" => text)
help_data(::Session, of_python::AbstractDict) = JSON.fields((string(k) => v for (k, v) in of_python)...)
help_data(session::Session, answer) = mime_bundle(session, answer)

"""
Markdown for a name or expression, text for words or a regular expression to look for, forms by mime type for
what is Python's.
"""
function help_answer(session::Session, question::String)
    about_python = python_help(ask_at_length, session, question)
    about_python === nothing || return about_python
    asked = Meta.parse(question; raise=false, depwarn=false)
    asked isa String && return found_in_docs(asked)
    if asked isa Expr && asked.head === :macrocall && asked.args[1] === Symbol("@r_str")
        return found_in_docs(Core.eval(session.mod, asked))
    end
    searched = IOBuffer()
    expression = ReplCompat.helpmode(searched, question, session.mod)
    # Julia 1.11's assigns to a variable, which is to be none of the user's.
    found = Core.eval(session.mod, Expr(:let, Expr(:block), expression))
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
        isdir(directory) && change_directory(directory)
        success(process) || error("the shell command ended with ", ending(process))
    end
    return nothing
end

# A shell of a later cell knows the folder before (`;cd -`) from its environment.
function change_directory(directory::AbstractString)
    before = pwd()
    directory == before && return nothing
    cd(directory)
    ENV["OLDPWD"] = before
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
