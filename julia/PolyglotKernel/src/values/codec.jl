"""
    Codec(exports, lender, make_proxy)

Values to buffers of frames and back, for one other language. `make_proxy(reference)` gives what
stands for an object of the other side.
"""
struct Codec
    exports::Exports
    lender::Lender
    borrower::Borrower
    structs::Dict{String,Type}
    make_proxy::Function
end

function Codec(exports::Exports, lender::Lender, make_proxy::Function)
    return Codec(exports, lender, Borrower(), Dict{String,Type}(), make_proxy)
end

"A value as a frame carries it, and the segments that stay open until the other side has mapped them."
struct Encoded
    buffers::Vector{Vector{UInt8}}
    segments::Vector{Int}
end

"""
    encode(codec, value, name = "the value")

The buffers for `value`. Throws [`ConversionError`](@ref), in which `name` is what the value is
called. Nothing is left behind then: the value crosses whole or not at all.
"""
function encode(codec::Codec, @nospecialize(value), name::String="the value")
    encoder = Encoder(codec)
    try
        Base.invokelatest(write_named, encoder, name, value)
    catch
        abandon!(encoder)
        rethrow()
    end
    return finish(encoder)
end

"The buffers for a tuple of values that have a name each. Throws [`ConversionError`](@ref)."
function encode_parts(codec::Codec, parts::Vector{Pair{String,Any}})
    encoder = Encoder(codec)
    write_tag(encoder, TUPLE)
    write_count(encoder, length(parts))
    try
        for (name, value) in parts
            Base.invokelatest(write_named, encoder, name, value)
        end
    catch
        abandon!(encoder)
        rethrow()
    end
    return finish(encoder)
end

"The buffers for a reference to `value`, whatever it is."
function encode_reference(codec::Codec, @nospecialize(value))
    encoder = Encoder(codec)
    write_reference(encoder, value)
    return finish(encoder)
end

Encoder(codec::Codec) = Encoder(codec.exports, codec.lender, codec.structs)

function write_named(encoder::Encoder, name::String, @nospecialize(value))
    try
        write_value(encoder, value)
    catch e
        e isa ConversionError && (e.name = name)
        rethrow()
    end
    return nothing
end

function finish(encoder::Encoder)
    return Encoded(pushfirst!(encoder.buffers, take!(encoder.io)), encoder.segments)
end

"""
    decode(codec, buffers)

The value, and the segments of the sender's that it may close now.
"""
function decode(codec::Codec, buffers::Vector{Vector{UInt8}})
    decoder = Decoder(
        buffers[1], 1, buffers, Int[], codec.exports, codec.borrower, codec.structs, codec.make_proxy
    )
    value = read_value(decoder)
    return value, decoder.segments
end
