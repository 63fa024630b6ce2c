# What the host has to say of itself goes to its stderr, which is in the hands of whoever started the
# kernel: a terminal that is held, a pipe that nobody reads or whose reader is gone, a file on a full disk.
# The host never waits for it and never fails on it.

const STDERR = Cint(2)
const ATOMIC_WRITE = 4096       # PIPE_BUF on Linux: a pipe that is ready takes so many bytes, or more

"""
    write_log(bytes, patience = 0)

Write to stderr as much of `bytes` as it takes, each time within `patience` ms; what it does not take is lost.
Not by way of Julia's own stream, which waits and throws.
"""
function write_log(bytes::Vector{UInt8}, patience::Cint=Cint(0))
    from = 1
    while from <= length(bytes)
        becomes_writable(STDERR, patience) || return nothing
        count = write_some(STDERR, bytes, from, min(from + ATOMIC_WRITE - 1, length(bytes)))
        count > 0 || return nothing
        from += count
    end
    return nothing
end

write_log(text::String, patience::Cint=Cint(0)) =
    write_log(Vector{UInt8}(codeunits(text)), patience)

"Log something that is wrong and not the user's, where the client shows what kernels log."
log_warning(message::String) = write_log("[polyglot] " * message * "\n")

"Log a fault of the host's own; `what` it was about to do."
log_failure(what::String, @nospecialize(fault), trace::Vector) =
    log_warning("failed to $what: " * sprint(showerror, fault, trace))

"How long the last words of a host that ends may wait for whoever reads them, in ms."
const LAST_WORDS_PATIENCE = Cint(1000)

"Say why the kernel ends, to whoever started it."
log_last_words(message::String) = write_log(message * "\n", LAST_WORDS_PATIENCE)

const SHOWN_LENGTH = 100

"Text that somebody else has made up, for the log: one short line without control characters."
shown(text::String) = JSON.json(length(text) <= SHOWN_LENGTH ? text : first(text, SHOWN_LENGTH) * "…")
