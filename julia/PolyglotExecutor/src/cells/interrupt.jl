# SIGINT means the user's interrupt while user code runs, and nothing at any other time.
#
# While user code runs, the runtime throws it into whichever task is current; many signals, one soon
# after the other, it throws wherever the program is, which may be fatal inside the compiler. So at
# any other time the system discards the signal. Where it cannot (macOS), the root task defers it
# (Base.sigatomic_begin), save when it waits, where nothing is lost.

"User code that threw: its exception stack, innermost first, cleared of the kernel's frames."
struct Failure
    stack::Vector{Tuple{Any,Vector}}
end

"""
    attempt(session, f, args...)

`f(args...)` in the newest world, with interrupts let through; a [`Failure`](@ref) if it throws.
To be called where SIGINT is deferred.
"""
function attempt(session::Session, @nospecialize(f), @nospecialize(args...))
    outer = session.evaluating
    session.evaluating = true
    if !outer
        drain_interrupts()
        deliver_sigint(session.sigint)
    end
    outcome = try
        Base.sigatomic_end()
        value = Base.invokelatest(f, args...)
        Base.sigatomic_begin()
        outer || discard_sigint(session.sigint)
        value
    catch
        outer || discard_sigint(session.sigint)
        # The runtime has restored the state at `try`: from here on SIGINT waits.
        failed(session, Compat.exception_stack(), !outer)
    end
    session.evaluating = outer
    return outcome
end

"""
    attempt_shielded(session, f, args...)

As [`attempt`](@ref), for what is no user code: no interrupt is meant for it.
"""
function attempt_shielded(session::Session, @nospecialize(f), @nospecialize(args...))
    return try
        Base.invokelatest(f, args...)
    catch
        failure(Compat.exception_stack())
    end
end

# The first thing, because a forced interrupt that hits the compiler while the error is rendered
# would end the process: whatever ended the cell, the host must not signal any more.
function failed(session::Session, stack, outermost::Bool)
    (outermost || any(is_interrupt, stack)) && report_interrupt(session)
    return failure(stack)
end

failure(stack) = Failure([(cause(exception), user_frames(trace)) for (exception, trace) in stack])

# A subprocess gets the interrupt too, and may have ended by it before Julia leaves its wait for it.
cause(exception) = exception
cause(exception::LoadError) = LoadError(exception.file, exception.line, cause(exception.error))
function cause(exception::ProcessFailedException)
    by_interrupt = any(process -> process.termsignal == Base.SIGINT, exception.procs)
    return by_interrupt ? InterruptException() : exception
end

is_interrupt(entry::Tuple) = is_interrupt(entry[1])
is_interrupt(exception) = false
is_interrupt(::InterruptException) = true
is_interrupt(exception::LoadError) = is_interrupt(exception.error)
is_interrupt(exception::CompositeException) = any(is_interrupt, exception.exceptions)
is_interrupt(exception::TaskFailedException) = is_interrupt(Compat.task_result(exception.task))

function report_interrupt(session::Session)
    send(session.channel, JSON.fields("type" => "interrupted", "id" => session.request.id))
    return nothing
end

"Forgets an interrupt that came too late for the code it was meant for."
function drain_interrupts()
    try
        Base.sigatomic_end()
        Base.sigatomic_begin()
    catch e
        e isa InterruptException || rethrow()
    end
    return nothing
end

"""
    let_through(f, argument)

`f(argument)`, in which an interrupt is thrown. To be called where SIGINT is deferred, and in a `try`, which
defers it again.
"""
function let_through(f, argument)
    Base.sigatomic_end()
    value = f(argument)
    Base.sigatomic_begin()
    return value
end

"""
    wait_undisturbed(on_interrupt, wait, argument)

`wait(argument)` with interrupts let through, so that none stays behind for the cell that comes;
`on_interrupt()` for each, and the wait goes on. To be called where SIGINT is deferred.
"""
function wait_undisturbed(on_interrupt, wait, argument)
    while true
        try
            return let_through(wait, argument)
        catch e
            e isa InterruptException || rethrow()
            on_interrupt()
        end
    end
end

"""
    interrupt_by_frame(session, header)

The host interrupts a request, and its code waits for something, or the reader task would not run: the
interrupt is thrown into that very code, and not into whichever task happens to be current. Too late
the host has sent a signal instead. Subprocesses are to hear of it, too.
"""
function interrupt_by_frame(session::Session, header::Dict{String,Any})
    meant = session.evaluating && header["id"] == session.request.id && monotonic() < header["before"]
    meant || return nothing
    discard_sigint(session.sigint)
    ccall(:kill, Cint, (Cint, Cint), 0, SIGINT)     # the group: this process ignores it
    deliver_sigint(session.sigint)
    report_interrupt(session)
    pass_on_interrupt(session)
    return nothing
end

"""
    pass_on_interrupt(session)

An interrupt was thrown into the reader task, which happened to be the current one: it was meant for
the cell, if one runs.
"""
function pass_on_interrupt(session::Session)
    session.evaluating && schedule(session.root, InterruptException(); error=true)
    return nothing
end
