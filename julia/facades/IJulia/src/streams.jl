# Standard streams. Output is neither counted nor throttled by this process.

"The cells' own streams, whatever a package has put in their place."
const orig_stdout = Ref{IO}()
const orig_stderr = Ref{IO}()
const orig_stdin = Ref{IO}()

"Counts nothing: the host limits output (`POLYGLOT_OUTPUT_LIMIT`)."
const stdio_bytes = Ref(0)

"    reset_stdio_count()\n\nDoes nothing: output is not counted here."
reset_stdio_count(kernel=nothing) = nothing

"    set_max_stdio(bytes)\n\nDoes nothing: the host limits output (`POLYGLOT_OUTPUT_LIMIT`)."
set_max_stdio(bytes::Integer; kernel=nothing) = nothing

"    flush_all()\n\nSends what was printed."
flush_all() = (flush(stdout); flush(stderr); nothing)

"""
    readprompt(prompt; password = false) -> String

Asks the user. See `Polyglot.input`.
"""
readprompt(prompt::AbstractString; kernel=nothing, password::Bool=false) =
    polyglot().input(prompt; password=password)

"    set_verbose(on = true)\n\nDoes nothing: the host logs messages where it is told to by its options."
set_verbose(on::Bool=true, kernel=nothing) = nothing

const verbose = false
