# Values to buffers and back, within one process. What the types become in Python: test/test_values_*.py.

using Dates, Test, UUIDs
using PolyglotExecutor: Values
using Vectors: Vectors

codec() = Values.Codec(Values.Exports(), Values.Lender(), identity)

function there_and_back(value)
    both = codec()
    encoded = Values.encode(both, value)
    back = Values.decode(both, encoded.buffers, "value")
    Values.close_segments!(both.lender, encoded.segments)
    return back
end

@testset "comes back equal, of the same type: $(repr(value))" for value in (
    nothing, true, 1, typemin(Int), big(10)^30, 1.5, NaN, -0.0, "", "é😀", 1 + 2im, 3 // 4,
    (1, "a"), (), Any[1, "a", nothing], [1.5, 2.5], Int8[1 2; 3 4], Date(2026, 11, 29),
    UUID(1),
)
    back = there_and_back(value)
    @test isequal(back, value)
    @test typeof(back) == typeof(value)
end

@testset "comes back as what Python has instead" begin
    @test there_and_back(:name) == "name"
    @test there_and_back('x') == "x"
end

@testset "a large array travels by shared memory, and leaves none behind" begin
    both = codec()
    array = collect(1.0:100_000.0)
    encoded = Values.encode(both, array)
    @test !isempty(encoded.segments)
    back = Values.decode(both, encoded.buffers, "array")
    @test back == array
    Values.close_segments!(both.lender, encoded.segments)
    @test isempty(both.lender.segments)
end

@testset "texts that come again are made once, also where some are new" begin
    texts = [i % 3 == 0 ? "new $i" : "often, and longer $(i % 10)" for i in 1:30_000]
    for values in (texts, Vector{Any}(texts))
        back = there_and_back(values)
        @test back == values && typeof(back) == typeof(values)
        @test pointer(back[1]) == pointer(back[31])
    end
    long = ["x"^(60 + i % 10) for i in 1:5000]
    @test there_and_back(long) == long
end

@testset "the garbage collector is on again, if it was" begin
    is_on() = (on = GC.enable(false); GC.enable(on); on)
    make() = is_on()
    @test !Values.uncollected(make, 10^6) && is_on()
    @test Values.uncollected(make, 10) && Values.uncollected(make, typemax(Int))
    @test_throws ErrorException Values.uncollected(() -> error("failed"), 10^6)
    @test is_on()
    GC.enable(false)
    Values.uncollected(make, 10^6)
    stayed_off = !is_on()
    GC.enable(true)
    @test stayed_off
end

@testset "what cannot cross names its place" begin
    bad = (a=1, b=Any[1, String([0xff])])
    problem = try
        Values.encode(codec(), bad, "bad")
        ""
    catch e
        sprint(showerror, e)
    end
    @test occursin("bad.b[2] (String)", problem)
end

# As in test/test_value_vectors.py, which says what the cases hold.
@testset "packed values: $(case["name"])" for case in Vectors.load("values.json")
    packed, plain = hex2bytes(case["packed"]), hex2bytes(case["plain"])
    value = Values.decode(codec(), [packed])
    expected = Values.decode(codec(), [plain])
    @test isequal(value, expected)
    @test typeof(value) == typeof(expected)
    value isa Vector && @test map(typeof, value) == map(typeof, expected)
    case["written"] && @test Values.encode(codec(), expected).buffers[1] == packed
    @testset "cut at $size" for size in 3:(length(packed) - 1)
        @test_throws Union{Values.ConversionError,BoundsError} Values.decode(codec(), [packed[1:size]])
    end
end
