# Memory for what is put together to be written. It is not the garbage collector's: that would be called the sooner
# the more of it there is, and it goes when it was written.

mutable struct Passing
    address::Ptr{UInt8}
    size::Int
    Passing(size::Int) = grow!(new(C_NULL, 0), size)
end

function grow!(memory::Passing, size::Int)
    address = Libc.realloc(memory.address, max(size, 1))
    address == C_NULL && throw(OutOfMemoryError())
    memory.address, memory.size = address, size
    return memory
end

give_back!(memory::Passing) = Libc.free(memory.address)

"`f` of a vector of `count` elements of `T`, whatever they are, which is gone when it has returned."
function with_passing(f::F, ::Type{T}, count::Int) where {F,T}
    memory = Passing(count * sizeof(T))
    try
        return f(unsafe_wrap(Array, Ptr{T}(memory.address), count))
    finally
        give_back!(memory)
    end
end
