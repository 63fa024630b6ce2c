"""Completion, inspection and is_complete in Julia."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor, plain

NAMES = """
struct Point; abscissa::Int; ordinate end
point = Point(1, 2)
keys_of = Dict("first key" => 1, "second" => 2)
"the doc of scale"
scale(x; factor = 2, offset = 0) = factor * x + offset
scale(x::String) = x
αβγ = 1
"""


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    home = tmp_path_factory.mktemp("home")
    (home / "a_folder").mkdir()
    with julia_executor(home) as executor:
        executor.run(NAMES)
        yield executor


def complete(julia: PipedExecutor, code: str, cursor: int | None = None) -> dict:
    reply = julia.ask("complete", code=code, cursor_pos=len(code) if cursor is None else cursor)
    assert reply["status"] == "ok"
    return reply


@pytest.mark.parametrize(
    ("code", "found", "start"),
    [
        ("printl", "println", 0),
        ("x = printl", "println", 4),
        ("point.abs", "abscissa", 6),
        ("Base.Iterators.cyc", "cycle", 15),
        ('keys_of["fi', '"first key"]', 8),
        ('read("a_fol', "a_folder/", 6),
        ("using LinearAl", "LinearAlgebra", 6),
        ("import Base: printl", "println", 13),
        ("using LinearAlgebra: eigv", "eigvals", 21),
        ("using LinearAlgebra: dot, eigv", "eigvals", 26),
        ("x = 1; import Base.Threads: nthr", "nthreads", 28),
        ("using .Polyglot: Com", "Comm", 17),
        ("]ad", "add", 1),
        ("# packages\n] sta", "status", 13),
        ("]st\ninst", "instantiate", 4),
        ("\\alp", "\\alpha", 0),
        ("x + \\alpha", "α", 4),
        ("\\:smile_c", "\\:smile_cat:", 0),
        ("scale(3; fac", "factor=", 9),
        ("scale(3, off", "offset=", 9),
        ("scale(", "scale(x; factor, offset)", 0),
        ("αβ", "αβγ", 0),
        ("@elaps", "@elapsed", 0),
        ("function f() en", "end", 13),
        ('😀 = "e\u0301"; printl', "println", 10),
        ("?printl", "println", 1),
        (";ls a_fol", "a_folder/", 4),
    ],
)
def test_completion(julia: PipedExecutor, code: str, found: str, start: int) -> None:
    reply = complete(julia, code)
    assert found in reply["matches"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (start, len(code))


def test_completion_in_the_middle_and_out_of_range(julia: PipedExecutor) -> None:
    reply = complete(julia, "αβγ + printl(1)", 12)
    assert reply["matches"] == ["println"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (6, 12)
    assert complete(julia, "printl", 99)["matches"] == ["println"]
    assert complete(julia, "printl", -1)["matches"] == []
    assert complete(julia, "", 0)["cursor_end"] == 0
    assert complete(julia, "1\nprintl\n2", 8)["cursor_start"] == 2


def test_names_to_import_are_those_of_the_module_the_exported_ones_first(julia) -> None:
    reply = complete(julia, "using LinearAlgebra: ")
    assert "println" not in reply["matches"]
    assert reply["matches"].index("eigvals") < reply["matches"].index("ASUM_CUTOFF")
    types = {e["text"]: e["type"] for e in reply["metadata"]["_jupyter_types_experimental"]}
    assert types["eigvals"] == "function"


def test_completions_have_types(julia: PipedExecutor) -> None:
    def types(code: str) -> dict:
        entries = complete(julia, code)["metadata"]["_jupyter_types_experimental"]
        return {entry["text"]: entry.get("type") for entry in entries}

    assert types("printl") == {"println": "function"}
    assert types("Poin")["Point"] == "class"
    assert types("poin")["point"] == "variable"
    assert types("LinearAlg") == {}
    assert types("using LinearAl") == {"LinearAlgebra": "module"}
    assert types("point.abs") == {"abscissa": "property"}
    assert types("@elaps") == {"@elapsed": "macro"}
    assert types("scale(")["scale(x::String)"] == "method"


def test_completion_is_quick(julia: PipedExecutor) -> None:
    def once() -> float:
        begin = time.perf_counter()
        complete(julia, "x = printl")
        return time.perf_counter() - begin

    assert median(once() for _ in range(50)) < 0.02


def inspect(julia: PipedExecutor, code: str, cursor: int | None = None, detail: int = 0) -> dict:
    return julia.ask(
        "inspect",
        code=code,
        cursor_pos=len(code) if cursor is None else cursor,
        detail_level=detail,
    )


@pytest.mark.parametrize(
    ("code", "cursor", "found"),
    [
        ("joinpath", None, "Join path components"),
        ("joinpath", 3, "Join path components"),
        ("x = joinpath(a, b)", 6, "Join path components"),
        ("Base.joinpath", None, "Join path components"),
        ("scale", None, "the doc of scale"),
        ("scale(1, ", None, "scale(x::String)"),
        ("αβγ = scale(1, [2, (3)], ", None, "the doc of scale"),
        ("point", None, "Point(1, 2)"),
        ("while", None, "while"),
        ("@elapsed", None, "elapsed"),
        ("1 + 2", 3, "Addition operator"),
    ],
)
def test_inspection(julia: PipedExecutor, code: str, cursor: int | None, found: str) -> None:
    reply = inspect(julia, code, cursor)
    assert reply["found"] is True
    assert found in plain(reply["data"]["text/plain"])
    assert set(reply["data"]) == {"text/plain", "text/markdown", "text/html"}


@pytest.mark.parametrize("code", ["nothing_of_this_name", "", "1 ", "a.b.c", "(1 + 2) "])
def test_nothing_found(julia: PipedExecutor, code: str) -> None:
    assert inspect(julia, code) == {"status": "ok", "found": False, "data": {}, "metadata": {}}


def test_source_with_more_detail(julia: PipedExecutor) -> None:
    julia.run("# a remark\nfunction sourced(a)\n    a + 1\nend")
    text = inspect(julia, "sourced", detail=1)["data"]["text/markdown"]
    assert "function sourced(a)\n    a + 1\nend" in text
    assert "sourced" in inspect(julia, "sourced")["data"]["text/markdown"]
    assert "a + 1" not in inspect(julia, "sourced")["data"]["text/markdown"]
    assert "splitdir(path)[2]" in inspect(julia, "basename", detail=1)["data"]["text/markdown"]


@pytest.mark.parametrize(
    ("code", "status", "indent"),
    [
        ("1 + 1", "complete", None),
        ("", "complete", None),
        ("x = )", "invalid", None),
        ("for i in 1:3", "incomplete", "    "),
        ("for i in 1:3\n    if x", "incomplete", "        "),
        ("function f()\n    x", "incomplete", "    "),
        ("if a\n    1\nelse", "incomplete", "    "),
        ("f(1,", "incomplete", "    "),
        ('"abc', "incomplete", ""),
        ("#= abc", "incomplete", ""),
        ("function f()\n    1\nend", "complete", None),
        ("?sum", "complete", None),
        (";ls (", "complete", None),
    ],
)
def test_is_complete(julia: PipedExecutor, code: str, status: str, indent: str | None) -> None:
    reply = julia.ask("is_complete", code=code)
    assert reply["status"] == status
    assert reply.get("indent") == indent


def test_fields_of_values_are_inspected(julia: PipedExecutor) -> None:
    julia.run("struct Holder; held; f; end; holder = Holder(point, sqrt)")
    code = "holder.held.abscissa"
    reply = julia.ask("inspect", code=code, cursor_pos=len(code), detail_level=0)
    assert reply["found"]
    text = plain(reply["data"]["text/plain"])
    assert "holder.held.abscissa is of type Int64" in text and "1" in text
    reply = julia.ask("inspect", code="holder.f(1, ", cursor_pos=12, detail_level=0)
    assert "square root" in plain(reply["data"]["text/plain"])
    reply = julia.ask("inspect", code="holder.none", cursor_pos=11, detail_level=0)
    assert not reply["found"]
