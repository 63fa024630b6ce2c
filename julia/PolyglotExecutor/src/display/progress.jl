# Log records: progress (as ProgressLogging.jl makes it) as a bar, all else as on a terminal.

const PROGRESS_LEVEL = Logging.LogLevel(-1)

"When a bar was drawn, so that a fast loop does not draw it more often than one can see."
mutable struct ProgressBar
    display::String
    drawn::Float64
end

"""
    NotebookLogger(session)

The global logger. A record with the key `progress` (a fraction, `nothing` or NaN while unknown,
`"done"` at the end) moves the bar of its id.
"""
struct NotebookLogger <: Logging.AbstractLogger
    session::Session
    console::Logging.ConsoleLogger
    bars::Dict{Any,ProgressBar}
end

NotebookLogger(session::Session) =
    NotebookLogger(session, Logging.ConsoleLogger(session.stderr), Dict{Any,ProgressBar}())

Logging.min_enabled_level(::NotebookLogger) = PROGRESS_LEVEL
Logging.catch_exceptions(logger::NotebookLogger) = Logging.catch_exceptions(logger.console)

function Logging.shouldlog(logger::NotebookLogger, level, mod, group, id)
    level == PROGRESS_LEVEL && return true
    is_wanted(logger, level, mod, group) || return false
    return Logging.shouldlog(logger.console, level, mod, group, id)
end

# `JULIA_DEBUG` names modules and groups of which all is shown.
is_wanted(logger::NotebookLogger, level, mod, group) =
    level >= Logging.min_enabled_level(logger.console) ||
    Base.CoreLogging.env_override_minlevel(group, mod)

function Logging.handle_message(
    logger::NotebookLogger, level, message, mod, group, id, file, line; fields...
)
    if haskey(fields, :progress)
        draw_progress!(logger, id, string(message), fields[:progress])
    elseif is_wanted(logger, level, mod, group)
        Logging.handle_message(logger.console, level, message, mod, group, id, file, line; fields...)
    end
    return nothing
end

const REDRAW_SECONDS = 0.05

function draw_progress!(logger::NotebookLogger, id, title::String, progress)
    done = progress == "done" || progress isa Real && progress >= 1
    (progress == "done" && !haskey(logger.bars, id)) && return nothing   # it came to 1 before
    bar = get!(logger.bars, id) do
        ProgressBar(string("progress-", hash(id), '-', time_ns()), -Inf)
    end
    now = monotonic()
    first = bar.drawn == -Inf
    (done || now - bar.drawn >= REDRAW_SECONDS) || return nothing
    bar.drawn = now
    bundle = progress_bundle(title, fraction(progress))
    show_data(logger.session, bundle; id=bar.display, update=!first)
    done && delete!(logger.bars, id)
    return nothing
end

fraction(progress) = progress == "done" ? 1.0 : nothing
fraction(progress::Real) = isnan(progress) ? nothing : clamp(Float64(progress), 0.0, 1.0)

const BAR_WIDTH = 40

function progress_bundle(title::String, done::Union{Float64,Nothing})
    name = isempty(title) ? "Progress" : title
    value = done === nothing ? "" : " value=\"$(round(done; digits=4))\""
    percent = done === nothing ? "" : string(round(Int, 100 * done), '%')
    filled = done === nothing ? 0 : round(Int, BAR_WIDTH * done)
    return JSON.fields(
        "text/plain" => string(name, ": [", '#'^filled, ' '^(BAR_WIDTH - filled), "] ", percent),
        "text/html" =>
            "<div>$(escaped_html(name)) <progress max=\"1\"$value></progress> $percent</div>",
    )
end

escaped_html(text::String) =
    replace(replace(replace(text, '&' => "&amp;"), '<' => "&lt;"), '>' => "&gt;")
