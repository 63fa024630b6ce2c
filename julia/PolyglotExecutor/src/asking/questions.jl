# Questions of the front end: whatever goes wrong in them, they are answered. They ask objects of the user's,
# which may not come to an end: an interrupt is for them as it is for a cell.
function answer(session::Session, header::Dict{String,Any})
    attend!(session, Request(header["id"], false))
    outcome = attempt(session, answer_of, session, header)
    if outcome isa Failure && header["type"] == "is_complete"
        reply(session, header["id"], JSON.fields("status" => "unknown"))    # it has no error
    elseif outcome isa Failure
        reply(session, header["id"], failed_content(interruptible_content(session, outcome)), "error")
    else
        reply(session, header["id"], outcome)
    end
    attend!(session, NO_REQUEST)
    return nothing
end

function answer_of(session::Session, header::Dict{String,Any})
    header["type"] == "variables" && return Base.invokelatest(variables_answer, session)
    code = header["code"]::String
    header["type"] == "is_complete" && return is_complete(code)
    if header["type"] == "complete"
        get(header, "variables", false) === true && return variable_completions(session, code)
        return completions(session, code, header["cursor_pos"])
    end
    detail_level = get(header, "detail_level", 0)
    about_python = python_inspection(session, code, header["cursor_pos"])
    about_python === nothing || return about_python
    return inspect(session.mod, code, header["cursor_pos"], detail_level, session.history.inputs)
end

"The content of `inspect_reply` where the name at the cursor is Python's, else `nothing`."
function python_inspection(session::Session, code::String, cursor_pos::Int)
    stop = PolyglotAsking.byte_before(code, cursor_pos)
    name = PolyglotAsking.name_at(code, stop)
    if !occursin('.', name)
        call = PolyglotAsking.enclosing_call(code, stop)
        call === nothing || (name = call[1])
    end
    found = python_help(ask_briefly, session, name)
    found isa AbstractDict || return nothing
    return JSON.fields("status" => "ok", "found" => true, "data" => found, "metadata" => JSON.fields())
end

# Python and the package manager are asked where the REPL's completer knows nothing.
function completions(session::Session, code::String, cursor_pos::Int)
    content = python_completions(session, code, cursor_pos)
    content === nothing && (content = package_completions(code, cursor_pos))
    return content === nothing ? complete(session.mod, code, cursor_pos) : content
end
