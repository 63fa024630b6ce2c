# Digests by OpenSSL where the system has it: with the processor's own instructions, several times as
# fast as Julia's. That is felt with messages of megabytes; nothing depends on it.

const LIBCRYPTO = Sys.islinux() ? ["libcrypto.so.3", "libcrypto.so.1.1"] : String[]

"""
    openssl_digest(name, parts)

The digest of `parts` (byte vectors) by the algorithm that OpenSSL calls `name`, `nothing` where it
cannot be had.
"""
function openssl_digest(name::String, parts::Tuple)
    handle = open_libcrypto()
    handle === nothing && return nothing
    symbol(function_name::Symbol) = Libdl.dlsym(handle, function_name)
    algorithm = ccall(symbol(:EVP_get_digestbyname), Ptr{Cvoid}, (Cstring,), name)
    context = ccall(symbol(:EVP_MD_CTX_new), Ptr{Cvoid}, ())
    digest = Vector{UInt8}(undef, 64)
    size = Ref{Cuint}(0)
    good = ccall(
        symbol(:EVP_DigestInit_ex), Cint, (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), context, algorithm, C_NULL
    ) == 1
    update = symbol(:EVP_DigestUpdate)
    for part in parts
        good &= ccall(update, Cint, (Ptr{Cvoid}, Ptr{UInt8}, Csize_t), context, part, length(part)) == 1
    end
    good &= ccall(
        symbol(:EVP_DigestFinal_ex), Cint, (Ptr{Cvoid}, Ptr{UInt8}, Ref{Cuint}), context, digest, size
    ) == 1
    ccall(symbol(:EVP_MD_CTX_free), Cvoid, (Ptr{Cvoid},), context)
    return good ? resize!(digest, size[]) : nothing
end

function open_libcrypto()
    for name in LIBCRYPTO
        handle = Libdl.dlopen(name; throw_error=false)
        handle === nothing || return handle
    end
    return nothing
end
