"""What Revise needs: a file that is edited between two cells takes effect in the next one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor

STUBS = Path(__file__).parent / "julia_stubs"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    path = tmp_path / "edited.jl"
    path.write_text("answer() = 1\n")
    return path


@pytest.fixture
def julia(tmp_path: Path, edited: Path) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path) as executor:
        executor.run(f'push!(LOAD_PATH, "{STUBS}"); import Reviser; Reviser.track("{edited}");')
        yield executor


def test_an_edited_file_takes_effect_in_the_next_cell(julia: PipedExecutor, edited: Path) -> None:
    assert julia.run("answer()").result == "1"
    edited.write_text("answer() = 2\nother() = 3\n")
    assert julia.run("answer(), other()").result == "(2, 3)"
    edited.write_text("answer() = 4\n")
    assert julia.run("x = 1; answer()").result == "4"


def test_an_error_in_it_is_shown_and_the_cell_runs(julia: PipedExecutor, edited: Path) -> None:
    edited.write_text("answer() = 2 +\n")
    cell = julia.run("answer()")
    assert cell.result == "1" and cell.error is None
    assert f"Failed to revise {edited}" in cell.stderr
    assert julia.run("answer()").stderr == ""  # it is shown once
    edited.write_text("answer() = 5\n")
    assert julia.run("answer()").result == "5"


def test_the_line_of_an_error_is_that_of_the_edited_file(
    julia: PipedExecutor, edited: Path
) -> None:
    edited.write_text('\n\nanswer() = error("edited")\n')
    traceback = "\n".join(julia.run("answer()").error["traceback"])
    assert "edited.jl:3" in traceback and "Reviser" not in traceback


def test_hooks_before_a_cell_do_the_same(julia: PipedExecutor, edited: Path) -> None:
    julia.run("empty!(Base.active_repl_backend.ast_transforms);")
    julia.run("IJulia.push_preexecute_hook(Reviser.revise);")
    edited.write_text("answer() = 6\n")
    assert julia.run("answer()").result == "6"
    edited.write_text("answer() = 7 +\n")
    cell = julia.run("answer()")
    assert cell.result == "6" and "Failed to revise" in cell.stderr
