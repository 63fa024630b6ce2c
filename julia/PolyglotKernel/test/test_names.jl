# A constant or a method that a second file defines again replaces the first, in all files: Julia says so while
# it compiles, where nobody looks (of constants until 1.11).

using Test

packages = dirname(dirname(@__DIR__))
path = join((joinpath(packages, "facades"), packages, ""), Sys.iswindows() ? ';' : ':')

@testset "$package defines no name twice" for package in ("PolyglotKernel", "PolyglotExecutor")
    said = IOBuffer()
    code = "using $package"
    julia = `$(Base.julia_cmd()) --startup-file=no --warn-overwrite=yes --compiled-modules=no -e $code`
    run(pipeline(setenv(julia, merge(Dict(ENV), Dict("JULIA_LOAD_PATH" => path))); stderr=said))
    @test String(take!(said)) == ""
end

"Whether `code` has a docstring for `const a, b = …`, of which Julia 1.13 does not know whose it is."
is_ambiguous(code) = any(is_ambiguous, arguments(code)) || (is(code, :macrocall) && names_two(last(code.args)))

is(code, head::Symbol) = code isa Expr && code.head === head
arguments(code) = code isa Expr ? code.args : ()
names_two(code) = is(code, :const) ? names_two(code.args[1]) : is(code, :(=)) && is(code.args[1], :tuple)

sources(folder) =
    [joinpath(place, file) for (place, _, files) in walkdir(folder) for file in files if endswith(file, ".jl")]
parsed(file) = Meta.parse("begin\n" * read(file, String) * "\nend")

@testset "no docstring has two names" begin
    @test is_ambiguous(Meta.parse("\"a\"\nconst a, b = 1, 2"))
    @test filter(is_ambiguous ∘ parsed, sources(packages)) == String[]
end
