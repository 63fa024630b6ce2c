# Where the rehearsal takes place: a session whose frames nobody reads, and a module for its cells.

"Where the cells of the rehearsal are evaluated."
baremodule Stage
using Base
end

"A session like any other, whose frames nobody reads."
function rehearsal_session()
    low = open_null()
    null = high_duplicate(low)      # before Julia 1.9 cells run in between
    close_fd(low)
    channel = HostChannel(
        Base.PipeEndpoint(), null, Frames.Decoder(), null, (null, null), UInt8[], ReentrantLock(),
        UInt8[], Ref{Cint}(0),
    )
    session = Session(channel, SigintGate(; opens=false))
    session.mod = Stage
    return session
end

close_session(session::Session) = close_fd(session.channel.replies)

"""
    on_stage(f, session)

`f()` with the streams, the display and the logger of `session` as the process's own.
"""
function on_stage(f, session::Session)
    streams = (stdin, stdout, stderr)
    logger = Logging.global_logger(NotebookLogger(session))
    Compat.set_standard_stream(session.stdout, 1)
    Compat.set_standard_stream(session.stderr, 2)
    Compat.set_standard_stream(InputStream(session), 0)
    pushdisplay(IJulia.InlineDisplay())
    known = isassigned(Polyglot.SESSION) ? Polyglot.SESSION[] : nothing
    Polyglot.SESSION[] = session
    try
        f()
    finally
        known === nothing || (Polyglot.SESSION[] = known)
        popdisplay()
        foreach((stream, fd) -> Compat.set_standard_stream(stream, fd), streams, 0:2)
        Logging.global_logger(logger)
    end
    return nothing
end
