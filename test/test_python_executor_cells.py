"""Python cells: results, errors, counters, magics, payloads, top-level await."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from executor_pipes import PipedExecutor, python_executor


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def test_ready_says_what_it_is(python: PipedExecutor) -> None:
    assert python.ready["language"] == "python"
    assert python.ready["concurrent"] is True


def test_the_last_expression_is_the_result(python: PipedExecutor) -> None:
    cell = python.run("x = 20\nx + 1")
    assert cell.result == "21"
    assert cell.reply == {
        "status": "ok",
        "execution_count": python.count,
        "user_expressions": {},
        "payload": [],
    }


def test_results_are_remembered_under_the_number_of_their_cell(python: PipedExecutor) -> None:
    python.run("6 * 7")
    number = python.count
    assert python.run("_").result == "42"
    assert python.run(f"Out[{number}], _{number}, In[{number}]").result == "(42, 42, '6 * 7')"


def test_the_results_and_inputs_before_this_one(python: PipedExecutor) -> None:
    for code in ("'one'", "'two'", "'three'"):
        python.run(code)
    assert python.run("_, __, ___").result == "('three', 'two', 'one')"
    assert python.run("_i, _ii, _iii").result == repr(("_, __, ___", "'three'", "'two'"))


def test_numbers_come_from_the_host(python: PipedExecutor) -> None:
    python.count = max(python.count, 100)
    cell = python.run("'after cells of another language'")
    number = cell.reply["execution_count"]
    assert number == python.count
    assert cell.messages("execute_result")[0]["content"]["execution_count"] == number
    assert python.run(f"In[{number}]").result == "\"'after cells of another language'\""


def test_a_semicolon_hides_the_result_but_keeps_it(python: PipedExecutor) -> None:
    assert python.run("'hidden';  # really").outputs == []
    assert python.run("1", store_history=False).result == "1"


def test_an_error_shows_its_traceback_and_fails_the_cell(python: PipedExecutor) -> None:
    cell = python.run("def f():\n    1/0\n\nf()", user_expressions={"a": "1"})
    assert cell.error is not None
    assert cell.error["ename"] == "ZeroDivisionError"
    assert cell.error["evalue"] == "division by zero"
    text = "\n".join(cell.error["traceback"])
    assert "\x1b[" in text
    assert "line 4" in text
    assert cell.reply == {
        **cell.error,
        "status": "error",
        "execution_count": python.count,
        "user_expressions": {},
        "payload": [],
    }


def test_syntax_errors(python: PipedExecutor) -> None:
    for code, ename in (
        ("x = = 1", "SyntaxError"),
        ("if True:\nx", "IndentationError"),
        ("return 1", "SyntaxError"),
    ):
        cell = python.run(code)
        assert cell.error is not None
        assert (cell.error["ename"], cell.reply["ename"]) == (ename, ename)


def test_errors_of_the_display_fail_the_cell(python: PipedExecutor) -> None:
    cell = python.run("class Bad:\n    def __repr__(self): raise ValueError('no')\nBad()")
    assert cell.reply["status"] == "error"
    assert cell.reply["ename"] == "ValueError"
    cell = python.run("from IPython.display import JSON\nJSON({'a': object})")
    assert cell.reply["ename"] == "TypeError"
    assert python.run("try:\n    1/0\nexcept Exception:\n    %tb\n1").reply["status"] == "ok"


def test_a_usage_error_is_one_line(python: PipedExecutor) -> None:
    cell = python.run("%no_such_magic")
    assert cell.stderr == "UsageError: Line magic function `%no_such_magic` not found.\n"
    assert cell.reply["ename"] == "UsageError"


def test_sys_exit_is_an_error_and_ends_nothing(python: PipedExecutor) -> None:
    cell = python.run("import sys; sys.exit('over')")
    assert cell.error is not None
    assert (cell.error["ename"], cell.error["evalue"]) == ("SystemExit", "over")
    assert python.run("1").result == "1"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.11 brought them")
def test_exception_groups(python: PipedExecutor) -> None:
    cell = python.run(
        "def fail(): raise TypeError(2)\n"
        "try:\n"
        "    fail()\n"
        "except TypeError as error:\n"
        "    raise ExceptionGroup('two', [ValueError(1), error])"
    )
    assert cell.error is not None
    assert (cell.error["ename"], cell.reply["status"]) == ("ExceptionGroup", "error")
    traceback = "\n".join(cell.error["traceback"])
    assert "ValueError: 1" in traceback and "in fail" in traceback
    assert "TypeError: 2" in traceback and "interactiveshell" not in traceback
    assert cell.stderr == ""


def test_a_library_that_shows_errors_itself(python: PipedExecutor) -> None:
    """As `rich.traceback.install` does: nothing is shown twice."""
    python.run("ip = get_ipython()\nip._showtraceback = lambda kind, *_: print(kind.__name__)")
    try:
        for code, shown in [("1/0", "ZeroDivisionError\n"), ("1 +", "SyntaxError\n")]:
            cell = python.run(code)
            assert (cell.stdout, cell.error, cell.reply["status"]) == (shown, None, "error")
    finally:
        python.run("del ip._showtraceback")
    assert python.run("1/0").error is not None


def test_an_empty_cell(python: PipedExecutor) -> None:
    cell = python.run("  \n")
    assert (cell.outputs, cell.reply["status"]) == ([], "ok")


def test_silent_shows_no_result_and_leaves_no_trace(python: PipedExecutor) -> None:
    before = python.run("len(Out), len(In)").result
    cell = python.run("print('seen'); 1", silent=True)
    assert (cell.result, cell.stdout) == (None, "seen\n")
    out, inputs = eval(python.run("len(Out), len(In)").result or "")
    assert (out, inputs) == (eval(before or "")[0] + 1, eval(before or "")[1] + 1)


def test_user_expressions(python: PipedExecutor) -> None:
    cell = python.run(
        "y = 5", user_expressions={"good": "y + 1", "bad": "nope", "picture": "b'123'"}
    )
    answers = cell.reply["user_expressions"]
    assert answers["good"] == {
        "status": "ok",
        "data": {"text/plain": "6"},
        "metadata": {},
    }
    assert (answers["bad"]["status"], answers["bad"]["ename"]) == ("error", "NameError")


def test_a_request_with_a_field_missing_is_answered_and_costs_nothing(
    python: PipedExecutor,
) -> None:
    """Whatever is wrong with a request, or with its handling: the variables stay."""
    python.run("kept = 21")
    assert python.ask("execute", silent=False)["status"] == "error"
    assert python.ask("complete")["status"] == "error"
    assert python.ask("is_complete") == {"status": "unknown"}
    python.send("call", call=7, op="eval")
    assert python.wait_for("return").header["status"] == "error"
    assert python.run("kept").result == "21"


def test_magics_and_shell(python: PipedExecutor) -> None:
    assert "Wall time" in python.run("%time 1").stdout
    assert python.run("%%time\nz = 3").reply["status"] == "ok"
    assert python.run("z").result == "3"
    assert python.run("!echo $((1+1)) {z}").stdout == "2 3\n"
    assert python.run("!exit 3").reply["status"] == "ok"
    assert python.run("_exit_code").result == "3"
    assert python.run("!kill -9 $$").reply["status"] == "ok"
    assert python.run("_exit_code").result == "-9"
    assert python.run("lines = !printf 'a\\nb\\n'\nlines").result == "['a', 'b']"
    assert python.run("%%bash\necho from bash").stdout == "from bash\n"
    assert "\x1b" not in python.run("%pwd").stdout
    assert python.run("%%capture out\nprint(1)\n!echo 2").outputs == []
    assert python.run("out.stdout").result == "'1\\n2\\n'"
    assert python.run("%load_ext autoreload").reply["status"] == "ok"
    assert python.run("%lsmagic").result is not None


def test_shell_output_is_live_and_on_a_terminal(python: PipedExecutor) -> None:
    id = python.start("!python3 -c 'import sys; print(sys.stdout.isatty()); input()'; sleep 30")
    python.wait_for_text("True")
    python.interrupt()
    assert python.collect(id).reply["ename"] == "KeyboardInterrupt"


def test_help_goes_to_the_pager(python: PipedExecutor) -> None:
    cell = python.run("len?")
    [payload] = cell.reply["payload"]
    assert payload["source"] == "page"
    assert payload["start"] == 0
    assert "Return the number of items" in payload["data"]["text/plain"]
    assert python.run("1").reply["payload"] == []


def test_load_puts_text_into_the_next_cell(python: PipedExecutor) -> None:
    python.run("open('loaded.py', 'w').write('a = 1\\n');")
    [payload] = python.run("%load loaded.py").reply["payload"]
    assert payload["source"] == "set_next_input"
    assert "a = 1" in payload["text"]
    assert payload["replace"] is True


def test_edit_asks_the_client(python: PipedExecutor) -> None:
    [payload] = python.run("%edit loaded.py").reply["payload"]
    assert (payload["source"], payload["filename"].endswith("/loaded.py")) == ("edit_magic", True)


def test_errors_keep_the_payload(python: PipedExecutor) -> None:
    cell = python.run("get_ipython().set_next_input('retry'); 1/0")
    assert cell.reply["payload"] == [
        {"source": "set_next_input", "text": "retry", "replace": False}
    ]


def test_top_level_await(python: PipedExecutor) -> None:
    assert python.run("import asyncio\nawait asyncio.sleep(0.001, 'slept')").result == "'slept'"
    cell = python.run("await asyncio.wait_for(asyncio.sleep(9), 0.01)")
    assert cell.error is not None
    assert cell.error["ename"] == "TimeoutError"


def test_tasks_go_on_between_cells_and_print_into_their_own(python: PipedExecutor) -> None:
    id = python.start(
        "async def ticks():\n"
        "    for i in range(3):\n"
        "        await asyncio.sleep(0.01)\n"
        "        print('tick', i)\n"
        "task = asyncio.create_task(ticks())"
    )
    assert python.collect(id).stdout == ""
    seen = ""
    while "tick 2" not in seen:
        frame = python.wait_for("stream")
        assert frame.header["id"] == id
        seen += bytes(frame.buffers[0]).decode()
    assert python.run("task.done()").result == "True"


def test_context_variables_last_from_cell_to_cell(python: PipedExecutor) -> None:
    python.run("import contextvars; var = contextvars.ContextVar('var'); var.set(1)")
    assert python.run("await asyncio.sleep(0); var.get()").result == "1"


def test_hooks_run_around_cells(python: PipedExecutor) -> None:
    python.run(
        "seen = []\n"
        "def before(info): seen.append(info.raw_cell)\n"
        "def after(result): seen.append(result.result)\n"
        "ip = get_ipython()\n"
        "ip.events.register('pre_run_cell', before); ip.events.register('post_run_cell', after)"
    )
    python.run("10 + 1")
    assert python.run("seen").result == "[None, '10 + 1', 11, 'seen']"
    python.run(
        "ip.events.unregister('pre_run_cell', before); ip.events.unregister('post_run_cell', after)"
    )


def test_pickle_and_main(python: PipedExecutor) -> None:
    assert python.run("__name__").result == "'__main__'"
    cell = python.run("class P: pass\nimport pickle; type(pickle.loads(pickle.dumps(P()))) is P")
    assert cell.result == "True"


def test_libraries_see_a_notebook(python: PipedExecutor) -> None:
    cell = python.run(
        "ip = get_ipython()\n"
        "(type(ip).__name__, 'IPKernelApp' in ip.config, ip.has_trait('kernel'),\n"
        " ip.kernel.get_parent()['header']['msg_id'] == ip.get_parent()['header']['msg_id'])"
    )
    assert cell.result == "('ZMQInteractiveShell', True, True, True)"


def test_environment_of_cells(python: PipedExecutor) -> None:
    own = "{'POLYGLOT_' + name for name in ('MARK', 'CONNECTION_FILE', 'JULIA_BINDIR')}"
    assert python.run(f"import os; {own} & set(os.environ)").result == "set()"
    programs_see = "!echo $PAGER $GIT_PAGER $CLICOLOR $FORCE_COLOR $CLICOLOR_FORCE"
    assert python.run(programs_see).stdout.split() == ["cat", "cat", "1", "1", "1"]
    assert python.run("import sys; '' in sys.path").result == "True"
    assert python.run("!env | grep -c POLYGLOT_MARK").stdout == "0\n"


def test_connect_info(tmp_path: Path) -> None:
    file = tmp_path / "kernel-1.json"
    file.write_text('{"shell_port": 1}\n')
    with python_executor(tmp_path, POLYGLOT_CONNECTION_FILE=str(file)) as python:
        cell = python.run("%connect_info")
        assert '{"shell_port": 1}' in cell.stdout
        assert f"jupyter console --existing {file}" in cell.stdout


def test_connect_info_without_a_file(python: PipedExecutor) -> None:
    assert python.run("%connect_info").reply["ename"] == "UsageError"


def test_a_cells_code_has_a_file(python: PipedExecutor) -> None:
    """Tools show its lines, and open it; numba and others know a notebook by the folder's name."""
    python.run("def f():\n    return 'the text'")
    name = eval(python.run("f.__code__.co_filename").result or "")
    folder = os.path.dirname(name)
    assert os.path.basename(folder) == f"ipykernel_{python.pid}"
    assert python.run("import linecache; linecache.getline(f.__code__.co_filename, 2)").result == (
        repr("    return 'the text'\n")
    )
    python.run(
        "import os, time\nwhile not os.path.exists(f.__code__.co_filename): time.sleep(0.001)"
    )
    assert Path(name).read_text() == "def f():\n    return 'the text'\n"
    assert os.stat(folder).st_mode & 0o077 == 0
    shown = python.run("f?").reply["payload"][0]["data"]["text/plain"]
    assert name in shown
    assert "ipykernel_" not in str((python.run("f(1)").error or {})["traceback"])  # but `In[5]`
    other = python.run("def f():\n    return 'the text'\nf.__code__.co_filename").result
    assert other != repr(name)  # of a cell with another text


def test_the_files_of_cells_go_with_the_executor(tmp_path: Path) -> None:
    with python_executor(tmp_path, TMPDIR=str(tmp_path)) as python:
        python.run("f = lambda: 1")
        python.run(
            "import os, time\nwhile not os.path.exists(f.__code__.co_filename): time.sleep(0.001)"
        )
        assert list(tmp_path.glob("ipykernel_*/cell_*.py"))
        python.send("shutdown", restart=False)
        python.wait()
        assert not list(tmp_path.glob("ipykernel_*"))
