# Variables that a cell's marker line names: `%julia -i x,y -o z`.

"Before the cell: Python's variables become ours. All of them, or none."
function bring(session, names)
    values = Any[python_get(there) for (_, there) in names]
    for (i, (here, _)) in enumerate(names)
        assign_variable(session.mod, here, values[i])
    end
    return nothing
end

"After the cell: our variables become Python's."
function hand_out(session, names)
    for (here, there) in names
        value = Base.invokelatest(read_variable, session.mod, here)
        ask_python("set", NamedValue[here => value], JSON.fields("name" => there))
    end
    return nothing
end
