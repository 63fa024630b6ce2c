"""Cells in the background: `%julia &` runs as usual, and the other language's cells do not wait."""

from __future__ import annotations

import pytest
from languages import both, in_
from notebook import Cell, Notebook

OTHER = {"python": "julia", "julia": "python"}
PRINT = {"python": 'print("{}", flush=True)', "julia": 'println("{}")'}
# Runs until the file is there; what it needs is imported before.
WAIT = {
    "python": "import os, time\nprint('on', flush=True)\n"
    "while not os.path.exists('{0}'): time.sleep(0.01)",
    "julia": 'println("on"); while !isfile("{0}"); sleep(0.01); end',
}

GROWS = {
    "python": "order.append(1); order == [0, 1]",
    "julia": "push!(order, 1); order == [0, 1]",
}


def behind(language: str, code: str) -> str:
    """The cell in the background."""
    return f"%{language} &\n{code}"


def begin(nb: Notebook, language: str, path: str) -> Cell:
    """A cell in the background that runs until the file `path` is there."""
    return nb.submit(behind(language, WAIT[language].format(path))).wait_for_stdout("on")


@both
def test_both_languages_make_progress_at_the_same_time(nb, tmp_path, language):
    path = str(tmp_path / "go")
    cell = begin(nb, language, path)
    other = OTHER[language]
    assert nb.run(in_(other, "1 + 1")).result == "2"
    assert nb.run(in_(other, PRINT[other].format("meanwhile"))).stdout == "meanwhile\n"
    assert not cell.finished
    (tmp_path / "go").touch()
    assert cell.wait().status == "ok"


@both
def test_cells_of_its_own_language_wait_and_keep_their_order(nb, tmp_path, language):
    path = str(tmp_path / "go")
    nb.run(in_(language, "order = [0]"))
    cell = begin(nb, language, path)
    own = nb.submit(in_(language, GROWS[language]))
    last = nb.submit(in_(OTHER[language], "2"))
    assert not own.finished
    (tmp_path / "go").touch()
    assert [each.wait().status for each in (cell, own, last)] == ["ok", "ok", "ok"]
    assert own.result in ("True", "true")


@both
def test_its_output_stays_its_own(nb, tmp_path, language):
    path = str(tmp_path / "go")
    code = WAIT[language].format(path) + "\n" + PRINT[language].format("late")
    cell = nb.submit(behind(language, code)).wait_for_stdout("on")
    other = nb.run(in_(OTHER[language], PRINT[OTHER[language]].format("other")))
    (tmp_path / "go").touch()
    assert cell.wait().stdout == "on\nlate\n"
    assert other.stdout == "other\n"


@both
def test_the_stop_button_is_for_the_cell_in_front_and_then_for_the_background(
    nb, tmp_path, language
):
    cell = begin(nb, language, str(tmp_path / "never"))
    other = OTHER[language]
    front = nb.submit(in_(other, WAIT[other].format(tmp_path / "never"))).wait_for_stdout("on")
    nb.interrupt()
    assert "Interrupt" in front.wait().error.ename
    assert not cell.finished
    nb.interrupt()
    assert "Interrupt" in cell.wait().error.ename
    assert nb.run(in_(language, "1")).result == nb.run(in_(other, "1")).result == "1"


@both
def test_an_error_aborts_what_waits_in_its_own_language_alone(nb, tmp_path, language):
    path = str(tmp_path / "go")
    code = WAIT[language].format(path) + "\nundefined_name"
    cell = nb.submit(behind(language, code)).wait_for_stdout("on")
    own = nb.submit(in_(language, "1"))
    (tmp_path / "go").touch()
    assert cell.wait().status == "error"
    assert own.wait().status == "aborted"
    assert nb.run(in_(OTHER[language], "3")).result == "3"


def test_a_call_into_the_busy_language_waits_its_turn(nb, tmp_path):
    nb.run("%julia\ntwice(x) = 2x")
    cell = begin(nb, "julia", str(tmp_path / "go"))
    call = nb.submit("jl.twice(21)")
    assert nb.is_complete("1")["status"] == "complete" and not call.finished
    (tmp_path / "go").touch()
    assert cell.wait().status == "ok"
    assert call.wait().result == "42"


@pytest.mark.parametrize("code", ["%julia &", "%python &\n"])
def test_nothing_in_the_background_is_nothing(nb, code):
    assert nb.run(code).outputs == []
