# What the kernel has to know about the text on its way to the clients.

"""
    StreamBatch

Text that was written and not yet published: of one request and one stream, so that the order among
outputs is kept. It leaves when other output comes, when it is large, or when its time has come.
"""
mutable struct StreamBatch
    parent::Vector{UInt8}
    name::String
    text::ByteWriter
    content::ByteWriter             # that of the message with the text
    source::Union{Executor,Nothing} # whose text it is; nothing: the host's own
    deadline::Float64               # when it is published at the latest, in `monotonic()`; Inf when empty
    published::Float64              # when text was last published
end

StreamBatch() = StreamBatch(NO_PARENT, "stdout", ByteWriter(), ByteWriter(), nothing, Inf, 0.0)

isempty_batch(batch::StreamBatch) = batch.deadline == Inf

const LIMIT_VARIABLE = "POLYGLOT_OUTPUT_LIMIT"

"""
    OutputLimit

How many `bytes` of text a cell may show, `nothing` for any number, and how many those that run or
ran last have `written`, by their requests' headers.
"""
struct OutputLimit
    bytes::Union{Int,Nothing}
    written::IdDict{Any,Int}
end

function OutputLimit()
    setting = get(ENV, LIMIT_VARIABLE, "")
    bytes = tryparse(Int, setting)
    if !isempty(setting) && (bytes === nothing || bytes < 0)
        log_warning(string(LIMIT_VARIABLE, " is to be a number of bytes, not \"", setting, "\""))
        bytes = nothing
    end
    return OutputLimit(bytes, IdDict{Any,Int}())
end
