# Memory that is written to again and again.

using Test
using PolyglotCommon: ByteWriter, JSON, PolyglotCommon, take_written!

@testset "what was written comes out, each time" begin
    writer = ByteWriter()
    @test isempty(writer)
    for text in ("a", "", "é"^100, "x")
        write(writer, text)
        write(writer, UInt8('!'))
        @test length(writer) == sizeof(text) + 1
        @test String(copy(take_written!(writer))) == text * "!"
        @test isempty(writer)
    end
end

@testset "the memory stays, unless it is much" begin
    writer = ByteWriter()
    write(writer, zeros(UInt8, 1000))
    kept = take_written!(writer)
    write(writer, "x")
    @test take_written!(writer) === kept
    write(writer, zeros(UInt8, PolyglotCommon.KEPT_MEMORY + 1))
    much = take_written!(writer)
    @test length(much) == PolyglotCommon.KEPT_MEMORY + 1
    write(writer, "x")
    @test take_written!(writer) !== much
end

@testset "text is escaped into it" begin
    for text in ("", "a\"\\\n\t\u7f", "é\u2028", "x"^99 * "\n", "\xff")
        writer = ByteWriter()
        JSON.write_escaped(writer, codeunits(text), 1, ncodeunits(text))
        io = IOBuffer()
        JSON.write_escaped(io, codeunits(text), 1, ncodeunits(text))
        @test take_written!(writer) == take!(io)
    end
end
