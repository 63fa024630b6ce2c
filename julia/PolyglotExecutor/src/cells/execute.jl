# A cell: what is done around its code, and its answer.

"""
    execute(session, header)

Runs a cell and answers with the content of Jupyter's `execute_reply`.
"""
function execute(session::Session, header::Dict{String,Any})
    id = header["id"]::Int
    attend!(session, Request(id, get(header, "allow_stdin", false) === true))
    session.execution_count = count = header["execution_count"]::Int
    IJulia.begin_cell!(count)
    empty!(session.payload)
    empty!(session.typed)
    is_remembered(header) && (session.history.inputs[count] = header["code"]::String)
    outcome = attempt(session, run_with_transfers, session, header, count)
    session.bridge.figures && attempt(session, show_figures, session)
    restore_standard(session.channel)
    forget_all!(session.bridge)
    release_dropped(session)
    announce_targets!(session)
    if outcome isa Failure
        content = execute_failed(session, outcome, is_silent(header))
        reply(session, id, push!(content, Pair{String,Any}("execution_count", count)), "error")
    else
        content = JSON.fields(
            "status" => "ok",
            "execution_count" => count,
            "payload" => session.payload,
            "user_expressions" =>
                expression_results(session, get(header, "user_expressions", nothing)),
        )
        settle_output!(session)
        reply(session, id, content)
    end
    attend!(session, NO_REQUEST)
    return nothing
end

is_silent(header::Dict{String,Any}) = header["silent"] === true

# Other cells have the number of the one before them, which keeps its place in `In` and `Out`.
is_remembered(header::Dict{String,Any}) =
    !is_silent(header) && get(header, "store_history", true) === true

"What `-i` names comes before the cell, what `-o` names goes when it has not failed."
function run_with_transfers(session::Session, header::Dict{String,Any}, count::Int)
    bring(session, get(header, "inputs", ()))
    run_cell(session, header, count)
    hand_out(session, get(header, "outputs", ()))
    return nothing
end

function run_cell(session::Session, header::Dict{String,Any}, count::Int)
    run_hooks(session, session.hooks.before)
    cell = run_mode(session, cell_mode(header["code"]::String), "In[$count]")
    run_hooks(session, session.hooks.evaluated)
    cell === nothing || take_value(session, header, cell, count)
    run_hooks(session, session.hooks.after)
    return nothing
end

function take_value(session::Session, header::Dict{String,Any}, cell::CellValue, count::Int)
    if is_remembered(header)
        Compat.set_repl_variable(session.mod, :ans, cell.value)
        IJulia.set_answer!(cell.value)
    end
    (cell.shown && !is_silent(header)) || return nothing
    is_remembered(header) && (session.history.outputs[count] = cell.value)
    Base.invokelatest(publish_result, session, cell.value, count)
    return nothing
end

# One without code is sent for its `user_expressions` alone.
run_mode(session::Session, julia::JuliaCode, filename::String) =
    all(isspace, julia.code) ? nothing : evaluate_cell(session, julia.code, filename)

# The other modes give no value that `ans` could be.
run_mode(session::Session, mode::CellMode, ::String) = (run_mode(session, mode); nothing)

# A hook that fails costs no cell: it would fail for the cell, too, that is to take it away.
function run_hooks(session::Session, hooks::Vector{Any})
    for hook in copy(hooks)     # one may take itself away
        try
            Base.invokelatest(hook)
        catch
            stack = Compat.exception_stack()
            any(is_interrupt, stack) && rethrow()
            println(session.stderr, "A hook failed:\n", render_failure(failure(stack)))
        end
    end
    return nothing
end

function publish_result(session::Session, @nospecialize(value), count::Int)
    data, metadata = shown_forms(session, value)
    isempty(data) && return nothing
    content = JSON.fields("execution_count" => count, "data" => data, "metadata" => metadata)
    publish(session, "execute_result", content)
    return nothing
end

function execute_failed(session::Session, failure::Failure, silent::Bool)
    Compat.set_repl_variable(session.mod, :err, without_place(first(failure.stack)[1]))
    isempty(session.hooks.failed) || attempt(session, run_hooks, session, session.hooks.failed)
    settle_output!(session)
    error = interruptible_content(session, failure)
    silent || publish(session, "error", error)
    return failed_content(error)
end

# What shows an error is user code, too, and may not come to an end.
function interruptible_content(session::Session, failure::Failure)
    outcome = attempt(session, error_content, failure)
    return outcome isa Failure ? bare_error_content(failure) : outcome
end

failed_content(error::JSON.Fields) = append!(JSON.fields("status" => "error"), error)

function settle_output!(session::Session)
    Libc.flush_cstdio()
    settle!(session.stdout)
    settle!(session.stderr)
    return nothing
end

function expression_results(session::Session, @nospecialize(expressions))
    asked = expressions isa Dict{String,Any} && !isempty(expressions)
    return asked ? evaluate_expressions(session, expressions) : JSON.fields()
end

@noinline function evaluate_expressions(session::Session, expressions::Dict{String,Any})
    results = JSON.fields()
    for (name, expression) in expressions
        outcome = attempt(session, expression_bundle, session, expression)
        content = outcome isa Failure ? failed_content(interruptible_content(session, outcome)) : outcome
        push!(results, Pair{String,Any}(name, content))
    end
    return results
end

function expression_bundle(session::Session, @nospecialize(expression))
    expression isa String || throw(ArgumentError("a user expression must be a string of code"))
    cell = evaluate_cell(session, expression, "user_expression")
    data = Base.invokelatest(mime_bundle, session, cell.value)
    return JSON.fields("status" => "ok", "data" => data, "metadata" => JSON.fields())
end
