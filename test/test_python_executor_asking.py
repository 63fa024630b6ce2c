"""Completion, inspection, is-complete and history, also while a cell runs."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from executor_pipes import PipedExecutor, python_executor

NAMES = """
import os
numbers = {'alpha': 1, 'beta': 2}
class Shape:
    name = 'square'
    def area(self): pass
    @property
    def cost(self): print('looked at'); raise ValueError
shape = Shape()
def scale(factor_one, factor_two=2):
    '''Makes it larger.'''
    return factor_one
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        executor.run(NAMES)
        yield executor


def complete(python: PipedExecutor, marked: str) -> tuple[list[str], str, dict[str, str]]:
    """Completion at the ``|``: matches, the text that they replace, and their types."""
    cursor = marked.index("|")
    code = marked.replace("|", "")
    reply = python.ask("complete", code=code, cursor_pos=cursor)
    types = reply["metadata"]["_jupyter_types_experimental"]
    assert [entry["text"] for entry in types] == reply["matches"]
    assert reply["status"] == "ok"
    replaced = code[reply["cursor_start"] : reply["cursor_end"]]
    return reply["matches"], replaced, {entry["text"]: entry["type"] for entry in types}


@pytest.mark.parametrize("piece", ["x", "x.", "f(", "'", "[", "x['", "@", "{a:", " ", "é.", "a=b "])
@pytest.mark.parametrize("end", ["", "(", ".pri", " pri"])
def test_a_line_of_hundred_thousand_characters_takes_no_minutes(
    python: PipedExecutor, piece: str, end: str
) -> None:
    """Nobody else gets the GIL as long as one regular expression is looked for."""
    code = "first = 1\n" + piece * (100_000 // len(piece)) + end
    reply = python.ask("complete", code=code, cursor_pos=len(code))
    assert reply["status"] == "ok"
    assert reply["cursor_end"] == len(code)
    assert end != " pri" or "print" in reply["matches"] or "'" in piece


@pytest.mark.parametrize(
    ("marked", "match", "replaced", "type"),
    [
        ("pri|", "print", "pri", "function"),
        ("whi|", "while", "whi", "keyword"),
        ("Sha|", "Shape", "Sha", "class"),
        ("sha|pe.area()", "shape", "sha", "instance"),
        ("os.path.jo|", "join", "jo", "function"),
        ("os.pa|", "path", "pa", "module"),
        ("shape.|", "area", "", "function"),
        ("shape.c|", "cost", "c", "property"),
        ("scale(fact|", "factor_two=", "fact", "param"),
        ("numbers['al|", "alpha", "al", "dict key"),
        ("'text'.upp|", "upper", "upp", "<unknown>"),
        ("%time|", "%timeit", "%time", "magic"),
        ("%%ca|", "%%capture", "%%ca", "magic"),
        ("from os import getcw|", "getcwd", "getcw", "<unknown>"),
        ("\\alp|", "\\alpha", "\\alp", "latex"),
        ("x = 1\nprint(os.get|)\ny = 2", "getcwd", "get", "function"),
        ("'😀é́'; os.get|", "getcwd", "get", "function"),
        ("value_here = 1\nval|", "value_here", "val", "instance"),
        ("def helper(): pass\nhel|", "helper", "hel", "function"),
    ],
)
def test_completion(
    python: PipedExecutor, marked: str, match: str, replaced: str, type: str
) -> None:
    matches, found, types = complete(python, marked)
    assert match in matches
    assert found == replaced
    assert types[match] == type


def test_properties_are_not_run(python: PipedExecutor) -> None:
    complete(python, "shape.cost.re|")
    cell = python.run("1")
    assert (cell.stdout, cell.outputs[0]["msg_type"]) == ("", "execute_result")


def test_names_of_unfinished_cells_by_jedi(python: PipedExecutor) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:  # jedi is loaded in the background, then it is in time
        matches, replaced, _ = complete(python, "import json as js\njs.dum|")
        if matches:
            break
    assert ("dumps" in matches, replaced) == (True, "dum")


@pytest.mark.parametrize("cursor", [-5, 0, 3, 100, None])
def test_positions_out_of_range(python: PipedExecutor, cursor: int | None) -> None:
    reply = python.ask("complete", code="pri", cursor_pos=cursor)
    assert reply["status"] == "ok"
    assert 0 <= reply["cursor_start"] <= reply["cursor_end"] <= 3


def test_nothing_to_complete(python: PipedExecutor) -> None:
    matches, replaced, _ = complete(python, "zzz_nothing_like_it|")
    assert (matches, replaced) == ([], "")


def test_answers_come_while_a_cell_spins(python: PipedExecutor) -> None:
    cell = python.start("print('spinning')\nwhile True: numbers['gamma'] = 3")
    python.wait_for_text("spinning")
    times = []
    for _ in range(20):
        start = time.monotonic()
        matches, _, _ = complete(python, "os.path.jo|")
        times.append(time.monotonic() - start)
        assert matches == ["join"]
    assert python.ask("is_complete", code="if x:")["status"] == "incomplete"
    assert python.ask("inspect", code="len", cursor_pos=3, detail_level=0)["found"]
    assert python.ask("history", hist_access_type="tail", n=1)["history"][0][2].startswith("print")
    python.interrupt()
    python.collect(cell)
    assert statistics.median(times) < 0.2, times


def test_the_first_completion_is_quick(tmp_path: Path) -> None:
    with python_executor(tmp_path) as fresh:
        start = time.monotonic()
        complete(fresh, "impo|")
        assert time.monotonic() - start < 0.3


def test_broken_objects_show_nothing(python: PipedExecutor) -> None:
    python.run("class Broken:\n    def __dir__(self): print('x'); 1/0\nbroken = Broken()")
    complete(python, "broken.a|")
    assert [output["msg_type"] for output in python.run("2").outputs] == ["execute_result"]


def test_warnings_as_errors_do_not_end_completion(python: PipedExecutor) -> None:
    python.run("import warnings; warnings.simplefilter('error')")
    assert "print" in complete(python, "pri|")[0]
    python.run("warnings.resetwarnings()")


def test_inspection(python: PipedExecutor) -> None:
    reply = python.ask("inspect", code="scale(1, ", cursor_pos=9, detail_level=0)
    assert (reply["status"], reply["found"]) == ("ok", True)
    assert "Makes it larger." in reply["data"]["text/plain"]
    assert "text/html" not in reply["data"]
    source = python.ask("inspect", code="scale", cursor_pos=2, detail_level=1)
    assert "factor_one" in source["data"]["text/plain"]
    assert "return" in source["data"]["text/plain"]


def test_inspection_in_html_where_that_is_asked_for(python: PipedExecutor) -> None:
    python.run("%config InteractiveShell.enable_html_pager = True")
    reply = python.ask("inspect", code="scale", cursor_pos=2, detail_level=0)
    python.run("%config InteractiveShell.enable_html_pager = False")
    assert "Makes it larger." in reply["data"]["text/html"]


def test_inspection_of_nothing(python: PipedExecutor) -> None:
    for code, cursor in (("no_such_name", 3), ("", 0), ("scale", 99)):
        reply = python.ask("inspect", code=code, cursor_pos=cursor, detail_level=0)
        assert reply["status"] == "ok"
        assert reply["found"] is (code == "scale")


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("x = 1", {"status": "complete"}),
        ("!ls", {"status": "complete"}),
        ("for i in x:", {"status": "incomplete", "indent": "    "}),
        ("if 1:\n    if 2:", {"status": "incomplete", "indent": "        "}),
        ("x = (1,", {"status": "incomplete", "indent": ""}),
        ("'''open", {"status": "incomplete", "indent": ""}),
        ("%%time", {"status": "incomplete", "indent": ""}),
        ("x = = 1", {"status": "invalid"}),
    ],
)
def test_is_complete(python: PipedExecutor, code: str, answer: dict[str, Any]) -> None:
    reply = python.ask("is_complete", code=code)
    assert reply == answer


