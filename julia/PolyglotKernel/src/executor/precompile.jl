# Runs when the package is compiled, and puts into its cache what the start and the first cells need.

precompile(main, ())
precompile(read_frames, (Session,))

Base.sigatomic_begin()
warm_up(rehearsal_session())
Base.sigatomic_end()
