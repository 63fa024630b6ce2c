# What a SIGINT meets in an executor. A burst of them would hit also the code that has caught the first
# and now saves what is to be saved; and one that comes too early is lost. Linux lets a parent look.

"""
    SigintWords

Where in an executor's memory two C integers are: `gate` is 1 where a SIGINT would reach the runtime,
`pending` is not 0 while one waits there. `memory` is a descriptor of that memory.
"""
struct SigintWords
    memory::Cint
    gate::Int
    pending::Int
end

"The words at two `addresses` in process `pid`; `nothing` if it has none, or they cannot be read."
function sigint_words(pid::Cint, @nospecialize(addresses))
    addresses isa Vector{Any} && length(addresses) == 2 || return nothing
    gate, pending = addresses[1], addresses[2]
    gate isa Int && pending isa Int || return nothing
    memory = open_memory(pid)
    memory == -1 && return nothing
    words = SigintWords(memory, gate, pending)
    sigint_state(words) === :unknown || return words
    close_fd(memory)
    return nothing
end

"""
    sigint_state(words)

`:closed`: a SIGINT would be lost; `:waiting`: one waits to be thrown; `:taken`: none waits, so that any
that was sent has been thrown; `:unknown` where that cannot be seen.
"""
function sigint_state(words::SigintWords)
    gate = read_word(words.memory, words.gate)
    pending = read_word(words.memory, words.pending)
    (gate === nothing || pending === nothing) && return :unknown
    gate == 0 && return :closed
    return pending == 0 ? :taken : :waiting
end

sigint_state(::Nothing) = :unknown
