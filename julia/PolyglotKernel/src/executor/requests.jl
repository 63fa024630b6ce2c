# What the host asks for.

"Handles frames until the host closes the pipe."
function serve(session::Session)
    while true
        wait_undisturbed(() -> nothing, wait, session.inbox)
        handle(session, take!(session.inbox))
    end
end

function handle(session::Session, frame::Frames.Frame)
    header = frame.header
    type = header["type"]
    if type == "execute"
        execute(session, header)
    elseif type == "call"
        serve_call(session, frame)
    end
    return nothing
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
    cell = evaluate_cell(session, code, "In[$count]")
    run_hooks(session.hooks.after)
    Compat.set_repl_variable(:ans, cell.value)
    silent && return nothing
    if cell.shown
        session.history.outputs[count] = cell.value
        publish_result(session, cell.value, count)
    end
    return nothing
end

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
    Compat.set_repl_variable(:err, first(failure.stack)[1])
    settle_output!(session)
    content = error_content(failure)
    silent || publish(session, "error", Dict{String,Any}(k => content[k] for k in ("ename", "evalue", "traceback")))
    return content
end

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
        results[name] = user_expression(session, expression)
    end
    return results
end

function user_expression(session::Session, expression)
    outcome = attempt(session, expression_bundle, session, String(expression))
    outcome isa Failure && return error_content(outcome)
    return Dict{String,Any}("status" => "ok", "data" => outcome, "metadata" => Dict{String,Any}())
end

function expression_bundle(session::Session, expression::String)
    cell = evaluate_cell(session, expression, "user_expression")
    return Base.invokelatest(mime_bundle, session, cell.value)
end
