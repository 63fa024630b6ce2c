# Signatures against those of jupyter_client's Session, in both directions: the host signs as it does,
# and takes what it signed and nothing else.

using Test
using PolyglotKernel: PolyglotKernel
using Vectors: Vectors

"A new session for a case, which has seen no message yet."
session_of(case) = PolyglotKernel.Session(String(hex2bytes(case["key"])), case["scheme"])

parts_of(case) = Tuple(map(hex2bytes, case["parts"]))
signature_of(case) = Vector{UInt8}(case["signature"])

"Whether a message with this signature is taken."
function takes(case, signature::Vector{UInt8}, parts=parts_of(case))
    try
        PolyglotKernel.check_signature!(session_of(case), signature, parts)
    catch e
        e isa PolyglotKernel.WireError || rethrow()
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
    @test String(PolyglotKernel.sign(signer, parts_of(case))) == case["signature"]
    PolyglotKernel.accelerate!(signer)
    @test String(PolyglotKernel.sign(signer, parts_of(case))) == case["signature"]
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
        b"identity", PolyglotKernel.DELIMITER, signature, map(hex2bytes, case["parts"])...
    ]
    wrong = flipped(signature_of(case), 1)
    @test_throws PolyglotKernel.WireError PolyglotKernel.read_request(session, PolyglotKernel.SHELL, message(wrong))
    request = PolyglotKernel.read_request(session, PolyglotKernel.SHELL, message(signature_of(case)))
    @test request.identities == [b"identity"]
    @test endswith(request.msg_type, "_request")
    # the same once more is a replay
    @test_throws PolyglotKernel.WireError PolyglotKernel.read_request(session, PolyglotKernel.SHELL, message(signature_of(case)))
end

@testset "same_signature" begin
    bytes = Vector{UInt8}("0123456789abcdef")
    @test PolyglotKernel.same_signature(bytes, copy(bytes))
    @test PolyglotKernel.same_signature(UInt8[], UInt8[])
    @test !PolyglotKernel.same_signature(bytes, bytes[1:8])
    @test all(at -> !PolyglotKernel.same_signature(bytes, flipped(bytes, at)), eachindex(bytes))
end

@testset "by OpenSSL, in $scheme" for scheme in keys(PolyglotKernel.DIGESTS)
    plain, fast = (PolyglotKernel.Signer(rand(UInt8, 32), scheme) for _ in 1:2)
    fast.inner, fast.outer = plain.inner, plain.outer
    PolyglotKernel.accelerate!(fast)
    @test (fast.openssl === nothing) == (PolyglotKernel.open_libcrypto() === nothing)
    for size in (0, 1, 1000, 2^20)
        parts = (rand(UInt8, size), Vector{UInt8}("end"))
        @test PolyglotKernel.sign(fast, parts) == PolyglotKernel.sign(plain, parts)
    end
    @test PolyglotKernel.load_openssl("no such digest") === nothing
end

@testset "OpenSSL that refuses or errs is not used" begin
    for openssl in ("no such digest", "MD5")
        digest = PolyglotKernel.DIGESTS["hmac-sha256"]
        signer = PolyglotKernel.Signer(rand(UInt8, 32), "hmac-sha256")
        signer.digest = PolyglotKernel.Digest(digest.context, digest.block, openssl)
        PolyglotKernel.accelerate!(signer)
        @test signer.openssl === nothing
    end
end
