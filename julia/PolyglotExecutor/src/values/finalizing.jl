# Finalizers, and the user's interrupt.
#
# They run in whatever code the collector happens to be called from, also in the user's, where an interrupt is
# thrown. In a finalizer Julia shows it and forgets it: the finalizer would be left half done, and the press of the
# stop button be lost.

"How many interrupts have met a finalizer of the executor's: the host sends another for each (`sigint_words`)."
const MISSED_INTERRUPTS = Cint[0]

"""
    undisturbed(finish, arguments...)

`finish(arguments...)`, in a finalizer, with no interrupt thrown. One that came meanwhile is counted.
"""
function undisturbed(finish, arguments...)
    Base.sigatomic_begin()
    finish(arguments...)
    try
        Base.sigatomic_end()
    catch e
        e isa InterruptException || rethrow()
        MISSED_INTERRUPTS[1] += 1
        Base.sigatomic_end()    # the runtime has restored the state at `try`
    end
    return nothing
end
