"""Completion, inspection and completeness, with markers, in both languages."""

from __future__ import annotations

import statistics
import time

import pytest
from conversation import ANSI
from languages import SPIN, both, in_


def completed(nb, code: str, position: int | None = None) -> set[str]:
    """The whole texts that the completions of `code` would make of it up to the cursor's end."""
    answer = nb.complete(code, position)
    assert answer["status"] == "ok"
    start, end = answer["cursor_start"], answer["cursor_end"]
    assert 0 <= start <= end <= len(code)
    return {code[:start] + match + code[end:] for match in answer["matches"]}


MARKERS = ["%julia\n", "%julia ", "\n\n%%julia\n", "  %julia\n"]
BEFORE = ["", "x = 1; ", '"🎉é"; ', "# e\u0301\n", "π🎉 = 2\n"]


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("before", BEFORE)
def test_julia_positions(nb, marker, before):
    head = marker + before
    assert head + "println" in completed(nb, head + "printl")
    tail = "(1) + 2\nprintln(3)"
    assert head + "println" + tail in completed(nb, head + "printl" + tail, len(head) + 6)


@pytest.mark.parametrize("marker", ["", "%python\n", "\n%%python\n", "%python "])
@pytest.mark.parametrize("before", ["", "x = 1; ", "'🎉é'; ", "# e\u0301\n"])
def test_python_positions(nb, marker, before):
    head = marker + before
    assert any(text.startswith(head + "sorted") for text in completed(nb, head + "sorte"))
    tail = "([1]) + [2]\nprint(3)"
    found = completed(nb, head + "sorte" + tail, len(head) + 5)
    assert head + "sorted" + tail in found


JULIA_COMPLETIONS = [
    ("field_owner.alph", "field_owner.alpha"),
    ("Base.Threads.nthr", "Base.Threads.nthreads"),
    ("using Stati", "using Statistics"),
    ("import LinearAl", "import LinearAlgebra"),
    ("\\alph", "\\alpha"),
    ("\\alpha", "α"),
    ("\\:smile:", "😄"),
    ('letters["alp', 'letters["alpha"'),
    ("mutab", "mutable"),
]


def test_julia_completions(nb):
    nb.run('%julia\nfield_owner = (alpha=1, beta=2); letters = Dict("alpha" => 1); nothing')
    for code, wanted in JULIA_COMPLETIONS:
        texts = completed(nb, in_("julia", code))
        assert any(text.startswith(in_("julia", wanted)) for text in texts), (code, texts)


def test_julia_completes_paths(nb, tmp_path):
    (tmp_path / "some_file.txt").touch()
    texts = completed(nb, f'%julia\nread("{tmp_path}/some_fi')
    assert any("some_file.txt" in text for text in texts)


def test_julia_completes_what_a_cell_defined(nb):
    nb.run("%julia\nmy_very_own_function(x) = x")
    assert "%julia\nmy_very_own_function" in completed(nb, "%julia\nmy_very_ow")


def test_python_completions(nb):
    nb.run("class Owner:\n    alpha = 1\nowner = Owner(); letters = {'alpha': 1}\nimport os")
    assert "owner.alpha" in completed(nb, "owner.alp")
    assert any("alpha" in text for text in completed(nb, "letters['al"))
    assert any("path" in text for text in completed(nb, "os.pat"))
    assert any("%timeit" in text for text in completed(nb, "%timei"))


@both
def test_completions_have_types(nb, language):
    nb.run(in_(language, "import os" if language == "python" else "1"))
    answer = nb.complete(in_(language, "os.pat" if language == "python" else "printl"))
    types = answer["metadata"]["_jupyter_types_experimental"]
    assert [entry["text"] for entry in types] == answer["matches"]
    assert all(entry["type"] for entry in types)


@both
def test_completion_of_nothing(nb, language):
    for code in ("", in_(language, ""), in_(language, "no_such_name_at_all"), f"%{language}"):
        answer = nb.complete(code)
        assert answer["cursor_start"] <= answer["cursor_end"] <= len(code)


def test_completion_of_the_marker_itself(nb):
    assert nb.complete("%jul")["status"] == "ok"
    assert nb.complete("%julia\nprintl", 3)["status"] == "ok"


def test_completion_of_the_names_that_cross(launch):
    nb = launch().connect()
    nb.run("tablet = 1; tables = 2")
    nb.run("%julia tabloid = 3; tabular = 4")
    begun = {
        "%julia -i tab": {"tables", "tablet"},
        "%julia -o tab": {"tabloid", "tabular"},
        "%python -i tab": {"tabloid", "tabular"},
        "%python -o tabl": {"tables", "tablet"},
        "%julia -i tables,tab": {"tables", "tablet"},
        "%julia -i tables, tab": {"tables", "tablet"},
        "%julia -i here=tab": {"tables", "tablet"},
        "%%julia -i tables -o tab": {"tabloid", "tabular"},
        "%julia -i tables -o tabu": {"tabular"},
    }
    for code, names in begun.items():
        before = code[: code.rindex("tab")]
        assert completed(nb, code) == {before + name for name in names}, code
        assert completed(nb, code + "\nx", len(code)) == {f"{before}{name}\nx" for name in names}
    assert {"tables", "tablet"} <= set(nb.complete("%julia -i ")["matches"])
    assert "print" not in nb.complete("%julia -i ")["matches"]
    assert "%julia -i tables tabloid" in completed(nb, "%julia -i tables tabl")


