# Digests by OpenSSL where the system has it: with the processor's own instructions, several times as
# fast as Julia's. Nothing depends on it.

const LIBCRYPTO = Sys.islinux() ? ["libcrypto.so.3", "libcrypto.so.1.1"] : String[]

"An algorithm of OpenSSL's, the functions by which it is used, and one context for all uses."
struct OpenSSL
    algorithm::Ptr{Cvoid}
    context::Ptr{Cvoid}
    init::Ptr{Cvoid}
    update::Ptr{Cvoid}
    final::Ptr{Cvoid}
end

"""
    load_openssl(name)

The digest algorithm that OpenSSL calls `name`, `nothing` where it cannot be had.
"""
function load_openssl(name::String)
    handle = open_libcrypto()
    handle === nothing && return nothing
    symbol(function_name::Symbol) = Libdl.dlsym(handle, function_name)
    algorithm = ccall(symbol(:EVP_get_digestbyname), Ptr{Cvoid}, (Cstring,), name)
    algorithm == C_NULL && return nothing
    context = ccall(symbol(:EVP_MD_CTX_new), Ptr{Cvoid}, ())
    return OpenSSL(
        algorithm, context, symbol(:EVP_DigestInit_ex), symbol(:EVP_DigestUpdate),
        symbol(:EVP_DigestFinal_ex),
    )
end

function open_libcrypto()
    for name in LIBCRYPTO
        handle = Libdl.dlopen(name; throw_error=false)
        handle === nothing || return handle
    end
    return nothing
end

"The digest of `parts` (byte vectors), `nothing` where OpenSSL refuses (an algorithm that is forbidden)."
function digested(openssl::OpenSSL, parts::Tuple)
    context = openssl.context
    good = ccall(
        openssl.init, Cint, (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), context, openssl.algorithm, C_NULL
    ) == 1
    for part in parts
        good &= ccall(
            openssl.update, Cint, (Ptr{Cvoid}, Ptr{UInt8}, Csize_t), context, part, length(part)
        ) == 1
    end
    digest = Vector{UInt8}(undef, 64)
    size = Ref{Cuint}(0)
    good &= ccall(
        openssl.final, Cint, (Ptr{Cvoid}, Ptr{UInt8}, Ref{Cuint}), context, digest, size
    ) == 1
    return good ? resize!(digest, size[]) : nothing
end
