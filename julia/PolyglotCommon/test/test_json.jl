# JSON against the vectors that Python's json module has made.

using Test
using PolyglotCommon: JSON
using Vectors: Vectors, input, tagged, untagged

const CASES = Vectors.load("json.json")

@testset "read: $(case["name"])" for case in CASES["accepted"]
    value = JSON.parse(input(case))
    @test tagged(value) == tagged(untagged(case["value"]))
    @test tagged(JSON.parse(JSON.json(value))) == tagged(value)
end

@testset "read: $(case["name"])" for case in CASES["long_accepted"]
    text = input(case)
    @test Vector{UInt8}(JSON.json(JSON.parse(text))) == text
end

@testset "refuse: $(case["name"])" for case in CASES["refused"]
    @test_throws JSON.ParseError JSON.parse(input(case))
end

@testset "write: $(case["name"])" for case in CASES["written"]
    @test Vector{UInt8}(JSON.json(untagged(case["value"]))) == input(case)
end

@testset "write and read: $(case["name"])" for case in CASES["written_and_read_back"]
    value = untagged(case["value"])
    @test tagged(JSON.parse(JSON.json(value))) == tagged(value)
end

@testset "a string gives the same as its bytes" begin
    @test JSON.parse("{\"a\":[1,\"é\"]}") == Dict("a" => [1, "é"])
    @test JSON.parse(SubString("x[1]", 2)) == [1]
    @test JSON.parse(codeunits("[1]")) == [1]
end

@testset "every prefix of a document is refused, and no byte of it reads out of bounds" begin
    document = codeunits("{\"a\":[1.5e3,true,null,\"\\ud83c\\udf89é\"],\"b\":-12}")
    for length in 0:(lastindex(document) - 1)
        @test_throws JSON.ParseError JSON.parse(document[1:length])
    end
end

@testset "an error says where" begin
    position(text) = try
        JSON.parse(text)
        0
    catch e
        e.position
    end
    @test position("[1,]") == 4
    @test position("{\"a\" 1}") == 6
    @test occursin("byte 4", sprint(showerror, JSON.ParseError("a value is missing", 4)))
end

@testset "numbers beyond Float64 are infinite, as in Python" begin
    @test JSON.parse("[1e400,-1e400]") == [Inf, -Inf]
end

@testset "what Julia has and JSON has not" begin
    @test JSON.json(NaN) == JSON.json(Inf) == JSON.json(-Inf) == JSON.json(missing) == "null"
    @test JSON.json((a=1, b=(:c, 'd'))) == "{\"a\":1,\"b\":[\"c\",\"d\"]}"
    @test JSON.json(Dict(:a => 0x01)) == "{\"a\":1}"
    @test JSON.json(big(2)^70) == "1180591620717411303424"
    @test JSON.json(UInt64(2)^63) == "9223372036854775808"
    @test JSON.parse(JSON.json(1//2)) == 0.5
    @test JSON.parse(JSON.json(0.1f0)) == Float64(0.1f0)
    @test JSON.json(SubString("abc", 2)) == "\"bc\""
    @test JSON.json(JSON.Raw("{\"ready\":1}")) == "{\"ready\":1}"
    @test JSON.json(Any[JSON.Raw(Vector{UInt8}("[]")), 1]) == "[[],1]"
    @test_throws ArgumentError JSON.json(sum)
end

@testset "bytes that are not UTF-8 are written as U+FFFD" begin
    @test JSON.parse(JSON.json(String(UInt8[0x61, 0xff, 0x62]))) == "a\ufffdb"
    @test JSON.parse(JSON.json(String(UInt8[0xe2, 0x82]))) |> isvalid
end

@testset "integers that Python would refuse are refused" begin
    @test JSON.parse("9"^JSON.MAX_DIGITS) == parse(BigInt, "9"^JSON.MAX_DIGITS)
    @test_throws JSON.ParseError JSON.parse("9"^(JSON.MAX_DIGITS + 1))
    @test_throws JSON.ParseError JSON.parse("[-" * "9"^5_000_000 * "]")
end

@testset "what is read at a level may stand so deep in something else" begin
    nested(depth) = Vector{UInt8}("["^depth * "]"^depth)
    @test JSON.parse(nested(JSON.MAX_DEPTH)) isa Vector
    @test JSON.parse(nested(JSON.MAX_DEPTH - 4), 4) isa Vector
    @test_throws JSON.ParseError JSON.parse(nested(JSON.MAX_DEPTH - 3), 4)
end