def history(python: PipedExecutor, **asked: Any) -> list[Any]:
    reply = python.ask("history", **asked)
    assert reply["status"] == "ok"
    return reply["history"]


def test_history_of_all_languages(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        python.run("first = 1")
        python.count += 1
        python.send("record", execution_count=python.count, code="%julia\nx = 2\n")
        python.run("first + 2")
        python.run("silent_one", silent=True)
        python.run("not_stored = 1", store_history=False)
        session = history(python, hist_access_type="tail", n=1)[0][0]
        assert history(python, hist_access_type="tail", n=10, raw=True) == [
            [session, 1, "first = 1"],
            [session, 2, "%julia\nx = 2"],
            [session, 3, "first + 2"],
        ]
        assert history(python, hist_access_type="range", session=0, start=2, stop=4) == [
            [session, 2, "%julia\nx = 2"],
            [session, 3, "first + 2"],
        ]
        with_output = history(
            python, hist_access_type="range", session=0, start=3, stop=4, output=True
        )
        assert with_output == [[session, 3, ["first + 2", "3"]]]
        assert python.run("In[2]").result == "'%julia\\nx = 2'"
        assert "%julia" in python.run("%history").stdout


def test_history_lasts_and_is_shared(tmp_path: Path) -> None:
    with python_executor(tmp_path) as one, python_executor(tmp_path) as two:
        one.run("shared = 'by one'")
        two.run("shared = 'by two'")
        two.run("shared = 'by two'")
        last = history(one, hist_access_type="tail", n=1)  # what was asked for is in the database
        assert last[0][2] == "shared = 'by one'"
        found = history(two, hist_access_type="search", pattern="*by*", unique=True, n=5)
        assert sorted(entry[2] for entry in found) == ["shared = 'by one'", "shared = 'by two'"]
    with python_executor(tmp_path) as later:
        last = history(later, hist_access_type="tail", n=10)
        assert [entry[2] for entry in last].count("shared = 'by two'") == 2
        session = last[-1][0]
        assert history(later, hist_access_type="range", session=session, start=1, stop=2)


def test_a_history_that_cannot_be_opened_is_no_obstacle(tmp_path: Path) -> None:
    profile = tmp_path / "ipython" / "profile_default"
    (profile / "history.sqlite").mkdir(parents=True)
    with python_executor(tmp_path) as python:
        assert python.run("1 + 1").result == "2"
        assert history(python, hist_access_type="tail", n=1)[0][2] == "1 + 1"


def test_a_corrupt_history_is_moved_away(tmp_path: Path) -> None:
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "history.sqlite").write_bytes(b"no database" * 5000)
    with python_executor(tmp_path) as python:
        python.run("'kept'")
        assert history(python, hist_access_type="tail", n=1)[0][2] == "'kept'"
    with sqlite3.connect(profile / "history.sqlite") as database:
        assert database.execute("SELECT source FROM history").fetchall() == [("'kept'",)]
