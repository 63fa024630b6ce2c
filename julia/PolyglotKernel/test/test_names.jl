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
