# Runs when the package is compiled, and puts into its cache what the start and the first cells need.

precompile(begin_with, (Vector{String},))
precompile(main, ())
precompile(Tuple{FrameReader})
precompile(let_through, (typeof(wait), Channel{Any}))

# What Base has compiled ahead and methods of this package make invalid: the first `using` and the process's
# end would compile it again.
for (mod, name, types) in (
    (Base, :__require, (Module, Symbol)),
    (Base, :_atexit, (Int32,)),
    (Base.Filesystem, :temp_cleanup_atexit, ()),
)
    isdefined(mod, name) && precompile(getfield(mod, name), types)
end

@static if Compat.CACHES_MACHINE_CODE
    Compat.keep_compiled() do
        session = rehearsal_session()
        Base.sigatomic_begin()
        furnish!(session, Stage)
        on_stage(session) do
            announce(session.channel, session.sigint)
            rehearse_cells(session)
            rehearse_step(() -> rehearse_values(() -> nothing, session), "values")
            rehearse_crossing(session)
        end
        Base.sigatomic_end()
        close_session(session)
    end
else
    # more of it would cost more to load than it saves
    precompile(warm_up, (Session,))
    rehearse_alone(2)
end
