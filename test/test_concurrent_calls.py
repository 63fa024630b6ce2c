"""Several calls between the languages under way at once: tasks of Julia's, threads of Python's."""

from __future__ import annotations

import pytest


@pytest.fixture
def met(nb):
    """A notebook whose languages both run."""
    nb.run("import time\nfrom concurrent.futures import ThreadPoolExecutor")
    nb.run("%julia\npy.len([1])")
    return nb


def test_tasks_of_a_julia_cell_call_python_at_once(met):
    cell = met.run(
        "%julia\n@sync begin\n"
        "    @async (py.len([1]); println(1))\n    @async (py.len([2]); println(2))\nend; nothing"
    )
    assert sorted(cell.stdout.split()) == ["1", "2"]
    assert met.run("%julia\nsum(asyncmap(n -> py.abs(-n), 1:20))").result == "210"


def test_threads_of_a_python_cell_call_julia_at_once(met):
    met.run("with ThreadPoolExecutor(3) as pool: numbers = list(pool.map(jl.abs, range(-30, 0)))")
    assert met.run("numbers == list(range(30, 0, -1))").result == "True"


@pytest.mark.parametrize(
    ("cell", "ename"),
    [
        (
            "%julia\n@sync for n in 1:3\n    @async py.waits(n)\nend",
            "InterruptException",
        ),
        (
            "with ThreadPoolExecutor(3) as pool: list(pool.map(jl.waits, range(9)))",
            "KeyboardInterrupt",
        ),
    ],
    ids=["tasks of Julia's", "threads of Python's"],
)
def test_an_interrupt_ends_calls_that_run_and_that_wait(met, cell, ename):
    met.run("def waits(n): print('on'); time.sleep(100)")
    met.run('%julia\nwaits(n) = (println("on"); sleep(100))')
    running = met.submit(cell).wait_for_stdout("on")
    met.interrupt()
    assert ename in running.wait().error.traceback
    assert met.run("jl.sqrt(4.0)").result == "2.0"
    assert met.run("%julia\npy.abs(-1)").result == "1"


def test_a_task_may_call_when_its_cell_is_over(met):
    cell = met.run("%julia\n@async begin\n    py.abs(-1); println(py.abs(-7))\nend; nothing")
    if "7" not in cell.stdout:
        cell.wait_for_late_text("7")
