# Runs when the package is compiled, and puts into its cache what the start and the first cells need.

precompile(main, ())
precompile(read_frames, (Session,))

@static if Compat.CACHES_MACHINE_CODE
    let session = rehearsal_session()
        Base.sigatomic_begin()
        furnish!(session, Stage)
        on_stage(session) do
            rehearse_cells(session)
            rehearse_step("values") do
                rehearse_values(() -> nothing, session)
            end
        end
        Base.sigatomic_end()
        close_session(session)
    end
else
    # more of it would cost more to load than it saves
    precompile(warm_up, (Session,))
    rehearse_alone(2)
end
