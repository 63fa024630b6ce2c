"""Subshells: cells that run beside the main shell's, in the same variables."""

from __future__ import annotations

import pytest
from languages import SPIN, in_
from notebook import Notebook


def create(nb: Notebook) -> str:
    return nb.ask("create_subshell_request", channel="control").answer["subshell_id"]


def delete(nb: Notebook, subshell: str) -> None:
    content = {"subshell_id": subshell}
    assert nb.ask("delete_subshell_request", content, "control").status == "ok"


def existing(nb: Notebook) -> list[str]:
    return nb.ask("list_subshell_request", channel="control").answer["subshell_id"]


@pytest.fixture
def subshell(nb):
    subshell = create(nb)
    yield subshell
    if subshell in existing(nb):
        delete(nb, subshell)


# A cell that runs until another one lets it end.
HOLD = "import threading; go = threading.Event(); print('on'); go.wait(); print('off')"


def test_they_are_made_listed_and_deleted(nb):
    assert "kernel subshells" in nb.info["supported_features"]
    before = existing(nb)
    first, second = create(nb), create(nb)
    assert existing(nb) == [*before, first, second]
    delete(nb, first)
    assert existing(nb) == [*before, second]
    delete(nb, second)
    content = {"subshell_id": second}
    again = nb.ask("delete_subshell_request", content, "control")
    assert again.status == "error" and second in again.answer["evalue"]


def test_a_cell_runs_beside_the_main_shell(nb, subshell):
    waits = nb.submit(HOLD).wait_for_stdout("on")
    beside = nb.run("print('beside'); go.set(); 6 * 7", subshell=subshell)
    waits.wait()
    assert (beside.stdout, beside.result) == ("beside\n", "42")
    assert (waits.stdout, waits.status) == ("on\noff\n", "ok")
    assert beside.count == waits.count + 1


def test_the_main_shell_runs_beside_it_and_another(nb, subshell):
    other = create(nb)
    waits = nb.submit(HOLD, subshell=subshell).wait_for_stdout("on")
    also = nb.submit("print('also'); go.wait(); 1", subshell=other).wait_for_stdout("also")
    nb.run("go.set(); x = 5")
    assert waits.wait().stdout == "on\noff\n"
    assert also.wait().result == "1"
    assert nb.run("x", subshell=other).result == "5"
    delete(nb, other)


def test_each_cell_has_its_own_result_number_and_error(nb, subshell):
    waits = nb.submit("import threading; go = threading.Event(); print('on'); go.wait(); 'mine'")
    waits.wait_for_stdout("on")
    failed = nb.fail("1/0", subshell=subshell)
    assert failed.error.ename == "ZeroDivisionError"
    nb.run("go.set()", subshell=subshell)
    assert waits.wait().result == "'mine'"
    assert nb.value(f"Out[{waits.count}]") == "'mine'"
    assert "go.wait()" in nb.value(f"In[{waits.count}]")


def test_its_cells_run_one_after_another(nb, subshell):
    first = nb.submit(HOLD, subshell=subshell)
    second = nb.submit("order = 'second'", subshell=subshell)
    first.wait_for_stdout("on")
    nb.run("order = 'first'; go.set()")
    assert second.wait().status == "ok"
    assert nb.value("order") == "'second'"


def test_an_error_aborts_the_cells_of_its_shell_alone(nb, subshell):
    running = nb.submit(HOLD).wait_for_stdout("on")
    of_main = nb.submit("'runs'")
    held = nb.submit("print('on'); go.wait(); 1/0", subshell=subshell).wait_for_stdout("on")
    of_subshell = nb.submit("print('never')", subshell=subshell)
    nb.ask("kernel_info_request")  # all of them have arrived
    third = create(nb)
    nb.run("go.set()", subshell=third)
    assert held.wait().error.ename == "ZeroDivisionError"
    assert of_subshell.wait().status == "aborted"
    assert running.wait().status == "ok"
    assert of_main.wait().result == "'runs'"
    delete(nb, third)


def test_await_and_input(nb, subshell):
    waits = nb.submit(HOLD).wait_for_stdout("on")
    code = "import asyncio; await asyncio.sleep(0); input('name? ')"
    assert nb.run(code, answers={"name? ": "Ada"}, subshell=subshell).result == "'Ada'"
    nb.run("go.set()", subshell=subshell)
    waits.wait()


def test_julia_in_a_subshell_runs_while_python_is_busy(nb, subshell):
    nb.run("%julia\n1")  # it has started
    spin = nb.submit(SPIN["python"]).wait_for_stdout("on")
    assert nb.run('%julia\nprintln("beside"); 6 * 7', subshell=subshell).result == "42"
    nb.interrupt()
    assert spin.wait().error.ename == "KeyboardInterrupt"


def test_julia_does_one_thing_at_a_time(nb, subshell):
    nb.run("%julia\nx = 1")
    spin = nb.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    waits = nb.submit("%julia\nx += 1", subshell=subshell)
    other = create(nb)
    assert nb.run("2", subshell=other).result == "2"
    assert not waits.finished
    nb.interrupt()
    assert spin.wait().error.ename == "InterruptException"
    assert waits.wait().result == "2"
    delete(nb, other)


def test_an_interrupt_means_the_main_shell_first(nb, subshell):
    beside = nb.submit(HOLD, subshell=subshell).wait_for_stdout("on")
    spin = nb.submit(SPIN["python"]).wait_for_stdout("on")
    nb.interrupt()
    assert spin.wait().error.ename == "KeyboardInterrupt"
    nb.run("go.set()")
    assert beside.wait().status == "ok"


def test_python_in_a_subshell_is_out_of_an_interrupt_s_reach(nb, subshell):
    """Signals reach Python's main thread alone; what a second interrupt would do is told."""
    beside = nb.submit(HOLD, subshell=subshell).wait_for_stdout("on")
    nb.interrupt()
    beside.wait_for_stderr("variables will be lost")
    nb.run("import time; time.sleep(2.5)")  # no signal that is repeated hits the main shell's cell
    nb.run("go.set()")
    assert beside.wait().status == "ok"


def test_a_deleted_subshell_ends_its_cell_and_no_other(nb, subshell):
    runs = nb.submit(HOLD, subshell=subshell).wait_for_stdout("on")
    waits = nb.submit("print('never')", subshell=subshell)
    nb.ask("kernel_info_request")
    delete(nb, subshell)
    assert waits.wait().status == "aborted"
    nb.run("go.set()")
    assert runs.wait().stdout == "on\noff\n"
    assert nb.fail("1", subshell=subshell).answer["evalue"]


@pytest.mark.parametrize("kind", ["execute_request", "kernel_info_request", "complete_request"])
def test_an_unknown_subshell_is_an_error(nb, kind):
    cell = nb.request(kind, {"code": "1", "cursor_pos": 1}, header={"subshell_id": "nobody"}).wait()
    assert cell.status == "error"
    assert "nobody" in cell.answer["evalue"]


def test_questions_are_answered_as_ever(nb, subshell):
    nb.run("telescope = 1")
    content = {"code": "telesc", "cursor_pos": 6}
    cell = nb.request("complete_request", content, header={"subshell_id": subshell}).wait()
    assert "telescope" in cell.answer["matches"]
