# The limit of a cell's text, for those who set one.

"Add what an executor has written, as far as the cell's limit allows."
function add_output!(kernel::Kernel, parent::Vector{UInt8}, name::String, text::Vector{UInt8})
    limit = kernel.limit
    if limit.bytes === nothing
        add_text!(kernel, parent, name, text)
    else
        add_within!(kernel, limit, limit.bytes, parent, name, text)
    end
    return nothing
end

@noinline function add_within!(
    kernel::Kernel, limit::OutputLimit, bytes::Int, parent::Vector{UInt8}, name::String,
    text::Vector{UInt8},
)
    before = get(limit.written, parent, 0)
    limit.written[parent] = before + length(text)
    shown = text[1:clamp(bytes - before, 0, length(text))]
    resize!(shown, length(shown) - cut_character(shown))
    add_text!(kernel, parent, name, shown)
    if before <= bytes < before + length(text)
        notice = "\n[text beyond $bytes bytes is left out, as $LIMIT_VARIABLE is set]\n"
        add_text!(kernel, parent, "stderr", notice)
    end
    return nothing
end

"The cell is over: say how much of its text was left out, if any."
function tell_left_out!(kernel::Kernel, parent::Vector{UInt8})
    limit = kernel.limit
    limit.bytes === nothing && return nothing
    left_out = get(limit.written, parent, 0) - limit.bytes
    left_out > 0 && add_text!(kernel, parent, "stderr", "[$left_out bytes were left out]\n")
    return nothing
end
