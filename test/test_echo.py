"""The host alone: both languages are played by the echo executor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from notebook import Kernel

ECHO = f"{sys.executable} {Path(__file__).with_name('echo_executor.py')}"


def arguments(julia: str = f"{ECHO} --language julia") -> list[str]:
    return ["--executor", f"python={ECHO} --language python", "--executor", f"julia={julia}"]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory, environment):
    kernel = Kernel("polyglot", tmp_path_factory.mktemp("echo") / "kernel.log")
    yield kernel.start(arguments())
    kernel.stop()


@pytest.fixture
def echo(kernel):
    notebook = kernel.connect()
    yield notebook
    assert not notebook.unfinished
    notebook.close()
    kernel.notebooks.remove(notebook)


def test_outputs_in_order(echo):
    cell = echo.run("print a\nwarn b\ndisplay c\nprint d\nprint e\nresult f")
    assert cell.outputs == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("display_data", {"text/plain": "c"}),
        ("stdout", "d\ne\n"),
        ("execute_result", {"text/plain": "f"}),
    ]


def test_an_error(echo):
    error = echo.fail("print a\nraise it went wrong").error
    assert (error.ename, error.evalue) == ("EchoError", "it went wrong")


def test_user_expressions_and_count(echo):
    cell = echo.run("result a", user_expressions={"n": "expr"})
    assert cell.answer["user_expressions"]["n"]["data"] == {"text/plain": "expr"}
    assert echo.run("%julia\nresult a").count == cell.count + 1


def test_the_marker_is_taken_off(echo):
    assert echo.run("%julia print a").stdout == "a\n"
    assert echo.run("\n%%python\nprint a").stdout == "a\n"


@pytest.fixture
def busy_machine():
    """More programs want the processors than there are: each is stopped anywhere."""
    spin = [sys.executable, "-c", "while True: pass"]
    hogs = [subprocess.Popen(spin) for _ in range(os.cpu_count() or 1)]
    yield
    for hog in hogs:
        hog.kill()
        hog.wait()


def test_raw_output_and_frames(echo, busy_machine):
    lines = [f"{'print' if n % 2 else 'raw'} {n}" for n in range(100)]
    for _ in range(300):
        assert echo.run("\n".join(lines)).stdout == "".join(f"{n}\n" for n in range(100))


def test_raw_stdout_and_stderr_with_frames(echo):
    cell = echo.run("raw a\nprint b\nrawerr c\nwarn d\nraw e\nresult f")
    assert cell.stdout == "a\nb\ne\n" and cell.stderr == "c\nd\n"
    assert cell.outputs[-1][0] == "execute_result"


def test_raw_output_at_the_end_belongs_to_the_cell(echo):
    for _ in range(20):
        assert echo.run("raw a").outputs == [("stdout", "a\n")]


def test_a_long_raw_line(echo):
    text = "é" * 200_000
    assert echo.run(f"raw {text}\nprint end").stdout == f"{text}\nend\n"


def test_a_flood_is_batched(echo):
    cell = echo.run("flood 50000")
    assert cell.stdout == "".join(f"{n}\n" for n in range(50_000))
    messages = sum(m["header"]["msg_type"] == "stream" for m in cell.iopub)
    assert messages < 2_000


def test_input(echo):
    cell = echo.run("ask name? \nsecret word? ", answers={"name?": "Ada", "word?": "x"})
    assert cell.stdout == "Ada\nx\n"
    assert [m["content"]["password"] for m in cell.inputs] == [False, True]
    assert "not allowed" in echo.fail("ask a", allow_stdin=False).error.evalue


def test_questions(echo):
    assert echo.complete("result resum res")["matches"] == ["res", "result", "resum"]
    answer = echo.complete("%julia\nresult res")
    assert (answer["cursor_start"], answer["cursor_end"]) == (14, 17)
    assert echo.inspect("a")["found"] is False
    assert echo.is_complete("a")["status"] == "complete"
    assert echo.history("tail", n=3) == []


def test_a_question_while_the_cell_runs_is_not_left_waiting(echo):
    spin = echo.submit("%julia\nspin").wait_for_stdout("spinning")
    assert echo.complete("%julia\nresult res")["status"] == "ok"
    assert echo.ask("kernel_info_request").status == "ok"
    echo.interrupt()
    assert spin.wait().error.ename == "Interrupt"


@pytest.mark.parametrize("language", ["python", "julia"])
def test_interrupt(echo, language):
    spin = echo.submit(f"%{language}\nspin").wait_for_stdout("spinning")
    echo.interrupt()
    assert spin.wait().error.ename == "Interrupt"


@pytest.mark.parametrize("language", ["python", "julia"])
def test_what_takes_no_notice_is_ended_at_the_second_interrupt(echo, language):
    cell = echo.submit(f"%{language}\nstubborn").wait_for_stdout("spinning")
    echo.interrupt()
    cell.wait_for_stderr("once more")
    echo.interrupt()
    assert language.capitalize() in cell.wait().error.evalue
    assert echo.run(f"%{language}\nprint again").stdout == "again\n"


@pytest.mark.parametrize(
    ("code", "reason"),
    [("exit 0", "code 0"), ("exit 7", "code 7"), ("kill SIGKILL", "SIGKILL"),
     ("kill SIGSEGV", "SIGSEGV"), ("kill SIGTERM", "SIGTERM"), ("broken", "frame")],
)  # fmt: skip
def test_death(echo, code, reason):
    cell = echo.fail(f"print before\nraw before\n{code}")
    assert cell.stdout == "before\nbefore\n"
    assert reason in cell.error.evalue
    assert echo.run("print again").stdout == "again\n"


def test_cells_behind_a_death_are_aborted(echo):
    dying = echo.submit("ask last words?\nexit 1")
    dying.wait_for_input()
    behind = [echo.submit(code) for code in ("print a", "%julia\nprint b")]
    echo.ask("kernel_info_request")  # answered behind them: the kernel has all three
    dying.give("none")
    assert [cell.wait().status for cell in (dying, *behind)] == ["error", "aborted", "aborted"]


def test_the_mark_is_not_in_the_environment_of_cells(echo):
    assert echo.run("env POLYGLOT_MARK").stdout == "(unset)\n"


def test_an_executor_that_does_not_start(launch):
    nb = launch(arguments=arguments(julia="/no/such/program")).connect()
    error = nb.fail("%julia\nprint a").error
    assert "Julia" in error.evalue and "could not be started" in error.evalue
    assert nb.run("print a").stdout == "a\n"


def test_an_executor_that_dies_at_its_start_says_its_last_words(launch, tmp_path):
    program = tmp_path / "dying.sh"
    program.write_text("echo 'a library is missing' >&2; exit 4\n")
    nb = launch(arguments=arguments(julia=f"sh {program}")).connect()
    error = nb.fail("%julia\nprint a").error
    assert "a library is missing" in error.evalue and "code 4" in error.evalue
    assert nb.run("print a").stdout == "a\n"


def test_an_executor_that_never_is_ready_can_be_interrupted(launch):
    nb = launch(arguments=arguments(julia="sleep 1000")).connect()
    cell = nb.submit("%julia\nprint a")
    nb.ask("kernel_info_request")
    nb.interrupt()
    assert cell.wait().status in ("aborted", "error")
    assert nb.run("print a").stdout == "a\n"


def test_questions_are_answered_though_the_executor_is_not_ready(launch):
    """A console waits a second for these, and takes a later answer for that to its next one."""
    never_ready = [*arguments(julia="sleep 100"), "--executor", "python=sleep 100"]
    nb = launch(arguments=never_ready).connect()
    assert nb.ask("history_request", {"hist_access_type": "tail", "n": 10}).answer["history"] == []
    assert nb.is_complete("%julia f(")["status"] == "unknown"
