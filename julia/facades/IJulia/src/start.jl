# From the kernel's side: what makes this process a kernel's, and what a cell changes.

"""
    serve!(server, input, output, streams)

This process runs the cells of a notebook, and the module `server` answers for its kernel; `input` and
`output` are `In` and `Out`, `streams` stdin, stdout and stderr of the cells. Called by the kernel.
"""
function serve!(server::Module, @nospecialize(input), @nospecialize(output), @nospecialize(streams))
    SERVER[] = server
    global In = input
    global Out = output
    orig_stdin[], orig_stdout[], orig_stderr[] = streams
    global _default_kernel = Kernel()
    global connection_file = server.connection_file()
    global inited = true
    Base.Experimental.register_error_hint(explain_missing, MethodError)
    return nothing
end

"Cell number `count` begins."
begin_cell!(count::Int) = (global n = count; nothing)

"A cell has given a value."
set_answer!(@nospecialize(value)) = (global ans = value; nothing)

precompile(serve!, (Module, Any, Any, Any))
precompile(begin_cell!, (Int,))
precompile(set_answer!, (Any,))
