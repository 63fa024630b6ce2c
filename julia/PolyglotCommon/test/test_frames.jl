# Frames against the vectors that Python's tests read too (test/test_frames.py says what they hold).

using Test
using PolyglotCommon: Frames
using Vectors: Vectors

"""
The frames in `bytes`, which arrive in pieces of `chunk` bytes; with `in_place`, what a frame that has
begun lacks is read to where it stays.
"""
function decode(bytes, chunk; in_place=false)
    decoder = Frames.Decoder()
    frames = Frames.Frame[]
    source = IOBuffer(bytes)
    while !eof(source)
        if in_place && decoder.lacking > 0
            Frames.read_into!(decoder) do place, most
                piece = read(source, min(chunk, most))
                unsafe_copyto!(place, pointer(piece), length(piece))
                length(piece)
            end
        else
            append!(decoder, read(source, chunk))
        end
        while true
            frame = Frames.next!(decoder)
            frame === nothing && break
            push!(frames, frame)
        end
    end
    return frames, Frames.pending(decoder)
end

described(frame) = Dict{String,Any}(
    "header" => frame.header,
    "buffers" => Any[bytes2hex(buffer) for buffer in frame.buffers],
    "marks" => Int(frame.marks),
)

const CASES = Vectors.load("frames.json")
const CHUNKS = (1, 7, 2^20)

@testset "valid: $(case["name"])" for case in CASES["valid"], chunk in CHUNKS, in_place in (false, true)
    frames, rest = decode(hex2bytes(case["bytes"]), chunk; in_place=in_place)
    @test map(described, frames) == case["frames"]
    @test rest == 0
end

@testset "broken: $(case["name"])" for case in CASES["broken"], chunk in CHUNKS
    error = try
        decode(hex2bytes(case["bytes"]), chunk)
        nothing
    catch e
        e
    end
    @test error isa Frames.FrameError
    @test occursin(case["error"], sprint(showerror, error))
end

@testset "incomplete: $(case["name"])" for case in CASES["incomplete"], chunk in CHUNKS
    _, rest = decode(hex2bytes(case["bytes"]), chunk)
    @test rest > 0
end

@testset "encoded: $(case["name"])" for case in CASES["valid"]
    bytes = UInt8[]
    for frame in case["frames"]
        buffers = map(hex2bytes, frame["buffers"])
        append!(bytes, Frames.encode(frame["header"], buffers; marks=frame["marks"]))
    end
    frames, _ = decode(bytes, 2^20)
    @test map(described, frames) == case["frames"]
end

@testset "nothing comes" begin
    decoder = Frames.Decoder()
    bytes = Frames.encode(Dict{String,Any}("type" => "x"), (rand(UInt8, 100),))
    append!(decoder, bytes[1:40])
    @test Frames.next!(decoder) === nothing
    @test decoder.lacking == length(bytes) - 40
    for result in (-1, 0)
        @test Frames.read_into!((place, most) -> result, decoder) == result
        @test Frames.pending(decoder) == 40
        @test decoder.lacking == length(bytes) - 40
    end
    append!(decoder, bytes[41:end])
    @test Frames.next!(decoder).buffers == [bytes[(end - 99):end]]
end

@testset "a frame that announces more than there is memory for takes no more than what comes" begin
    decoder = Frames.Decoder()
    sizes = reinterpret(UInt8, [htol(UInt64(60 * 2^30))])
    append!(decoder, vcat(Frames.MAGIC, zeros(UInt8, 4), UInt8[2, 0, 0, 0, 1, 0, 0, 0], sizes))
    @test Frames.next!(decoder) === nothing
    asked = Int[]
    Frames.read_into!((place, most) -> (push!(asked, most); -1), decoder)
    @test only(asked) <= Frames.READ_AHEAD
    @test length(decoder.bytes) < 100
end

@testset "memory that was given back holds the next large buffer" begin
    decoder = Frames.Decoder()
    header = Dict("type" => "stream")
    sent = [fill(UInt8(i), 2^16 + 1000 * (4 - i)) for i in 1:3]
    got = map(sent) do buffer
        frame = Frames.next!(append!(decoder, Frames.encode(header, (buffer,))))
        @test frame.buffers == [buffer]
        Frames.recycle!(decoder, frame.buffers[1])
        frame.buffers[1]
    end
    @test got[2] === got[3] === got[1]
    small = Frames.next!(append!(decoder, Frames.encode(header, (UInt8[1, 2],)))).buffers[1]
    @test small == [1, 2] && small !== got[1]
end

@testset "what nobody gave back stays as it is" begin
    decoder = Frames.Decoder()
    header = Dict("type" => "publish")
    first, second = (fill(UInt8(i), 2^17) for i in 1:2)
    kept = Frames.next!(append!(decoder, Frames.encode(header, (first,)))).buffers[1]
    Frames.next!(append!(decoder, Frames.encode(header, (second,))))
    @test kept == first
end
