# Runs when the package is compiled, and puts into its cache what the start and the first cells need.

precompile(main, ())
precompile(read_frames, (Session,))
precompile(warm_up, (Session,))

# Without machine code in the cache (before 1.9) more of it would cost more to load than it saves.
Compat.CACHES_MACHINE_CODE ? rehearse_alone() : rehearse_alone(2)
