"""input(), getpass(), sys.stdin and debuggers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor, python_executor

END_OF_FILE = "\x04"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def test_input(python: PipedExecutor) -> None:
    cell = python.run("print('before', end='')\nname = input('Name: ')\nname", ["Ada"])
    assert [output["msg_type"] for output in cell.outputs] == [
        "stream",
        "input_request",
        "execute_result",
    ]
    [question] = cell.messages("input_request")
    assert (question["prompt"], question["password"]) == ("Name: ", False)
    assert cell.result == "'Ada'"


def test_several_questions_in_functions(python: PipedExecutor) -> None:
    cell = python.run(
        "def ask(n): return [input(f'{i}? ') for i in range(n)]\nask(3)", ["a", "", "ü"]
    )
    assert cell.result == "['a', '', 'ü']"


def test_getpass(python: PipedExecutor) -> None:
    cell = python.run("import getpass\ngetpass.getpass('Secret: ')", ["hush"])
    assert cell.messages("input_request")[0]["password"] is True
    assert cell.result == "'hush'"
    assert cell.stdout == ""


def test_end_of_file(python: PipedExecutor) -> None:
    assert python.run("input()", [END_OF_FILE]).reply["ename"] == "EOFError"


def test_standard_input(python: PipedExecutor) -> None:
    assert python.run("import sys; sys.stdin.readline()", ["line"]).result == "'line\\n'"
    assert python.run("sys.stdin.readline()", [END_OF_FILE]).result == "''"
    assert python.run("sys.stdin.read()", ["a", "b", END_OF_FILE]).result == "'a\\nb\\n'"
    assert python.run("sys.stdin.read(3)", ["abcdef"]).result == "'abc'"
    assert python.run("sys.stdin.readline(2), sys.stdin.readline()").result == "('de', 'f\\n')"
    assert python.run("list(sys.stdin)", ["1", "2", END_OF_FILE]).result == "['1\\n', '2\\n']"


def test_clients_that_cannot_ask(python: PipedExecutor) -> None:
    for code in ("input()", "getpass.getpass()", "sys.stdin.readline()"):
        cell = python.run(code, allow_stdin=False)
        assert cell.reply["ename"] == "StdinNotImplementedError"
        assert "does not allow" in cell.reply["evalue"]


def test_stale_answers_are_ignored(python: PipedExecutor) -> None:
    python.send("input_reply", id=-1, value="wrong")
    id = python.start("input()")
    python.wait_for("input_request")
    python.send("input_reply", id=-1, value="wrong")
    python.send("input_reply", id=id, value="right")
    assert python.collect(id).result == "'right'"


def test_a_thread_asks(python: PipedExecutor) -> None:
    cell = python.run(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor() as pool: answer = pool.submit(input, 'thread? ').result()\n"
        "answer",
        ["yes"],
    )
    assert cell.result == "'yes'"


def test_breakpoint(python: PipedExecutor) -> None:
    cell = python.run("def f(x):\n    breakpoint()\n    return x\nf(5)", ["p x + 1", "x = 7", "c"])
    assert "6" in cell.stdout
    assert cell.result == "7"
    assert cell.messages("input_request")[0]["prompt"] == "ipdb> "


def test_post_mortem(python: PipedExecutor) -> None:
    python.run("def g():\n    local = 'found'\n    1/0\ng()")
    cell = python.run("%debug", ["p local", "q"])
    assert "found" in cell.stdout
    assert cell.reply["status"] == "ok"


@pytest.mark.parametrize(
    ("code", "status", "result"),
    [
        ("breakpoint()\n1", "ok", "1"),
        ("import pdb; pdb.set_trace()\n1", "ok", "1"),
        ("%debug", "ok", None),
        ("%pdb on\n1/0", "error", None),
    ],
)
def test_debuggers_are_interrupted(
    python: PipedExecutor, code: str, status: str, result: str | None
) -> None:
    """As in IPython it is the debugger that ends, and the code that it stopped goes on."""
    python.run("1/0")
    id = python.start(code)
    python.wait_for("input_request")
    python.interrupt()
    cell = python.collect(id)
    assert (cell.reply["status"], cell.result) == (status, result)
    assert status == "ok" or cell.reply["ename"] == "ZeroDivisionError"
    python.run("%pdb off")
    assert python.run("'alive'").result == "'alive'"
