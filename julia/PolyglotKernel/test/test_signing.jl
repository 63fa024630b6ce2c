# Signatures against those of jupyter_client's Session, in both directions: the host signs as it does,
# and takes what it signed and nothing else.

using Test
using PolyglotKernel: Host

include("vectors.jl")

"A new session for a case, which has seen no message yet."
session_of(case) = Host.Session(String(hex2bytes(case["key"])), case["scheme"])

parts_of(case) = Tuple(map(hex2bytes, case["parts"]))
signature_of(case) = Vector{UInt8}(case["signature"])

"Whether a message with this signature is taken."
function takes(case, signature::Vector{UInt8}, parts=parts_of(case))
    try
        Host.check_signature!(session_of(case), signature, parts)
    catch e
        e isa Host.WireError || rethrow()
        return false
    end
    return true
end

function flipped(bytes::Vector{UInt8}, at::Int)
    other = copy(bytes)
    other[at] ⊻= 0x01
    return other
end

const CASES = Vectors.load("signing.json")

@testset "$(case["name"])" for case in CASES
    signer = session_of(case).signer
    @test String(Host.sign(signer, parts_of(case))) == case["signature"]
    @test takes(case, signature_of(case))
end

@testset "refused: $(case["name"])" for case in filter(case -> case["key"] != "", CASES)
    signature = signature_of(case)
    @test all(at -> !takes(case, flipped(signature, at)), eachindex(signature))
    @test !takes(case, UInt8[])
    @test !takes(case, signature[1:(end - 1)])
    @test !takes(case, vcat(signature, UInt8('0')))
    @test !takes(case, Vector{UInt8}(uppercase(case["signature"])))
    parts = parts_of(case)
    for i in eachindex(parts)
        changed = Base.setindex(parts, vcat(parts[i], UInt8(' ')), i)
        @test !takes(case, signature, changed)
    end
end

@testset "a whole message" begin
    case = first(filter(case -> occursin("message a request", case["name"]), CASES))
    session = session_of(case)
    message(signature) = Vector{UInt8}[
        b"identity", Host.DELIMITER, signature, map(hex2bytes, case["parts"])...
    ]
    wrong = flipped(signature_of(case), 1)
    @test_throws Host.WireError Host.read_request(session, Host.SHELL, message(wrong))
    request = Host.read_request(session, Host.SHELL, message(signature_of(case)))
    @test request.identities == [b"identity"]
    @test endswith(request.msg_type, "_request")
    # the same once more is a replay
    @test_throws Host.WireError Host.read_request(session, Host.SHELL, message(signature_of(case)))
end

@testset "same_signature" begin
    bytes = Vector{UInt8}("0123456789abcdef")
    @test Host.same_signature(bytes, copy(bytes))
    @test Host.same_signature(UInt8[], UInt8[])
    @test !Host.same_signature(bytes, bytes[1:8])
    @test all(at -> !Host.same_signature(bytes, flipped(bytes, at)), eachindex(bytes))
end

@testset "large messages, in $scheme" for (scheme, digest) in Host.DIGESTS
    parts = (rand(UInt8, Host.LARGE_MESSAGE), Vector{UInt8}("end"))
    state = digest.context()
    foreach(part -> Host.SHA.update!(state, part), parts)
    expected = Host.SHA.digest!(state)
    @test Host.openssl_digest(digest.openssl, parts) in (expected, nothing)
    @test Host.digested(digest, parts) == expected
    @test Host.openssl_digest("no such digest", parts) === nothing
end
