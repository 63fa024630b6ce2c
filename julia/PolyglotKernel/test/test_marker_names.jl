# The marker's line: where the names of an option end, however long they are.

using Test
using PolyglotKernel: names_at, parse_cell

names(text) = names_at(SubString(text), 1)

@testset "names with commas between them" begin
    @test names("a") == "a"
    @test names("a,b c") == "a,b"
    @test names("a , b\t,c d,e") == "a , b\t,c"
    @test names("é=π,𝒳 x") == "é=π,𝒳"
    @test names("a,") == "a,"
    @test names("a, ") == "a, "
    @test names(",a") == ",a"
    @test names("a b") == "a"
    @test names("a\u00a0b") == "a"
    @test names("") == ""
    @test names_at(SubString("-i é"), 4) == "é"
    @test names_at(SubString("-i"), 3) == ""
end

@testset "as many as one likes" begin
    many = join(("x$i" for i in 1:100_000), ',')
    cell = parse_cell("%julia -i $many\n1", "python")
    @test length(cell.inputs) == 100_000
    @test cell.code == "\n1"
    @test !isempty(parse_cell("%julia -i " * ","^100_000, "python").problem)
end
