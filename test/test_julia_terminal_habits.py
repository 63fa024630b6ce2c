"""What Julia writes for terminals, and what its users know from one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor, plain


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


@pytest.mark.parametrize(
    "shown",
    ["showerror(stderr, e, catch_backtrace())", '@error "" exception=(e, catch_backtrace())'],
)
def test_what_a_cell_prints_of_an_error_has_no_frames_of_the_kernel(
    julia: PipedExecutor, shown: str
) -> None:
    text = plain(julia.run(f'try; error("known"); catch e; {shown}; end').stderr)
    assert "known" in text and "top-level scope" in text
    assert "attempt" not in text and "PolyglotExecutor" not in text


def test_links_reach_no_front_end(julia: PipedExecutor) -> None:
    link = r"\e]8;;https://example.org\e\\name\e]8;;\e\\"
    assert julia.run(f'print("{link}")').stdout == "name"
    julia.run(f'struct L end; Base.show(io::IO, ::MIME"text/plain", ::L) = print(io, "{link}");')
    assert julia.run("L()").result == "name"


def test_the_value_of_an_error_is_plain_text(julia: PipedExecutor) -> None:
    link = r"\e]8;;file:///a.jl#2:4\e\\a.jl\e]8;;\e\\"
    error = julia.run(f'error("in {link}: \\e[91m\\e[1mbad\\e[22m\\e[39m")').error
    assert error["evalue"] == "in a.jl: bad"
    traceback = "\n".join(error["traceback"])
    assert "]8;" not in traceback and "\x1b[91m\x1b[1mbad" in traceback


def test_only_text_is_coloured(julia: PipedExecutor) -> None:
    code = """
    struct Painted end
    for T in (MIME"text/plain", MIME"text/html")
        @eval Base.show(io::IO, ::$T, ::Painted) = printstyled(io, "p"; color=:red)
    end
    display(Painted())
    """
    (shown,) = julia.run(code).displays
    assert shown["text/html"] == "p" and shown["text/plain"] != "p"


def test_the_text_of_an_error_is_bounded(julia: PipedExecutor) -> None:
    error = julia.run("Dict()[rand(1000, 1000)]").error
    assert len(error["evalue"]) < 10_000 and len("".join(error["traceback"])) < 40_000
    error = julia.run('error("x"^100_000)').error
    assert "characters are left out" in error["evalue"]


def test_long_types_are_abbreviated_in_traces(julia: PipedExecutor) -> None:
    if julia.run('VERSION < v"1.10"').result == "true":
        pytest.skip("Julia abbreviates them from 1.10 on")
    julia.run("fails(x) = error(); deep = 1; for i in 1:12; global deep = (deep, deep); end")
    trace = julia.run("fails(deep)").error["traceback"]
    assert max(map(len, trace)) < 2_000


def test_no_number_in_columns(julia: PipedExecutor) -> None:
    cell = julia.run('ENV["COLUMNS"] = ""; [1 2]')
    assert cell.error is None and "1  2" in cell.result
    julia.run('ENV["COLUMNS"] = "80"')


def test_the_folder_before(julia: PipedExecutor) -> None:
    before = julia.run("pwd()").result
    julia.run(";cd /")
    assert julia.run("pwd()").result == '"/"'
    julia.run(";cd -")
    assert julia.run("pwd()").result == before


def test_records_that_julia_debug_names(julia: PipedExecutor) -> None:
    assert julia.run('@debug "hidden"').stderr == ""
    cell = julia.run('ENV["JULIA_DEBUG"] = "Main"; @debug "seen"')
    assert "seen" in cell.stderr
    julia.run('delete!(ENV, "JULIA_DEBUG");')


def test_clear_output_takes_a_place(julia: PipedExecutor) -> None:
    (cleared,) = julia.run("Polyglot.clear_output(true)").messages("clear_output")
    assert cleared["content"] == {"wait": True}


def test_packages_are_loaded_where_our_streams_are_known(julia: PipedExecutor) -> None:
    code = """
    !isdefined(Base, :_require_world_age) ||
        Base.invoke_in_world(Base._require_world_age[], hasmethod, write, Tuple{typeof(stdout),UInt8}) &&
        which(write, Tuple{typeof(stdout),UInt8}).primary_world <= Base._require_world_age[]
    """
    assert julia.run(code).result == "true"
