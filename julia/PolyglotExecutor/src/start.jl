# From the process's first line to `ready`.

"""
    begin_with(arguments)

What `bin/executor.jl` was called for: to serve the host, or, with `--compile-only`, nothing but to be
loaded and so compiled; with `--rehearse-only`, the warm-up, for those who want to see what that compiles.
"""
function begin_with(arguments::Vector{String})
    leave_lost_folder()
    restore_paths!()
    wish = isempty(arguments) ? "" : arguments[1]
    wish == "--compile-only" && return nothing
    wish == "--rehearse-only" && return rehearse_alone()
    Compat.compile_for(Compat.KERNELS_LEVEL)
    return main()
end

"""
    leave_lost_folder()

Where the working directory is gone (the notebook's folder was deleted), go to what of its path is still there.
"""
function leave_lost_folder()
    try
        pwd()
    catch e
        e isa Base.IOError || rethrow()
        folder = lost_path()
        while !isdir(folder)
            folder = dirname(folder)
        end
        cd(folder)
    end
    return nothing
end

"Where the working directory was."
function lost_path()
    islink("/proc/self/cwd") || return get(ENV, "PWD", "/")     # no Linux
    return replace(readlink("/proc/self/cwd"), r" \(deleted\)$" => "")
end

"The load path, the depots and the project are the user's again (see `bin/executor.jl`)."
function restore_paths!()
    deleteat!(LOAD_PATH, 2:3)       # behind the folder of the facades
    if haskey(ENV, "POLYGLOT_DEPOT")
        popfirst!(DEPOT_PATH)
        delete!(ENV, "POLYGLOT_DEPOT")
    end
    project = get(ENV, "JULIA_PROJECT", "")
    Base.ACTIVE_PROJECT[] = if isempty(project)
        nothing
    elseif startswith(project, '@')
        Base.load_path_expand(project)
    else
        abspath(expanduser(project))
    end
    Base.HOME_PROJECT[] = Base.ACTIVE_PROJECT[]
    return nothing
end

"""
    main()

Serves the host on descriptors 3 and 4 until it closes them. Called in the root task.
"""
function main()
    forget_program()
    Base.exit_on_sigint(false)
    Base.sigatomic_begin()
    sigint = SigintGate()
    discard_sigint(sigint)
    channel = HostChannel(move_up(REQUESTS), move_up(REPLIES), pop!(ENV, "POLYGLOT_MARK", ""))
    free_room()
    announce(channel, sigint)
    session = Session(channel, sigint)
    startup = pop!(ENV, "POLYGLOT_STARTUP_FILE", "yes") != "no"
    restore_environment!()
    set_display_size!()
    Polyglot.SESSION[] = session
    serve_python!(session)
    take_over!(session)
    serve_ijulia!(session)
    furnish!(session, Main)
    start_reader(session)
    choose_project()
    startup && run_startup_files(session)
    Compat.CACHES_MACHINE_CODE || warm_up(session)
    serve(session)
    return nothing
end

# To a cell it is as in the REPL: no program runs, and `include` begins in the working directory.
function forget_program()
    delete!(task_local_storage(), :SOURCE_PATH)
    Core.eval(Base, :(PROGRAM_FILE = ""))
    return nothing
end

# Early: requests wait in the pipe while the rest of the start is done.
function announce(channel::HostChannel, sigint::SigintGate)
    header = JSON.fields(
        "type" => "ready", "language" => "julia", "version" => string(VERSION), "concurrent" => false,
        "interrupt_frames" => Sys.islinux(), "sigint" => sigint_words(sigint, Values.MISSED_INTERRUPTS),
    )
    send(channel, header)
    return nothing
end

# Debian's launcher of Julia changes these two; the shim kept what the user had (empty: nothing).
function restore_environment!()
    for name in ("LD_LIBRARY_PATH", "JULIA_BINDIR")
        original = pop!(ENV, "POLYGLOT_" * name, nothing)
        original === nothing && continue
        isempty(original) ? delete!(ENV, name) : (ENV[name] = original)
    end
    return nothing
end

# Where `displaysize` looks where there is no terminal, and fails on what is no number. IJulia's users know
# these, and change them.
function set_display_size!()
    lines, columns = display_size()
    ENV["LINES"] = string(lines)
    ENV["COLUMNS"] = string(columns)
    return nothing
end

# Lines that C code prints are written as they end, as in a terminal, so that they keep their place.
function buffer_c_lines()
    stream = @static if Sys.isapple()
        unsafe_load(cglobal(:__stdoutp, Ptr{Cvoid}))
    else
        unsafe_load(cglobal(:stdout, Ptr{Cvoid}))
    end
    line_buffered = 1   # _IOLBF of stdio.h, in glibc, musl and on macOS
    ccall(
        :setvbuf, Cint, (Ptr{Cvoid}, Ptr{UInt8}, Cint, Csize_t), stream, C_NULL, line_buffered, 0
    )
    return nothing
