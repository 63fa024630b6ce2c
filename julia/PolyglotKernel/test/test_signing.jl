# Signatures against those of jupyter_client's Session.

using Test
using PolyglotKernel: Host

include("vectors.jl")

@testset "$(case["name"])" for case in Vectors.load("signing.json")
    parts = map(hex2bytes, case["parts"])
    signer = Host.Signer(hex2bytes(case["key"]), case["scheme"])
    @test String(Host.sign(signer, parts)) == case["signature"]
end
