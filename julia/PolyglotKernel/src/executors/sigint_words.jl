# What a SIGINT meets in an executor. One that comes too early is lost, and a second would hit also the code
# that has caught the first and now saves what is to be saved. Linux lets a parent look.

"""
    SigintWords

Where in an executor's memory some C integers are: `gate` says whether a SIGINT would reach the runtime (see
[`sigint_state`](@ref)), `pending` is not 0 while one waits there, `deferred` counts the regions in which it has to
wait, and `missed` those that were thrown where Julia loses them; 0 for either of these that is not known. `memory`
is a descriptor of that memory.
"""
struct SigintWords
    pid::Cint
    memory::Cint
    gate::Int
    pending::Int
    deferred::Int
    missed::Int
end

"The words at `addresses` in process `pid`; `nothing` if it has none, or they cannot be read."
function sigint_words(pid::Cint, @nospecialize(addresses))
    addresses isa Vector{Any} && length(addresses) >= 2 || return nothing
    all(address -> address isa Int, addresses) || return nothing
    memory = open_memory(pid)
    memory == -1 && return nothing
    deferred, missed = get(addresses, 3, 0)::Int, get(addresses, 4, 0)::Int
    words = SigintWords(pid, memory, addresses[1], addresses[2], deferred, missed)
    sigint_state(words) === :unknown || return words
    close_fd(memory)
    return nothing
end

const GATE_CLOSED, GATE_IDLE = Cint(0), Cint(2)

"""
    sigint_state(words)

`:closed`: a SIGINT would be lost; `:waiting`: one waits to be thrown; `:taken`: none waits, so that any that was
sent has been thrown; `:unknown` where that cannot be seen.
"""
function sigint_state(words::SigintWords)
    gate = read_word(words.memory, words.gate)
    pending = read_word(words.memory, words.pending)
    (gate === nothing || pending === nothing) && return :unknown
    gate == GATE_CLOSED && return :closed
    waits = pending != 0 || is_pending(words.pid, "ShdPnd", SIGINT)
    return waits ? :waiting : :taken
end

sigint_state(::Nothing) = :unknown

"Whether the runtime has an interrupt that it has not thrown yet."
has_pending(words::SigintWords) = something(read_word(words.memory, words.pending), Cint(0)) != 0

"Whether a SIGINT would be thrown, but no request has begun."
is_idle(words::SigintWords) = read_word(words.memory, words.gate) == GATE_IDLE

is_idle(::Nothing) = false

"Whether the runtime is where no interrupt may be thrown: in the compiler, under one of its locks."
is_deferring(words::SigintWords) =
    words.deferred != 0 && read_word(words.memory, words.deferred) != 0

is_deferring(::Nothing) = false

"How many interrupts the process has lost."
missed_interrupts(words::SigintWords) =
    words.missed == 0 ? Cint(0) : something(read_word(words.memory, words.missed), Cint(0))

missed_interrupts(::Nothing) = Cint(0)
