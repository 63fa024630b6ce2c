# Variables that a cell's marker line names: `%julia -i x,y -o z`.

"Before the cell: Python's variables become ours. All of them, or none."
function bring(session, names)
    values = Any[python_get(there) for (_, there) in names]
    assign_variables(session.mod, String[here for (here, _) in names], values)
    return nothing
end

"After the cell: our variables become Python's. All of them, or none."
function hand_out(session, names)
    isempty(names) && return nothing
    values = NamedValue[
        NamedValue(here, Base.invokelatest(read_variable, session.mod, here)) for (here, _) in names
    ]
    ask_python("set", values, JSON.fields("names" => Any[there for (_, there) in names]))
    return nothing
end
