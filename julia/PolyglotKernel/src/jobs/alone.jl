# Answers about Julia code that the host gives alone, while Julia runs a cell: of Base, the standard
# library, keywords and LaTeX symbols all is known, of the user's own names those in the cells so far.

"The cells of one language that are remembered for the words in them, and up to which size (bytes)."
const REMEMBERED_CELLS = 200
const REMEMBERED_SIZE = 2^16

"How long Julia runs a cell, in seconds, until the host makes ready to answer for it."
const PREPARING_DELAY = 1.0

"A Julia cell begins to run: soon it may be for the host to answer."
function expect_questions!(kernel::Kernel)
    haskey(Base.loaded_modules, ASKING) || (kernel.preparing = monotonic() + PREPARING_DELAY)
    return nothing
end

"Load what is needed to answer alone, so that the user's first question then need not wait for that."
function prepare!(kernel::Kernel)
    kernel.preparing = Inf
    answer_alone(kernel, Dict{String,Any}("type" => "complete", "code" => "prin", "cursor_pos" => 4))
    return nothing
end

"Remember the words of a cell that begins to run."
function remember_words!(kernel::Kernel, job::Job)
    (job.language == "julia" && ncodeunits(job.cell.code) <= REMEMBERED_SIZE) || return nothing
    push!(kernel.julia_cells, job.cell.code)
    length(kernel.julia_cells) > REMEMBERED_CELLS && popfirst!(kernel.julia_cells)
    return nothing
end

"The package that knows, which no start of a kernel waits for."
const ASKING = Base.PkgId(
    Base.UUID("1509a031-963c-480d-be3c-a677df3ab123"), "PolyglotAsking"
)

"Up to which size (bytes) code is looked at here: a parser takes long for what a generator has written."
const ANSWERED_SIZE = 2^13

"""
The stack, in bytes, on which code is looked at: Julia's parser takes up to 16 KB for each level of what is nested,
and where the host's own stack comes to its end, "program state may be corrupted" (Julia's own warning). What of it
is not used is no memory.
"""
const ANSWERING_STACK = 2^28

"""
    answer_in_bounds(kernel, frame)

The content of the reply to the question in `frame`: [`answer_alone`](@ref), or that nothing is known
where the code is too long for one who has others to serve.
"""
function answer_in_bounds(kernel::Kernel, frame::Dict{String,Any})
    if ncodeunits(frame["code"]::String) <= ANSWERED_SIZE && !haskey(frame, "variables")
        try
            return on_a_stack_of_its_own(() -> JSON.json(Base.invokelatest(answer_alone, kernel, frame)))
        catch e
            e isa StackOverflowError || rethrow()
        end
    end
    type = frame["type"]
    type == "is_complete" && return UNKNOWN_COMPLETENESS
    type == "inspect" && return """{"status":"ok","found":false,"data":{},"metadata":{}}"""
    position = string(frame["cursor_pos"]::Int)
    return string(
        """{"status":"ok","matches":[],"metadata":{},"cursor_start":""", position,
        ",\"cursor_end\":", position, "}",
    )
end

"What `f()` gives or throws. The stack goes with the task, as garbage does."
function on_a_stack_of_its_own(f)
    task = Task(f, ANSWERING_STACK)
    try
        schedule(task)
        Base._wait(task)
        istaskfailed(task) && throw(Compat.task_result(task))
        return Compat.task_result(task)
    finally
        GC.gc(false)
    end
end

"""
    answer_alone(kernel, frame)

The content of the reply to the question in `frame`, as an object.
"""
function answer_alone(kernel::Kernel, frame::Dict{String,Any})
    frame["type"] == "variables" && return UNKNOWN_VARIABLES
    asking = Base.require(ASKING)
    code = frame["code"]::String
    type = frame["type"]
    type == "is_complete" && return Base.invokelatest(asking.is_complete, code)
    position = frame["cursor_pos"]::Int
    if type == "inspect"
        return Base.invokelatest(asking.inspect, Main, code, position, frame["detail_level"])
    end
    answer = Dict{String,Any}(Base.invokelatest(asking.complete, Main, code, position))
    return add_words!(answer, kernel.julia_cells, code, position)
end

# Julia's variables are Julia's to tell, when the cell is over.
const UNKNOWN_VARIABLES =
    Dict{String,Any}("status" => "ok", "language" => "julia", "busy" => true, "variables" => Any[])

# Adds the words of the notebook that begin as what stands before the cursor.
function add_words!(answer::Dict{String,Any}, cells::Vector{String}, code::String, position::Int)
    before = first(code, position)
    started = match(r"(?<![.\w])[\p{L}_][\p{L}\p{N}_!]*$", before)
    started === nothing && return answer
    prefix = String(started.match)
    start = position - length(prefix)
    matches = answer["matches"]
    isempty(matches) && (answer["cursor_start"] = start; answer["cursor_end"] = position)
    answer["cursor_start"] == start || return answer
    words = filter!(word -> !(word in matches), words_with(prefix, cells))
    prepend!(matches, words)
    # clients pair the entries with the matches by their places
    entries = Dict{String,Any}(answer["metadata"])["_jupyter_types_experimental"]
    prepend!(entries, [typed_word(word, start, answer["cursor_end"]) for word in words])
    return answer
end

function words_with(prefix::String, cells::Vector{String})
    words = String[]
    for cell in cells, word in eachmatch(r"[\p{L}_][\p{L}\p{N}_]*!?", cell)
        startswith(word.match, prefix) && word.match != prefix && push!(words, word.match)
    end
    return unique!(sort!(words))
end

typed_word(word::String, start::Int, stop::Int) =
    Dict{String,Any}("text" => word, "type" => "text", "start" => start, "end" => stop)
