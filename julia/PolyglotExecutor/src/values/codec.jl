"""
    Codec(exports, lender, make_proxy)

Values to buffers of frames and back, for one other language. `make_proxy(reference)` gives what
stands for an object of the other side.
"""
struct Codec
    exports::Exports
    lender::Lender
    borrower::Borrower
    shares::Shares
    files::Shares   # those that are mapped, which are no memory
    structs::Dict{String,Type}
    make_proxy::Function
end

function Codec(exports::Exports, lender::Lender, make_proxy::Function)
    borrower = Borrower()
    files = Shares(Borrower(Threads.Atomic{Int}(0), typemax(Int)))
    return Codec(exports, lender, borrower, Shares(borrower), files, Dict{String,Type}(), make_proxy)
end

"""
A value as a frame carries it; `segments` stay open until the other side has mapped them, `lent` are
the objects that it refers to, and `losses` what the other side's types do not hold of it.
"""
struct Encoded
    buffers::Vector{Vector{UInt8}}
    segments::Vector{Int}
    lent::Vector{Int}
    losses::Vector{String}
end

"""
    encode(codec, value, name = "the value", segments = Int[])

The buffers for `value`. Throws [`ConversionError`](@ref), in which `name` is what the value is
called. Nothing is left behind then: the value crosses whole or not at all. In `segments` stands what is
to be closed when it has crossed, from the moment on when it is there.
"""
function encode(
    codec::Codec, @nospecialize(value), name::String="the value", segments::Vector{Int}=Int[]
)
    encoder = Encoder(codec, segments)
    return write_whole(codec, encoder, Pair{String,Any}[name => value])
end

"The buffers for a tuple of values that have a name each. Throws [`ConversionError`](@ref)."
function encode_parts(codec::Codec, parts::Vector{Pair{String,Any}}, segments::Vector{Int}=Int[])
    encoder = Encoder(codec, segments)
    write_tag(encoder, TUPLE)
    write_count(encoder, length(parts))
    return write_whole(codec, encoder, parts)
end

function write_whole(codec::Codec, encoder::Encoder, parts::Vector{Pair{String,Any}})
    try
        for (name, value) in parts
            Base.invokelatest(write_named, encoder, name, value)
        end
        return finish(encoder)
    catch
        abandon!(codec, encoder)
        rethrow()
    end
end

"Let go of everything that was written: it will not be sent."
function abandon!(codec::Codec, encoder::Encoder)
    close_segments!(codec.lender, encoder.segments)
    for number in encoder.lent
        release!(codec.exports, codec.exports.generation, number, 1)
    end
    return nothing
end

"The buffers for a reference to `value`, whatever it is."
function encode_reference(codec::Codec, @nospecialize(value))
    encoder = Encoder(codec)
    write_reference(encoder, value)
    return finish(encoder)
end

Encoder(codec::Codec, segments::Vector{Int}=Int[]) =
    Encoder(codec.exports, codec.lender, codec.shares, codec.structs, segments)

function write_named(encoder::Encoder, name::String, @nospecialize(value))
    try
        write_value(encoder, value)
    catch e
        e isa NoRoomError && throw(no_room_for(name, value, e))
        e isa ConversionError && (e.name = name)
        rethrow()
    end
    return nothing
end

function no_room_for(name::String, @nospecialize(value), e::NoRoomError)
    told = ConversionError(e.message, type_name(value))
    told.name = name
    return told
end

function finish(encoder::Encoder)
    buffers = pushfirst!(encoder.buffers, take!(encoder.io))
    return Encoded(buffers, encoder.segments, encoder.lent, encoder.losses)
end

"""
    decode(codec, buffers, name = "the value")

The value. Throws [`ConversionError`](@ref), in which `name` is what the value is called. Either way the
sender can close its segments.
"""
decode(codec::Codec, buffers::Vector{Vector{UInt8}}, name::String="the value") =
    read_named(Decoder(codec, buffers), name)

"""
    decode_parts(names_of, codec, buffers)

The values that `encode_parts` wrote; `names_of(count)` says what they are called. Throws
[`ConversionError`](@ref).
"""
function decode_parts(names_of, codec::Codec, buffers::Vector{Vector{UInt8}})
    decoder = Decoder(codec, buffers)
    read_byte(decoder) == TUPLE || throw(corrupt("the values of a call are no tuple"))
    return Any[read_named(decoder, name) for name in names_of(read_count(decoder))]
end

function Decoder(codec::Codec, buffers::Vector{Vector{UInt8}})
    return Decoder(
        buffers[1], 1, buffers, codec.exports, codec.borrower, codec.shares, codec.files,
        codec.structs, codec.make_proxy,
    )
end

function read_named(decoder::Decoder, name::String)
    try
        return read_value(decoder)
    catch e
        e isa ConversionError && (e.name = name)
        rethrow()
    end
end
