# What is said of a cell's code before it runs.

using Test
using PolyglotExecutor: PolyglotExecutor, ends_with_semicolon, parse_cell

@testset "a semicolon at the end hides the value" begin
    for code in ("1;", "1; ", "1;\n", "1; # why", "f(x);\n# a comment; more\n", "\"a;\";", "x = 1; ;")
        @test ends_with_semicolon(code)
    end
    for code in ("1", "\";\"", "1 # ;", "#= ; =# 1", "[1; 2]", "f(; a)", "';'", "r\"a;\"", "")
        @test !ends_with_semicolon(code)
    end
end

@testset "every top-level expression, with its line" begin
    tree = parse_cell("a = 1\n\nb = 2", "In[1]")
    @test tree.head === :toplevel
    places = filter(item -> item isa LineNumberNode, tree.args)
    @test [place.line for place in places] == [1, 3]
    @test all(place -> place.file === Symbol("In[1]"), places)
end

@testset "what is no Julia is told before anything runs: $code" for code in ("1 +", "f(", "a b", ")")
    @test_throws Exception parse_cell("x = 1\n" * code, "In[1]")
end
