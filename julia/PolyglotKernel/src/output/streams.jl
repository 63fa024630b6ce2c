# Text on its way to the clients: joined to larger messages, never within a character.

"How long text waits for more, in seconds: hardly after a pause, longer in a flood."
const BATCH_DELAY = 0.002
const FLOOD_DELAY = 0.05
const BATCH_SIZE = 2^20

function add_text!(kernel::Kernel, parent::Vector{UInt8}, name::String, text)
    isempty(text) && return nothing
    batch = kernel.batch
    if !isempty_batch(batch) && !(batch.parent === parent && batch.name == name)
        publish_text!(kernel)
    end
    if isempty_batch(batch)
        batch.parent = parent
        batch.name = name
        batch.source = kernel.source
        now = monotonic()
        batch.deadline = max(now + BATCH_DELAY, batch.published + FLOOD_DELAY)
    end
    write(batch.text, text)
    length(batch.text) >= BATCH_SIZE && publish_text!(kernel)
    return nothing
end

"Publish the text that waits, if any: before any other output, so that the order is kept."
publish_text!(kernel::Kernel) =
    isempty_batch(kernel.batch) ? nothing : Base.invokelatest(publish_batch!, kernel, kernel.batch)

function publish_batch!(kernel::Kernel, batch::StreamBatch)
    text, content = take_written!(batch.text), batch.content
    write(content, "{\"name\":\"")
    write(content, batch.name)
    write(content, "\",\"text\":\"")
    JSON.write_escaped(content, text, 1, length(text))
    write(content, "\"}")
    batch.deadline = Inf
    batch.published = monotonic()
    publish(
        kernel, "stream", batch.parent, take_written!(content), NO_METADATA, Vector{UInt8}[], batch.source
    )
    return nothing
end

"""
    whole_characters!(tail, bytes)

`bytes` behind what an earlier read left in `tail`, without a character that is cut at the end: it
waits in `tail` for its rest.
"""
function whole_characters!(tail::Vector{UInt8}, bytes::Vector{UInt8})
    isempty(tail) || (bytes = vcat(tail, bytes); empty!(tail))
    cut = cut_character(bytes)
    cut == 0 && return bytes
    append!(tail, view(bytes, (length(bytes) - cut + 1):length(bytes)))
    return resize!(bytes, length(bytes) - cut)
end

# How many bytes at the end begin a UTF-8 sequence that is not complete.
function cut_character(bytes::Vector{UInt8})
    for back in 0:min(2, length(bytes) - 1)
        byte = bytes[end - back]
        byte & 0xc0 == 0x80 && continue
        needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
        return needed > back + 1 ? back + 1 : 0
    end
    return 0
end
