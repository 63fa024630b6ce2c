# The unit tests of all packages: every `test_*.jl` of each, in a module of its own. With arguments, of the
# packages that they name.

packages = dirname(@__DIR__)
# The last one is for `using Vectors`.
pushfirst!(LOAD_PATH, joinpath(packages, "facades"), packages, @__DIR__)

using Test

tests_of(package) = joinpath(packages, package, "test")
is_tested(package) = isdir(tests_of(package)) && (isempty(ARGS) || package in ARGS)

@testset "$package" for package in filter(is_tested, readdir(packages))
    folder = tests_of(package)
    @testset "$file" for file in sort(filter(startswith("test_"), readdir(folder)))
        name = Symbol(package, '_', first(splitext(file)))
        Core.eval(Main, Expr(:toplevel, :(module $name
            include($(joinpath(folder, file)))
        end)))
    end
end