def test_names_that_cross_while_julia_is_busy(launch):
    nb = launch().connect()
    nb.run("tablet = 1")
    spin = nb.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    assert nb.complete("%julia -i tabl")["matches"] == ["tablet"]
    assert nb.complete("%julia -o tabl")["matches"] == []
    nb.interrupt()
    spin.wait()


@both
def test_answers_while_a_cell_spins(nb, language):
    spin = nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    code = "sorte" if language == "python" else "printl"
    matches = nb.complete(in_(language, code))["matches"]
    assert any("sorted" in match or "println" in match for match in matches)
    assert nb.inspect(in_(language, "print"))["status"] == "ok"
    nb.interrupt()
    spin.wait()


@both
def test_answers_are_quick_while_a_cell_spins(nb, language):
    """The bar is 200 ms; bench/ measures, and here a machine may be five times as slow."""
    nb.complete(in_(language, "prin"))
    spin = nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    times = []
    for ask in (nb.complete, nb.inspect) * 5:
        start = time.monotonic()
        assert ask(in_(language, "print"))["status"] == "ok"
        times.append(time.monotonic() - start)
    nb.interrupt()
    spin.wait()
    assert statistics.median(times) < 1, times


def test_julia_completes_words_of_the_notebook_while_it_spins(nb):
    nb.run("%julia\nword_of_the_notebook = 1")
    spin = nb.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    assert "%julia\nword_of_the_notebook" in completed(nb, "%julia\nword_of_the_n")
    assert any("α" in text for text in completed(nb, "%julia\n\\alpha"))
    nb.interrupt()
    spin.wait()


DEEP = r'( [ { f( ! √ a-> // \ "$( a. a?b: a^ begin_ if_a_ ":_"'


def test_what_is_nested_deeply_costs_the_host_nothing(launch):
    """It answers for Julia meanwhile, and its parser calls itself for each level."""
    nb = launch().connect()
    spin = nb.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    for piece in DEEP.split():
        code = (piece.replace("_", " ") * 8000)[:8000]
        assert nb.is_complete(in_("julia", code))["status"] != "error"
        assert nb.complete(in_("julia", code))["status"] == "ok"
        assert nb.inspect(in_("julia", code))["status"] == "ok"
    nb.interrupt()
    spin.wait()
    assert "overflow" not in nb.kernel.log.read_text()


def test_completions_while_julia_spins_have_types_too(nb):
    nb.run("%julia\nprintword = 1")
    spin = nb.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    answer = nb.complete("%julia\nprint")
    entries = answer["metadata"]["_jupyter_types_experimental"]
    types = {entry["text"]: entry["type"] for entry in entries}
    assert list(types) == answer["matches"]
    assert (types["printword"], types["println"]) == ("text", "function")
    assert {(entry["start"], entry["end"]) for entry in entries} == {(7, 12)}
    nb.interrupt()
    spin.wait()


# -- inspection --------------------------------------------------------------------------------


def test_python_inspection(nb):
    nb.run('def own(a, b=2):\n    """Its docstring."""\n    return a + b')
    shown = ANSI.sub("", nb.inspect("own", 2)["data"]["text/plain"])
    assert "a, b=2" in shown and "Its docstring." in shown
    source = nb.inspect("own", 2, detail=1)["data"]["text/plain"]
    assert "return a + b" in ANSI.sub("", source)
    assert nb.inspect("own(1, ", 7)["found"]


def test_julia_inspection(nb):
    nb.run('%julia\n"""\n    own(a)\n\nIts *docstring*.\n"""\nown(a) = a + 40\nnothing')
    answer = nb.inspect("%julia\nown", 9)
    assert "docstring" in answer["data"]["text/plain"]
    assert len(answer["data"]) > 1, "rich text as well"
    source = nb.inspect("%julia\nown", 9, detail=1)
    assert source["found"]
    assert nb.inspect("%julia\nown(1, ", 14)["found"], "the enclosing call"
    assert nb.inspect('%julia\n"🎉"; own', 14)["found"]


@both
def test_inspection_of_nothing(nb, language):
    for code in ("", in_(language, ""), in_(language, "no_such_name_at_all")):
        answer = nb.inspect(code)
        assert answer["found"] is False and answer["data"] == {}


# -- completeness ------------------------------------------------------------------------------

COMPLETENESS = {
    "python": {
        "complete": ["1", "x = 1", "print(1)", "if x:\n    pass\n\n"],
        "incomplete": ["if x:", "f(", "'''a", "def f():\n    x = 1"],
        "invalid": [")", "1 +* 2"],
    },
    "julia": {
        "complete": ["1", "x = 1", "f(x) = 2x", "for i in 1:3\n    i\nend", ";ls", "?sum"],
        "incomplete": ["f(", "for i in 1:3", "if x\n    1", '"""a', "x = [1,"],
        "invalid": [")", "1 +* 2", "end"],
    },
}


@both
def test_completeness(nb, language):
    for status, samples in COMPLETENESS[language].items():
        for sample in samples:
            assert nb.is_complete(in_(language, sample))["status"] == status, sample


@both
def test_the_indent_of_the_next_line(nb, language):
    code = {"python": "if x:\n    if y:", "julia": "if x\n    if y"}[language]
    assert nb.is_complete(in_(language, code))["indent"] == " " * 8
