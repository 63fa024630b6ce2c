# Signatures against those of jupyter_client's Session.

using Test
using PolyglotKernel: Host

include("vectors.jl")

@testset "$(case["name"])" for case in Vectors.load("signing.json")
    parts = map(hex2bytes, case["parts"])
    signature = Host.sign(hex2bytes(case["key"]), case["scheme"], parts)
    @test String(signature) == case["signature"]
end
