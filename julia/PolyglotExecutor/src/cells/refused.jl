# What would end the process some cells later, without a word that leads back to it.

"""
    refuse_another_base(mod, item)

Throws an `ArgumentError` if evaluating `item` in Main would define a module called `Base` there.
Julia takes such a module for its own Base, as it does when it is built, and aborts at the next
thing that it looks for in it; the cell's variables would go with it.
"""
function refuse_another_base(mod::Module, @nospecialize(item))
    mod === Main && defines_base(item) || return nothing
    throw(
        ArgumentError(
            "a module called Base in Main takes the place of Julia's own and ends the process; " *
            "give it another name, or put it into a module of yours",
        ),
    )
end

function defines_base(@nospecialize(item))
    item isa Expr || return false
    item.head === :module && return item.args[2] === :Base
    # what stays at top level: blocks of it, and a module with its docstring
    item.head in (:toplevel, :block, :macrocall) || return false
    return any(defines_base, item.args)
end
