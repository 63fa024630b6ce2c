# What the host asks for.

"Handles frames until the host closes the pipe."
function serve(session::Session)
    while true
        wait_undisturbed(() -> nothing, wait, session.inbox)
        handle(session, take!(session.inbox)::Frames.Frame)
    end
end

"Handles what has come already."
function serve_waiting(session::Session)
    yield()
    while isready(session.inbox)
        handle(session, take!(session.inbox)::Frames.Frame)
        yield()
    end
    return nothing
end

function handle(session::Session, frame::Frames.Frame)
    header = frame.header
    type = header["type"]
    if type == "execute"
        execute(session, header)
    elseif type == "call"
        serve_call(session, frame)
    elseif type == "comm"
        comm_arrived(session, frame)
    elseif type == "complete" || type == "inspect" || type == "is_complete"
        answer(session, header)
    end
    return nothing
end

# Questions of the front end: whatever goes wrong in them, they are answered.
function answer(session::Session, header::Dict{String,Any})
    attend!(session, Request(header["id"], false))
    outcome = attempt(session, answer_of, session, header)
    content = outcome isa Failure ? failed_content(error_content(outcome)) : outcome
    reply(session, header["id"], content)
    attend!(session, NO_REQUEST)
    return nothing
end

function answer_of(session::Session, header::Dict{String,Any})
    code = header["code"]::String
    header["type"] == "is_complete" && return is_complete(code)
    header["type"] == "complete" && return complete(session.mod, code, header["cursor_pos"])
    return inspect(session, code, header["cursor_pos"], get(header, "detail_level", 0))
end

"""
    execute(session, header)

Runs a cell and answers with the content of Jupyter's `execute_reply`.
"""
function execute(session::Session, header::Dict{String,Any})
    attend!(session, Request(header["id"], get(header, "allow_stdin", false) === true))
    session.execution_count = count = header["execution_count"]
    empty!(session.payload)
    code = header["code"]::String
    silent = header["silent"] === true
    get(header, "store_history", true) === true && !silent && remember_input!(session, count, code)
    outcome = attempt(session, run_cell, session, code, count, silent)
    content = if outcome isa Failure
        execute_failed(session, outcome, silent)
    else
        Dict{String,Any}("status" => "ok", "payload" => copy(session.payload), "user_expressions" => user_expressions(session, header))
    end
    settle_output!(session)
    content["execution_count"] = count
    reply(session, header["id"], content)
    attend!(session, NO_REQUEST)
    return nothing
end

function run_cell(session::Session, code::String, count::Int, silent::Bool)
    run_hooks(session.hooks.before)
    cell = run_mode(session, cell_mode(code), "In[$count]")
    run_hooks(session.hooks.after)
    cell === nothing && return nothing
    Compat.set_repl_variable(session.mod, :ans, cell.value)
    if cell.shown && !silent
        session.history.outputs[count] = cell.value
        Base.invokelatest(publish_result, session, cell.value, count)
    end
    return nothing
end

run_mode(session::Session, julia::JuliaCode, filename::String) =
    evaluate_cell(session, julia.code, filename)

# The other modes give no value that `ans` could be.
run_mode(session::Session, mode::CellMode, ::String) = (run_mode(session, mode); nothing)

function remember_input!(session::Session, count::Int, code::String)
    session.history.inputs[count] = code
    return nothing
end

function run_hooks(hooks::Vector{Any})
    for hook in hooks
        hook()
    end
    return nothing
end

function publish_result(session::Session, @nospecialize(value), count::Int)
    data = mime_bundle(session, value)
    publish(
        session,
        "execute_result",
        Dict{String,Any}("execution_count" => count, "data" => data, "metadata" => Dict{String,Any}()),
    )
    return nothing
end

function execute_failed(session::Session, failure::Failure, silent::Bool)
    Compat.set_repl_variable(session.mod, :err, first(failure.stack)[1])
    attempt(session, run_hooks, session.hooks.failed)
    settle_output!(session)
    content = error_content(failure)
    silent || publish(session, "error", content)
    return failed_content(content)
end

failed_content(error::Dict{String,Any}) = merge!(Dict{String,Any}("status" => "error"), error)

function settle_output!(session::Session)
    Libc.flush_cstdio()
    settle!(session.stdout)
    settle!(session.stderr)
    return nothing
end

function user_expressions(session::Session, header::Dict{String,Any})
    results = Dict{String,Any}()
    expressions = get(header, "user_expressions", nothing)
    expressions isa AbstractDict || return results
    for (name, expression) in expressions
        outcome = attempt(session, expression_bundle, session, String(expression))
        results[name] = outcome isa Failure ? failed_content(error_content(outcome)) : outcome
    end
    return results
end

function expression_bundle(session::Session, expression::String)
    cell = evaluate_cell(session, expression, "user_expression")
    data = Base.invokelatest(mime_bundle, session, cell.value)
    return Dict{String,Any}("status" => "ok", "data" => data, "metadata" => Dict{String,Any}())
end
