"""Input: `input()`, `getpass`, Julia's `readline` and the rest, and what ends a wait."""

from __future__ import annotations

import pytest
from languages import both, in_

END_OF_FILE = "\x04"
ASK = {"python": 'input("{}")', "julia": '(print("{}"); readline())'}


@both
def test_several_in_a_row(nb, language):
    asks = ", ".join(ASK[language].format(f"{name}? ") for name in "abc")
    cell = nb.run(in_(language, f"[{asks}]"), answers=["1", "é🎉", ""])
    assert "1" in cell.result and "é🎉" in cell.result


def test_python_prompts(nb):
    cell = nb.run("print('before'); x = input('name? ')", answers={"name? ": "Ada"})
    assert cell.prompts == ["name? "]
    assert cell.stdout == "before\n"
    assert nb.run("x").result == "'Ada'"
    assert nb.run("input()", answers=["no prompt"]).prompts == [""]
    assert nb.run("input(5)", answers=["number"]).prompts == ["5"]


@both
def test_all_output_is_there_before_the_request(nb, language):
    """A client shows the prompt as soon as it is asked: what was printed before has to stand
    there already. iopub and stdin are two sockets, so the kernel must have sent it earlier."""
    nb.run("1")
    code = (
        "print('printed'); input('? ')"
        if language == "python"
        else ('println("printed"); readline()')
    )
    cell = nb.submit(in_(language, code))
    cell.wait_for_input()
    cell.wait_for_stdout("printed\n")
    cell.give("x")
    cell.wait()


def test_julia_prompts(nb):
    """Julia has no prompt of its own: what was printed without a newline is in the output."""
    cell = nb.run('%julia\nprint("name? "); x = readline()', answers=["Ada"])
    assert "name? " in cell.stdout + "".join(cell.prompts)
    assert nb.run("%julia\nx").result == '"Ada"'


def test_julia_base_prompt(nb):
    cell = nb.run('%julia\nBase.prompt("name")', answers=["Ada"])
    assert cell.result == '"Ada"'
    assert "name: " in cell.stdout + "".join(cell.prompts)
    assert nb.run('%julia\nBase.prompt("n"; default="d")', answers=[""]).result == '"d"'


def test_python_getpass(nb):
    code = "import getpass\ngetpass.getpass('secret? ')"
    cell = nb.run(code, answers=["s3"])
    assert cell.result == "'s3'" and cell.prompts == ["secret? "]
    assert cell.inputs[0]["content"]["password"] is True


def test_julia_getpass(nb):
    cell = nb.run('%julia\ns = Base.getpass("secret"); read(s, String)', answers=["s3"])
    assert cell.result == '"s3"'
    assert cell.inputs[0]["content"]["password"] is True


def test_julia_reads_of_every_kind(nb):
    assert nb.run("%julia\nreadline(stdin)", answers=["a"]).result == '"a"'
    assert nb.run("%julia\nreadline(keep=true)", answers=["a"]).result == '"a\\n"'
    assert (
        nb.run("%julia\n(read(stdin, Char), readline())", answers=["ab"]).result == "('a', \"b\")"
    )
    assert nb.run("%julia\n(String(read(stdin, 2)), readline())", answers=["abc"]).result == (
        '("ab", "c")'
    )
    assert nb.run("%julia\nreadlines(stdin)", answers=["a", "b", END_OF_FILE]).result.endswith(
        ':\n "a"\n "b"'
    )
    assert nb.run("%julia\nread(stdin, String)", answers=["a", END_OF_FILE]).result == '"a\\n"'
    assert nb.run("%julia\nreaduntil(stdin, 'b')", answers=["aabaa"]).result == '"aa"'


def test_what_a_cell_left_unread_is_not_read_by_the_next(nb):
    nb.run("%julia\nread(stdin, Char)", answers=["abc"])
    assert nb.run("%julia\nreadline()", answers=["new"]).result == '"new"'


def test_end_of_file(nb):
    assert nb.fail("input()", answers=[END_OF_FILE]).error.ename == "EOFError"
    assert nb.run("%julia\nreadline()", answers=[END_OF_FILE]).result == '""'
    assert nb.run("%julia\neof(stdin)", answers=[END_OF_FILE]).result == "true"
    assert nb.run("input()", answers=["again"]).result == "'again'"
    assert nb.run("%julia\nreadline()", answers=["again"]).result == '"again"'


