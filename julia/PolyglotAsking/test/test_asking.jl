# Questions about Julia code: places in it, kinds of cells, completion, inspection, is_complete.

using PolyglotAsking
using Test

field(object, key) = object[findfirst(pair -> pair.first == key, object)].second

module Notebook
"says what it does"
documented(x; keyword = 1) = x
const value = [1, 2]
end

@testset "places count code points" begin
    code = "😀e\u0301 = x"
    for cursor in 0:length(code)
        stop = PolyglotAsking.byte_before(code, cursor)
        @test length(SubString(code, 1, stop)) == cursor
        @test PolyglotAsking.code_points_before(code, nextind(code, stop)) == cursor
    end
    @test PolyglotAsking.byte_before(code, -5) == 0
    @test PolyglotAsking.byte_before(code, 99) == lastindex(code)
    @test PolyglotAsking.byte_before("", 3) == 0
end

@testset "the enclosing call" begin
    call(code) = PolyglotAsking.enclosing_call(code, lastindex(code))
    @test call("f(") == ("f", "")
    @test call("f(a, g(b), (c") == ("f", "a, g(b), (c")
    @test call("a.b(é, ") == ("a.b", "é, ")
    @test call("f(a)") === nothing
    @test call("") === nothing
end

@testset "names at the cursor" begin
    @test PolyglotAsking.name_at("Base.sum(x)", 7) == "Base.sum"
    @test PolyglotAsking.name_at("Base.sum(x)", 2) == "Base"
    @test PolyglotAsking.name_at("@time f()", 3) == "@time"
    @test PolyglotAsking.name_at("αβ + 1", 1) == "αβ"
    @test PolyglotAsking.name_at("1 + 2", 3) == "+"
    @test PolyglotAsking.name_at("", 0) == ""
    @test PolyglotAsking.name_at("\0", 1) == ""
    @test PolyglotAsking.name_at("x\0y", 2) == "y"
end

@testset "only modules are looked into" begin
    @test something(PolyglotAsking.resolve(Notebook, "value")) == [1, 2]
    @test something(PolyglotAsking.resolve(Main, "Base.Iterators")) === Base.Iterators
    @test PolyglotAsking.resolve(Notebook, "value.x") === nothing
    @test PolyglotAsking.resolve(Notebook, "missing_name") === nothing
end

@testset "kinds of cells" begin
    @test cell_mode("1 + 1") isa JuliaCode
    @test cell_mode("") isa JuliaCode
    @test cell_mode("# ?no help") isa JuliaCode
    @test cell_mode("#= open") isa JuliaCode
    @test cell_mode("  ?sum ").question == "sum"
    @test cell_mode("# a\n#= b\n=#\n?sum").question == "sum"
    @test cell_mode(";ls\n;pwd").script == "ls\npwd"
    @test cell_mode("]add A\n\n# b\n] st").commands == ["add A", "st"]
    @test cell_mode("%%time\nx").name == "time"
    @test cell_mode("%\n") isa JuliaCode
end

@testset "completion" begin
    reply = complete(Notebook, "é = docum", 9)
    @test field(reply, "matches") == ["documented"]
    @test (field(reply, "cursor_start"), field(reply, "cursor_end")) == (4, 9)
    @test field(complete(Notebook, "documented(1; keyw", 18), "matches")[1] == "keyword="
    @test isempty(field(complete(Notebook, "", 0), "matches"))
end

@testset "inspection" begin
    reply = inspect(Notebook, "documented(1, ", 14, 0)
    @test field(reply, "found")
    @test occursin("says what it does", field(field(reply, "data"), "text/markdown"))
    @test !field(inspect(Notebook, "missing_name", 3, 0), "found")
end

@testset "is_complete" begin
    status(code) = field(is_complete(code), "status")
    @test status("f(x) = x") == "complete"
    @test status("f(x") == "incomplete"
    @test status("f)") == "invalid"
    @test field(is_complete("  if a\n    b\n  else"), "indent") == "      "
end
