# Menus of `REPL.TerminalMenus`. They draw themselves with the cursor of a terminal, of which there is none: here
# the options have numbers, which the user types.

using REPL.TerminalMenus: TerminalMenus, MultiSelectMenu, RadioMenu

const NumberedMenu = Union{RadioMenu,MultiSelectMenu}

TerminalMenus.request(menu::NumberedMenu; _...) = choose!(Polyglot.session(), menu)

function TerminalMenus.request(message::AbstractString, menu::NumberedMenu; _...)
    println(message)
    return TerminalMenus.request(menu)
end

"What was chosen, as the menu itself gives it: an index, -1 for none; or a set of them."
function choose!(session, menu::NumberedMenu)
    for (number, option) in enumerate(menu.options)
        println("  ", number, is_chosen(menu, number) ? " * " : "   ", option)
    end
    while true
        answer = ask(session, invitation(menu))
        numbers = chosen_numbers(something(answer, ""), length(menu.options))
        numbers !== nothing && take_numbers!(menu, numbers) && return menu.selected
    end
end

is_chosen(::RadioMenu, number::Int) = false
is_chosen(menu::MultiSelectMenu, number::Int) = number in menu.selected

invitation(menu::RadioMenu) = "Which one (1 to $(length(menu.options)), nothing for none)? "
invitation(menu::MultiSelectMenu) = "Which ones (1 to $(length(menu.options)), nothing for those with a star)? "

"The numbers that stand in the answer; `nothing` where there is anything else."
function chosen_numbers(answer::String, count::Int)
    numbers = [tryparse(Int, word) for word in split(answer, [' ', ',']; keepempty=false)]
    return all(number -> number !== nothing && 1 <= number <= count, numbers) ? Int[numbers...] : nothing
end

"Whether the menu can have these."
function take_numbers!(menu::RadioMenu, numbers::Vector{Int})
    length(numbers) > 1 && return false
    menu.selected = isempty(numbers) ? -1 : numbers[1]
    return true
end

function take_numbers!(menu::MultiSelectMenu, numbers::Vector{Int})
    isempty(numbers) || union!(empty!(menu.selected), numbers)
    return true
end
