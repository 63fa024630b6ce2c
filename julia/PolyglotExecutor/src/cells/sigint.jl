# Whether SIGINT reaches the runtime at all.

const SIGINT = 2
const SIGUSR2 = 12
const SIG_BLOCK, SIG_UNBLOCK = 0, 1   # on Linux
const SIG_IGN = Csize_t(1)            # no pointer: those do not survive the package's cache

# What the first of the `sigint_words` says: SIGINT is discarded, or meets a request, or none.
const CLOSED, OPEN, IDLE = Cint(0), Cint(1), Cint(2)

"""
    SigintGate(; opens = true)

Discards SIGINT or lets the runtime have it; made when the runtime still has it. One that does not
open stays as it is.
"""
struct SigintGate
    opens::Bool
    state::Vector{Cint}      # the host looks at this
    action::Vector{UInt64}   # the runtime's `struct sigaction`
    notice::Vector{UInt64}   # that of the signal by which the runtime passes SIGINT on
    set::Vector{UInt64}      # a `sigset_t` of SIGINT alone
end

function SigintGate(; opens::Bool=true)
    action = zeros(UInt64, 32)
    ccall(:sigaction, Cint, (Cint, Ptr{Cvoid}, Ptr{UInt64}), SIGINT, C_NULL, action)
    set = zeros(UInt64, 16)
    set[1] = UInt64(1) << (SIGINT - 1)
    notice = zeros(UInt64, 32)
    ccall(:sigaction, Cint, (Cint, Ptr{Cvoid}, Ptr{UInt64}), SIGUSR2, C_NULL, notice)
    return SigintGate(opens, [CLOSED], action, notice, set)
end

"""
    sigint_words(gate, missed)

The addresses of C integers, for the host to see what a SIGINT would meet, and what became of it: what the
gate does; not 0 while one waits to be thrown; how many regions that defer it the root task is in (0 for the
address if that cannot be found); and how many were `missed`. Empty where the host cannot look.
"""
function sigint_words(gate::SigintGate, missed::Vector{Cint})
    pending = c_symbol(:jl_signal_pending)
    Sys.islinux() && pending != C_NULL || return Int[]
    return Int[UInt(pointer(gate.state)), UInt(pending), deferral_address(), UInt(pointer(missed))]
end

# The runtime's record of this thread has the count, in a place that each version has elsewhere: the only one
# that a deferral raises and its end lowers again. The newer ones have it near the beginning; no more is read
# than is needed, as the record may be short.
function deferral_address()
    record = ccall(:jl_get_ptls_states, Ptr{Cint}, ())
    for count in (128, 512, 2048)
        before, during, after = zeros(Cint, count), zeros(Cint, count), zeros(Cint, count)
        GC.@preserve before during after begin
            unsafe_copyto!(pointer(before), record, count)
            Base.sigatomic_begin()
            unsafe_copyto!(pointer(during), record, count)
            Base.sigatomic_end()
            unsafe_copyto!(pointer(after), record, count)
        end
        found = findall(i -> during[i] == before[i] + 1 && after[i] == before[i], 1:count)
        length(found) == 1 && return Int(UInt(record)) + sizeof(Cint) * (found[1] - 1)
    end
    return 0
end

# Linux discards an ignored signal unless the main thread blocks it, as Julia has it do: another
# thread waits for the signal.
function discard_sigint(gate::SigintGate)
    gate.opens && Sys.islinux() || return nothing
    gate.state[1] = CLOSED
    ccall(:signal, Ptr{Cvoid}, (Cint, Csize_t), SIGINT, SIG_IGN)
    ccall(:pthread_sigmask, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIG_UNBLOCK, gate.set, C_NULL)
    return nothing
end

"The runtime has SIGINT from now on, whatever cells have done to signals; `state` is what the host sees."
function deliver_sigint(gate::SigintGate, state::Cint=OPEN)
    gate.opens && Sys.islinux() || return nothing
    ccall(:pthread_sigmask, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIG_BLOCK, gate.set, C_NULL)
    ccall(:sigaction, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIGINT, gate.action, C_NULL)
    ccall(:sigaction, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIGUSR2, gate.notice, C_NULL)
    gate.state[1] = state
    return nothing
end