end

"The process is this session's: streams, displays, and what the REPL would set."
function take_over!(session::Session)
    buffer_c_lines()
    Compat.set_standard_stream(session.stdout, 1)
    Compat.set_standard_stream(session.stderr, 2)
    Compat.set_standard_stream(InputStream(session), 0)
    Core.eval(Base, :(have_color = true; is_interactive = true))
    Core.eval(Base, :(active_repl_backend = $(session.backend)))
    # A program's wish, which would have the next interrupt of a cell end the process.
    Core.eval(Base, :(exit_on_sigint(on::Bool) = nothing))
    Logging.global_logger(NotebookLogger(session))
    pushdisplay(IJulia.InlineDisplay())
    take_over_editing!(session)
    take_over_shared_arrays!(session)
    Compat.load_packages_in_this_world()
    return nothing
end

"""
    furnish!(session, mod)

Has `mod` find what every cell finds: the tools of the REPL, and variables that come with a value, no
constants, so that an assignment of the user's replaces them.
"""
function furnish!(session::Session, mod::Module)
    history = session.history
    variables = Any[:In => history.inputs, :Out => history.outputs, :Polyglot => Polyglot, :py => PYTHON]
    # As `import IJulia` would bind it: `using IJulia` is to find nothing else under the name.
    Compat.lend(mod, variables, Any[:IJulia => IJulia, :InteractiveUtils => InteractiveUtils])
    # A package that is not on the load path can be used by way of a name of the module's own.
    Core.eval(mod, Expr(:const, Expr(:(=), Symbol("#python"), PythonNames)))
    Core.eval(mod, Expr(:using, Expr(:., :., Symbol("#python"))))
    Core.eval(mod, :(using .InteractiveUtils))
    Compat.set_repl_variable(mod, :ans, nothing)
    return nothing
end

"The project of the notebook's folder (`@.`), unless the user has chosen one."
function choose_project()
    haskey(ENV, "JULIA_PROJECT") || (Base.ACTIVE_PROJECT[] = Base.current_project())
    return nothing
end

"""
    run_startup_files(session)

Runs the site's and the user's `startup.jl`, as Julia does before the REPL; errors in them are shown
and are not fatal. Here and not by Julia itself, so that their output reaches the notebook.
"""
function run_startup_files(session::Session)
    paths = [abspath(Sys.BINDIR, Base.SYSCONFDIR, "julia", "startup.jl")]
    isempty(DEPOT_PATH) || push!(paths, abspath(DEPOT_PATH[1], "config", "startup.jl"))
    for path in paths
        isfile(path) || continue
        outcome = attempt(session, Base.include, Main, path)
        outcome isa Failure && println(session.stderr, render_failure(outcome))
    end
    return nothing
end

# A type with a name, that precompile.jl can ask for.
struct FrameReader
    session::Session
end

(reader::FrameReader)() = read_frames(reader.session)

"Starts the task that takes frames from the host."
function start_reader(session::Session)
    task = Task(FrameReader(session))
    task.sticky = true
    schedule(task)
    return task
end

function read_frames(session::Session)
    Base.sigatomic_begin()
    channel = session.channel
    pass_on = () -> pass_on_interrupt(session)
    while wait_undisturbed(pass_on, wait_readable, channel)
        while (frame = receive_or_exit!(channel)) !== nothing
            frame.header["type"] == "shutdown" && exit(0)
            deliver(session, frame)
        end
    end
    return exit(0)
end

function receive_or_exit!(channel::HostChannel)
    return try
        receive!(channel)
    catch e
        e isa Frames.FrameError || rethrow()
        println(Core.stderr, "The Julia executor was sent a ", sprint(showerror, e))
        exit(70)
    end
end

"""
    deliver(session, frame)

Hands a frame to the task that waits for it. A call goes to the innermost task that itself waits for
an answer, because the root task may be that one or wait for it.
"""
function deliver(session::Session, frame::Frames.Frame)
    type = frame.header["type"]::String
    calls = session.calls
    (type == "call" || type == "return") && frame_arrived(session.bridge, frame)
    if type == "input_reply"
        put!(session.input_replies, frame.header["value"])
    elseif type == "return"
        waiting = waiting_for(calls, frame.header["call"])
        waiting === nothing ? late_return_arrived(session, frame) : put!(waiting, frame)
    elseif type == "interrupt"
        interrupt_by_frame(session, frame.header)
    elseif type == "release"
        release_arrived(session, frame.header)
    elseif type == "call"
        put!(something(innermost(calls), session.inbox), frame)
    else
        put!(session.inbox, frame)
    end
    return nothing
end
