# Signatures of messages: HMAC ("The Wire Protocol" in messaging.rst).

"""
    Digest(context, block, openssl)

A digest of the SHA-2 family: the context of Julia's own, the size of its blocks in bytes, and its name
in OpenSSL.
"""
struct Digest
    context::DataType
    block::Int
    openssl::String
end

"The digest of each signature scheme."
const DIGESTS = Dict{String,Digest}(
    "hmac-sha224" => Digest(SHA.SHA2_224_CTX, 64, "SHA224"),
    "hmac-sha256" => Digest(SHA.SHA2_256_CTX, 64, "SHA256"),
    "hmac-sha384" => Digest(SHA.SHA2_384_CTX, 128, "SHA384"),
    "hmac-sha512" => Digest(SHA.SHA2_512_CTX, 128, "SHA512"),
)

"""
    Signer(key, scheme)

Signs with HMAC (RFC 2104). It is made of the digests that Julia carries compiled, because the SHA
library's own HMAC would have to be compiled before a kernel could say its first word; once it has,
[`accelerate!`](@ref) may find better ones.
"""
mutable struct Signer
    digest::Digest
    openssl::Union{Nothing,OpenSSL}
    inner::Vector{UInt8}        # the key, padded for the two passes; empty when nothing is signed
    outer::Vector{UInt8}
end

function Signer(key::Vector{UInt8}, scheme::String)
    digest = DIGESTS[scheme]
    isempty(key) && return Signer(digest, nothing, UInt8[], UInt8[])
    length(key) > digest.block && (key = digested(digest, (key,)))
    inner = fill(0x36, digest.block)
    outer = fill(0x5c, digest.block)
    for i in eachindex(key)
        inner[i] ⊻= key[i]
        outer[i] ⊻= key[i]
    end
    return Signer(digest, nothing, inner, outer)
end

"""
    accelerate!(signer)

Sign by OpenSSL from now on, if it is there and gives what Julia's digest gives.
"""
function accelerate!(signer::Signer)
    is_signing(signer) || return nothing
    openssl = load_openssl(signer.digest.openssl)
    trial = (signer.inner,)
    if openssl !== nothing && digested(openssl, trial) == digested(signer.digest, trial)
        signer.openssl = openssl
    end
    return nothing
end

is_signing(signer::Signer) = !isempty(signer.inner)

"""
    sign(signer, parts)

The signature of `parts` (byte vectors) as hexadecimal digits in ASCII; empty without a key.
"""
function sign(signer::Signer, parts)
    is_signing(signer) || return UInt8[]
    inner = digested(signer, (signer.inner, parts...))
    return hexadecimal(digested(signer, (signer.outer, inner)))
end

digested(signer::Signer, parts::Tuple) =
    digested(something(signer.openssl, signer.digest), parts)::Vector{UInt8}

function digested(digest::Digest, parts::Tuple)
    state = digest.context()
    for part in parts
        SHA.update!(state, part)
    end
    return SHA.digest!(state)::Vector{UInt8}
end

const HEX_DIGITS = Vector{UInt8}(codeunits("0123456789abcdef"))

function hexadecimal(bytes::Vector{UInt8})
    digits = Vector{UInt8}(undef, 2 * length(bytes))
    for i in eachindex(bytes)
        digits[2i - 1] = HEX_DIGITS[bytes[i] >> 4 + 1]
        digits[2i] = HEX_DIGITS[bytes[i] & 0x0f + 1]
    end
    return digits
end

"Whether two signatures are equal, in a time that does not tell where they differ."
function same_signature(a::Vector{UInt8}, b::Vector{UInt8})
    length(a) == length(b) || return false
    difference = 0x00
    for i in eachindex(a)
        difference |= a[i] ⊻ b[i]
    end
    return difference == 0x00
end
