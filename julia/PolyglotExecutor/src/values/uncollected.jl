# Making many values without a garbage collection meanwhile, which would find nothing but what is being made.

"What is smaller is made before it is known whether it is time for a collection."
const LEAST_UNCOLLECTED = 2^16

"What is larger is made as usual: there may be more garbage than memory."
const MOST_UNCOLLECTED = 2^27

"""
    uncollected(make, size)

`make()`, which makes objects of about `size` bytes, without garbage collections. It must not wait for anything:
another thread may go on with a task that has waited, and what is switched off is so for a thread.
"""
function uncollected(make::F, size::Int) where {F}
    LEAST_UNCOLLECTED <= size <= MOST_UNCOLLECTED || return make()
    Base.sigatomic_begin()   # an interrupt comes when there is a `finally` that it meets
    enabled = GC.enable(false)
    try
        Base.sigatomic_end()
        return make()
    finally
        enabled && GC.enable(true)
    end
end