def test_python_reads_stdin_otherwise(nb):
    assert nb.run("import sys; sys.stdin.readline()", answers=["line"]).result == "'line\\n'"


@both
def test_in_a_function_and_a_loop(nb, language):
    code = {
        "python": "def ask(n):\n    return [input(f'{i}? ') for i in range(n)]\nask(3)",
        "julia": "ask(n) = [readline() for i in 1:n]\nask(3)",
    }
    cell = nb.run(in_(language, code[language]), answers=["x", "y", "z"])
    assert len(cell.inputs) == 3
    assert all(answer in cell.result for answer in "xyz")


@both
def test_not_allowed(nb, language):
    cell = nb.fail(in_(language, "input()" if language == "python" else "readline()"),
                   allow_stdin=False)  # fmt: skip
    assert cell.inputs == []
    assert cell.error.ename.startswith("StdinNot")
    assert "input" in cell.error.evalue
    assert nb.run(in_(language, "1")).result == "1"


def test_password_not_allowed(nb):
    cell = nb.fail("import getpass; getpass.getpass()", allow_stdin=False)
    assert cell.error.ename.startswith("StdinNot")
    cell = nb.fail('%julia\nBase.getpass("x")', allow_stdin=False)
    assert cell.error.ename.startswith("StdinNot")


@both
def test_an_interrupt_ends_the_wait(nb, language):
    nb.run(in_(language, "kept = 3"))
    cell = nb.submit(in_(language, "input()" if language == "python" else "readline()"))
    cell.wait_for_input()
    nb.interrupt()
    assert cell.wait().error.ename in ("KeyboardInterrupt", "InterruptException")
    assert nb.run(in_(language, "kept")).result == "3"


@both
def test_an_answer_that_comes_too_late_is_dropped(nb, language):
    ask = "input()" if language == "python" else "readline()"
    cell = nb.submit(in_(language, ask))
    cell.wait_for_input()
    nb.interrupt()
    cell.wait()
    cell.give("stale")
    assert "fresh" in nb.run(in_(language, ask), answers=["fresh"]).result


@both
def test_a_large_answer(nb, language):
    ask = "len(input())" if language == "python" else "length(readline())"
    assert nb.run(in_(language, ask), answers=["é" * 1_000_000]).result == "1000000"


def test_an_answer_without_parent_header(nb):
    """Clients often send none."""
    cell = nb.submit("input()")
    cell.wait_for_input()
    nb.send("stdin", "input_reply", {"value": "orphan"})
    assert cell.wait().result == "'orphan'"


@pytest.mark.parametrize("value", [None, 5, ["a"]])
def test_an_answer_that_is_no_text(nb, value):
    cell = nb.submit("input()")
    cell.wait_for_input()
    nb.send("stdin", "input_reply", {"value": value})
    assert cell.wait().result == "''"


def test_python_debugger(nb):
    """`breakpoint()` asks through the notebook and can be left."""
    code = "def f():\n    secret = 42\n    breakpoint()\n    return secret\nf()"
    cell = nb.run(code, answers=["p secret + 1", "c"])
    assert "43" in cell.stdout and cell.result == "42"


def test_menus_of_julia_ask_for_numbers(nb):
    nb.run("%julia\nusing REPL.TerminalMenus")
    ask = "Which one (1 to 2, nothing for none)? "
    cell = nb.run(
        '%julia\nrequest("fruit", RadioMenu(["apple", "pear"]))', answers=["5", "1 2", "2"]
    )
    assert cell.result == "2" and cell.stdout.startswith("fruit\n") and "2   pear" in cell.stdout
    assert cell.prompts == [ask] * 3
    assert nb.run('%julia\nrequest(RadioMenu(["a", "b"]))', answers=[""]).result == "-1"
    code = '%julia\nsort!(collect(request(MultiSelectMenu(["a", "b"])))) == [1, 2]'
    assert nb.run(code, answers=["2, 1"]).result == "true"
