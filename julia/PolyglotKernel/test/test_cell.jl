# The marker line, by the examples that the extension for JupyterLab and `polyglot-kernel colour` read too:
# `language` is the marker's, null where the default counts; `code` what is left for the executor.

using Test
using PolyglotKernel: parse_cell, position_in_code, position_in_source
using Vectors

@testset "$(case["what"]), default $default" for case in Vectors.load("cells.json"),
    default in ("python", "julia")

    cell = parse_cell(case["source"], default)
    @test cell.language == something(case["language"], default)
    @test !isempty(cell.problem) == get(case, "wrong", false)
    haskey(case, "code") && @test cell.code == case["code"]
end
