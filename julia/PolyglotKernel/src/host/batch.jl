"""
    StreamBatch

Text that was written and not yet published: of one request and one stream, so that the order among
outputs is kept. It leaves when other output comes, when it is large, or when its time has come.
"""
mutable struct StreamBatch
    parent::Vector{UInt8}
    name::String
    text::IOBuffer
    deadline::Float64               # when it is published at the latest, in `time()`; Inf when empty
    published::Float64              # when text was last published
end

StreamBatch() = StreamBatch(NO_PARENT, "stdout", IOBuffer(), Inf, 0.0)

isempty_batch(batch::StreamBatch) = batch.deadline == Inf
