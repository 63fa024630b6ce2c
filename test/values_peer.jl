# A Julia process with a codec, for tests: reads frames from stdin, and answers each on stdout.
# `echo` decodes and encodes a value; `make` evaluates code, keeps what it gives and sends it;
# `compare` says whether a value is what `make` gave; `give` evaluates code with `it`, the value sent.

pushfirst!(LOAD_PATH, joinpath(@__DIR__, "..", "julia", "facades"), joinpath(@__DIR__, "..", "julia"))
using PolyglotCommon: Frames
using PolyglotExecutor: Values
using Dates, LinearAlgebra, UUIDs

@enum Fruit apple = 1 pear = -7
struct Point
    x::Int16
    y::Float64
end
struct Segment
    from::Point
    to::Point
    weights::NTuple{3,Float32}
end

struct Peer
    codec::Values.Codec
    made::Base.RefValue{Any}
end

function handle(peer::Peer, header, buffers)
    codec = peer.codec
    foreach(fd -> Values.close_segment!(codec.lender, fd), header["segments"])
    op = header["op"]
    if op == "make"
        peer.made[] = Core.eval(Main, Meta.parse(header["code"]))
        return answer(peer, peer.made[])
    elseif op == "status"
        return answer(peer, (length(codec.lender.segments), length(codec.exports)))
    end
    value = Values.decode(codec, buffers, "value")
    op == "echo" && return answer(peer, value)
    if op == "compare"
        same = isequal(value, peer.made[])
        return answer(peer, (same, string(typeof(value)), string(typeof(peer.made[]))))
    end
    code = Meta.parse(header["code"])
    return answer(peer, Core.eval(Main, :(let it = $(QuoteNode(value)); $code; end)))
end

function answer(peer::Peer, value)
    encoded = Values.encode(peer.codec, value, "answer")
    return Dict("lent" => encoded.segments), encoded.buffers
end

failure(e) = Dict("error" => sprint(showerror, e)), Vector{UInt8}[]

Values.write_value(encoder::Values.Encoder, x::Values.Holding) =
    Values.write_foreign_reference(encoder, x.reference)

# For code that is evaluated here.
const CODEC = Ref{Values.Codec}()

function main()
    modes = isempty(ARGS) ? Values.SHARED_MODES : split(ARGS[1], ','; keepempty=false)
    lender = Values.Lender(String[modes...])
    peer = Peer(
        Values.Codec(Values.Exports(), lender, reference -> Values.Holding(reference, Values.Imports())),
        Ref{Any}(nothing),
    )
    CODEC[] = peer.codec
    decoder = Frames.Decoder()
    while !eof(stdin)
        append!(decoder, readavailable(stdin))
        while (frame = Frames.next!(decoder)) !== nothing
            header, buffers = try
                Base.invokelatest(handle, peer, frame.header, frame.buffers)
            catch e
                failure(e)
            end
            write(stdout, Frames.encode(header, buffers))
            flush(stdout)
        end
    end
end

main()
