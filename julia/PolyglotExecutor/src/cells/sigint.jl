# Whether SIGINT reaches the runtime at all.

const SIGINT = 2
const SIG_BLOCK, SIG_UNBLOCK = 0, 1   # on Linux
const SIG_IGN = Csize_t(1)            # no pointer: those do not survive the package's cache

"""
    SigintGate(; opens = true)

Discards SIGINT or lets the runtime have it; made when the runtime still has it. One that does not
open stays as it is.
"""
struct SigintGate
    opens::Bool
    open::Vector{Cint}       # 1 when the runtime has it; the host looks at this
    action::Vector{UInt64}   # the runtime's `struct sigaction`
    set::Vector{UInt64}      # a `sigset_t` of SIGINT alone
end

function SigintGate(; opens::Bool=true)
    action = zeros(UInt64, 32)
    ccall(:sigaction, Cint, (Cint, Ptr{Cvoid}, Ptr{UInt64}), SIGINT, C_NULL, action)
    set = zeros(UInt64, 16)
    set[1] = UInt64(1) << (SIGINT - 1)
    return SigintGate(opens, Cint[0], action, set)
end

"""
    sigint_words(gate)

The addresses of two C integers, for the host to see what a SIGINT would meet, and what became of it:
1 where the gate is open, and not 0 while one waits to be thrown. Empty where the host cannot look.
"""
function sigint_words(gate::SigintGate)
    pending = c_symbol(:jl_signal_pending)
    Sys.islinux() && pending != C_NULL || return Int[]
    return Int[UInt(pointer(gate.open)), UInt(pending)]
end

# Linux discards an ignored signal unless the main thread blocks it, as Julia has it do: another
# thread waits for the signal.
function discard_sigint(gate::SigintGate)
    gate.opens && Sys.islinux() || return nothing
    gate.open[1] = 0
    ccall(:signal, Ptr{Cvoid}, (Cint, Csize_t), SIGINT, SIG_IGN)
    ccall(:pthread_sigmask, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIG_UNBLOCK, gate.set, C_NULL)
    return nothing
end

function deliver_sigint(gate::SigintGate)
    gate.opens && Sys.islinux() || return nothing
    ccall(:pthread_sigmask, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIG_BLOCK, gate.set, C_NULL)
    ccall(:sigaction, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIGINT, gate.action, C_NULL)
    gate.open[1] = 1
    return nothing
end
