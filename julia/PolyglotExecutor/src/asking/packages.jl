# `]command`: the package manager.

package_manager() =
    Base.require(Base.PkgId(Base.UUID("44cfe95a-1eb2-52ea-b672-e2afdf69b78f"), "Pkg"))

function run_mode(session::Session, cell::PackageCommands)
    pkg = package_manager()
    for command in cell.commands
        line = LineNumberNode(1, Symbol("]" * command))
        Core.eval(session.mod, Expr(:macrocall, GlobalRef(pkg, Symbol("@pkg_str")), line, command))
    end
    return nothing
end

"""
    package_completions(code, cursor_pos)

The content of `complete_reply` where the cursor is in a cell of Pkg's commands, else `nothing`.
"""
function package_completions(code::String, cursor_pos::Int)
    cell_mode(code) isa PackageCommands || return nothing
    cursor_pos = clamp(cursor_pos, 0, length(code))
    command = match(r"^[ \t]*\]?[ \t]*(.*)$", last(split(first(code, cursor_pos), '\n')))[1]
    found, range = Base.invokelatest(ReplCompat.pkg_completions, package_manager(), String(command))
    replaced = isempty(range) ? 0 : length(SubString(command, first(range)))
    return typed_completions(sort!(found), "keyword", cursor_pos - replaced, cursor_pos)
end
