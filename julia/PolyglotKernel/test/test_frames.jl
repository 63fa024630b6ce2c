# Frames against the vectors that Python's tests read too (test/test_frames.py says what they hold).

using Test
using PolyglotKernel: Frames

include("vectors.jl")

"The frames in `bytes`, which arrive in pieces of `chunk` bytes."
function decode(bytes, chunk)
    decoder = Frames.Decoder()
    frames = Frames.Frame[]
    for start in 1:chunk:length(bytes)
        append!(decoder, bytes[start:min(end, start + chunk - 1)])
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

@testset "valid: $(case["name"])" for case in CASES["valid"], chunk in CHUNKS
    frames, rest = decode(hex2bytes(case["bytes"]), chunk)
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
