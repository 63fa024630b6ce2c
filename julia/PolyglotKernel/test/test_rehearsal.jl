# What is run when the package is compiled, for its machine code: a kernel with stand-ins for executors.

using Test
using PolyglotKernel: find_libzmq, rehearse

@testset "the rehearsal comes to its end" begin
    libzmq = find_libzmq()
    @test libzmq isa String
    @test rehearse(libzmq) === nothing
end
