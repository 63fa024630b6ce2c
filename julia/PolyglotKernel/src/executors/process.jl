"""
    Process

A running executor process with its pipes, and the guard beside it (`guard.jl`), by which nothing that the
executor has started outlives it, or the host.
"""
mutable struct Process
    pid::Cint
    pidfd::Cint                     # becomes readable at its end; -1 where the system has none
    guard::Cint                     # process id of the guard
    guard_pipe::Cint                # the guard begins when this is closed
    requests::Cint
    replies::Cint
    outgoing::Vector{Vector{UInt8}} # frames still to be written; the first may be written in part
    outgoing_from::Int
    decoder::Frames.Decoder
    raw::Tuple{RawPipe,RawPipe}     # stdout, stderr
    chunk::Vector{UInt8}
    open::Bool                      # whether `replies` may bring more
    sigint::Union{SigintWords,Nothing}
    faults::UInt64                  # which it handles (`given_up.jl`), once it is ready
    status::Union{Cint,Nothing}     # how it ended, once it has
end

"How much is read from one pipe before the others have their turn."
const READ_AT_ONCE = 2^20

"""
    start_process(command, environment)

Start an executor. Throws a `SystemError` when its program cannot be run.
"""
function start_process(command::Vector{String}, environment::Vector{String})
    mark = "\x1e" * random_id()
    null = open_null()
    theirs = Cint[null]
    ours = Cint[]
    for i in 1:4
        from, to = open_pipe()
        i == 3 ? (push!(theirs, from); push!(ours, to)) : (push!(theirs, to); push!(ours, from))
    end
    # What the language's runtime opens for itself comes behind these, out of the way of user code.
    places = [theirs; fill(null, LOWEST_OWN_FD - length(theirs))]
    pid = try
        spawn(command, push!(environment, "POLYGLOT_MARK=" * mark), places, Cint(0))
    catch
        close_all(ours)
        rethrow()
    finally
        close_all(theirs)
    end
    return guarded_process(pid, ours[3], ours[4], (ours[1], ours[2]), mark)
end

"""
    adopt_process(started)

Take over an executor that the shim has started for this process, which was the shim's before.
"""
function adopt_process(started::Started)
    requests, replies, out, err = map(
        move_away, (started.requests, started.replies, started.raw...)
    )
    mark = "\x1e" * started.mark
    return guarded_process(started.pid, requests, replies, (out, err), mark)
end

function guarded_process(
    pid::Cint, requests::Cint, replies::Cint, raw::Tuple{Cint,Cint}, mark::String
)
    foreach(set_nonblocking, (requests, replies, raw...))
    guard, guard_pipe = start_guard(pid)
    raw_mark = Vector{UInt8}(codeunits(mark))
    return Process(
        pid, open_pidfd(pid), guard, guard_pipe, requests, replies, Vector{UInt8}[], 1,
        Frames.Decoder(), (RawPipe(raw[1], "stdout", raw_mark), RawPipe(raw[2], "stderr", raw_mark)),
        Vector{UInt8}(undef, 2^18), true, nothing, UInt64(0), nothing,
    )
end

close_all(fds::Vector{Cint}) = foreach(close_fd, fds)

"Queue a frame for the executor and write as much as its pipe takes."
function send_frame!(process::Process, header, buffers=())
    push!(process.outgoing, Frames.encode(header, buffers))
    write_outgoing!(process)
    return nothing
end

wants_to_write(process::Process) = !isempty(process.outgoing)

function write_outgoing!(process::Process)
    while !isempty(process.outgoing)
        frame = process.outgoing[1]
        count = write_some(process.requests, frame, process.outgoing_from)
        if count == -1
            empty!(process.outgoing)    # it reads no more: its end is noticed elsewhere
            return nothing
        end
        process.outgoing_from += count
        process.outgoing_from > length(frame) || return nothing
        popfirst!(process.outgoing)
        process.outgoing_from = 1
    end
    return nothing
end

"""
    read_replies!(process)

Read what waits in the reply pipe. Whether all of it was read: if not, others have their turn first.
"""
function read_replies!(process::Process)
    total = 0
    while process.open && total < READ_AT_ONCE
        begun = process.decoder.lacking > 0
        count = begun ? read_rest!(process) : read_chunk!(process)
        count == -1 && return true
        process.open = count > 0
        total += count
        begun && process.decoder.lacking == 0 && break  # to be handled while nothing stands behind it
    end
    return !process.open
end

function read_chunk!(process::Process)
    count = read_some!(process.replies, process.chunk, length(process.chunk))
    count > 0 && append!(process.decoder, process.chunk, count)
    return count
end

# Of the frame that has begun: it is read to where it stays, so that a large one is not copied.
read_rest!(process::Process) =
    Frames.read_into!(process.decoder) do place, most
        read_some(process.replies, place, most)
    end

"Whether the process has ended, or closed its reply pipe, after which it is of no use."
function has_ended(process::Process)
    process.status === nothing && (process.status = exit_status(process.pid, process.pidfd))
    return process.status !== nothing || !process.open
end

# What a process that ends takes to do so, behind the last of its pipes, in ms.
const END_TAKES = Cint(100)

"Whether the process lives on without its reply pipe. The system closes it a moment before the end."
function lives_on(process::Process)
    process.status === nothing || return false
    process.pidfd >= 0 ? becomes_readable(process.pidfd, END_TAKES) : Libc.systemsleep(END_TAKES / 1000)
    process.status = exit_status(process.pid, process.pidfd)
    return process.status === nothing
end

"Wait for the end of a process that was killed. How it ended, as waitpid says it."
function await_end!(process::Process)
    status = process.status
    while status === nothing
        status = exit_status(process.pid, process.pidfd, Cint(0))
    end
    process.status = status
    return status
end

interrupt(process::Process) = signal_group(process.pid, SIGINT)

"Kill the executor and all that it started."
kill_group(process::Process) = signal_group(process.pid, SIGKILL)

"Give back what a process held that has ended, and end what it left behind."
function close_process!(process::Process)
    dismiss_guard(process.guard, process.guard_pipe)
    for fd in (process.requests, process.replies, process.raw[1].fd, process.raw[2].fd)
        close_fd(fd)
    end
    process.pidfd >= 0 && close_fd(process.pidfd)
    process.sigint === nothing || close_fd(process.sigint.memory)
    return nothing
end
