# Every `test_*.jl` of this folder, each in a module of its own.

using Test

@testset "PolyglotKernel" begin
    @testset "$file" for file in sort(filter(startswith("test_"), readdir(@__DIR__)))
        name = Symbol(first(splitext(file)))
        Core.eval(Main, Expr(:toplevel, :(module $name
            include($(joinpath(@__DIR__, file)))
        end)))
    end
end
