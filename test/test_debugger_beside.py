"""While a cell stands: what goes on beside it, what ends it, and who else takes part."""

from __future__ import annotations

import time

from debugger import CELL, Debugger
from notebook import Notebook

AT_ONCE = 5.0  # s, on a busy machine; nothing here waits for a time to pass


def test_all_is_answered_while_a_cell_stands(nb: Notebook, debugger: Debugger) -> None:
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    assert nb.ask("kernel_info_request", channel="control").status == "ok"
    assert nb.complete("prin")["matches"]
    assert nb.inspect("print")["found"]
    assert nb.is_complete("(")["status"] == "incomplete"
    assert nb.history("tail", n=1)
    debugger.resume("continue")
    cell.wait()


def test_cells_of_the_other_language_go_on(nb: Notebook, debugger: Debugger) -> None:
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    assert nb.fail('%julia\nerror("not Python\'s")').status == "error"
    python = nb.submit("print('waits')")
    assert nb.run("%julia\n2 + 3").result == "5"
    assert not python.finished
    debugger.resume("continue")
    cell.wait()
    assert python.wait().stdout == "waits\n"


def test_what_was_sent_before_it_stood_waits(nb: Notebook, debugger: Debugger) -> None:
    """It may build on the cell that stands, and what follows in its language may build on it."""
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL)
    behind = [nb.submit("%julia\nbehind = py.c"), nb.submit("%julia\n2behind")]
    debugger.wait_for_stop()
    behind.append(nb.submit("%julia\n3behind"))
    assert nb.complete("prin")["matches"]
    assert not any(each.finished for each in behind)
    debugger.resume("continue")
    cell.wait()
    assert [each.wait().result for each in behind] == ["3", "6", "9"]


def test_an_interrupt_ends_what_stands(nb: Notebook, debugger: Debugger) -> None:
    """Nothing runs behind the line where it stands; the session goes on."""
    code = "reached = 1\nreached = 2\nreached = 3"
    debugger.break_at(code, 2)
    for _ in range(2):
        cell = nb.submit(code)
        debugger.wait_for_stop()
        nb.interrupt()
        begin = time.monotonic()
        error = cell.wait().error
        assert time.monotonic() - begin < AT_ONCE
        assert error.ename == "KeyboardInterrupt"
        assert "pydevd" not in "".join(error.traceback)
        debugger.wait_for_event("continued")
        assert debugger.ask("debugInfo")["stoppedThreads"] == []
        assert nb.value("reached") == "1"


def test_a_step_off_the_end_of_a_cell_ends_with_it(nb: Notebook, debugger: Debugger) -> None:
    debugger.break_at(CELL, 4)
    for _ in range(2):
        cell = nb.submit(CELL)
        debugger.wait_for_stop()
        begin = time.monotonic()
        debugger.resume("next")
        assert cell.wait().stdout == "6\n"
        assert time.monotonic() - begin < AT_ONCE
        assert nb.run("1 + 1").result == "2"  # and nothing stands in the next one


def test_an_interrupt_in_a_function_keeps_the_variables(nb: Notebook, debugger: Debugger) -> None:
    code = "kept = [1]\ndef f():\n    kept.append(2)\n    return 3\nf()\nkept.append(4)"
    debugger.break_at(code, 4)
    cell = nb.submit(code)
    waits = nb.submit("kept.append(5)")
    debugger.wait_for_stop()
    nb.interrupt()
    assert cell.wait().error.ename == "KeyboardInterrupt"
    assert waits.wait().status == "aborted"
    assert nb.value("kept") == "[1, 2]"
    again = nb.submit(code)  # and the breakpoint is still there
    debugger.wait_for_stop()
    debugger.resume("continue")
    again.wait()
    assert nb.value("kept") == "[1, 2, 4]"


def test_an_interrupt_of_julia_beside_it(nb: Notebook, debugger: Debugger) -> None:
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    spin = nb.submit('%julia\nprintln("spinning")\nwhile true; end').wait_for_stdout("spinning")
    nb.interrupt()
    assert spin.wait().error.ename == "InterruptException"
    assert not cell.finished
    assert debugger.line == 3
    debugger.resume("continue")
    cell.wait()


def test_a_cell_in_the_background_runs_beside_it(nb: Notebook, debugger: Debugger) -> None:
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    assert nb.submit("%julia &\n2 + 3").wait().result == "5"
    assert nb.run("%julia\n2 + 4").result == "6"
    assert debugger.line == 3
    debugger.resume("continue")
    assert cell.wait().stdout == "6\n"


def test_a_cell_in_the_background_is_debugged(nb: Notebook, debugger: Debugger) -> None:
    source = "%python &\n" + CELL
    debugger.break_at(source, 4)
    cell = nb.submit(source)
    debugger.wait_for_stop()
    assert debugger.line == 4
    assert nb.run("%julia\n2 + 3").result == "5"
    nb.interrupt()
    assert cell.wait().error.ename == "KeyboardInterrupt"
    assert nb.run(CELL).stdout == "6\n"


def test_a_cell_that_awaits(nb: Notebook, debugger: Debugger) -> None:
    code = "import asyncio\nx = 1\nawait asyncio.sleep(0.01)\nx = 2\nprint(x)"
    debugger.break_at(code, 2, 4)
    cell = nb.submit(code)
    for line in (2, 4):
        debugger.wait_for_stop()
        assert debugger.line == line
        debugger.resume("continue")
    assert cell.wait().stdout == "2\n"


def test_a_cell_of_a_subshell(nb: Notebook, debugger: Debugger) -> None:
    subshell = nb.ask("create_subshell_request", channel="control").answer["subshell_id"]
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL, subshell=subshell)
    debugger.wait_for_stop()
    assert debugger.line == 3
    debugger.resume("continue")
    assert cell.wait().stdout == "6\n"
    nb.ask("delete_subshell_request", {"subshell_id": subshell}, "control")


def test_a_thread_stops(nb: Notebook, debugger: Debugger) -> None:
    code = (
        "import threading\n"
        "def work():\n"
        "    inside = 1\n"
        "    print(inside)\n"
        "thread = threading.Thread(target=work, name='worker')\n"
        "thread.start(); thread.join()"
    )
    debugger.break_at(code, 4)
    cell = nb.submit(code)
    debugger.wait_for_stop()
    threads = {each["id"]: each["name"] for each in debugger.ask("threads")["threads"]}
    assert threads[debugger.thread] == "worker"
    assert not [name for name in threads.values() if name.startswith("polyglot")]
    assert debugger.locals() == {"inside": "1"}
    debugger.resume("continue")
    assert cell.wait().stdout == "1\n"


def test_a_pause(nb: Notebook, debugger: Debugger) -> None:
    cell = nb.submit("n = 0\nwhile n >= 0:\n    n += 1")
    nb.wait_until(lambda: cell.state == "busy", "its beginning")
    thread = next(t["id"] for t in debugger.ask("threads")["threads"] if t["name"] == "MainThread")
    debugger.ask("pause", threadId=thread)
    debugger.wait_for_stop("pause")
    assert debugger.line in (2, 3)
    frame = debugger.frames[0]["id"]
    debugger.ask("setExpression", expression="n", value="-5", frameId=frame)
    debugger.resume("continue")
    cell.wait()


def test_several_clients(nb: Notebook, debugger: Debugger) -> None:
    """All hear the events; any may let it go on, and ask where it stands."""
    other = Debugger(nb.kernel.connect())
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    info = other.ask("debugInfo")
    assert info["isStarted"] is True
    assert info["stoppedThreads"] == [debugger.thread]
    assert [each["breakpoints"] for each in info["breakpoints"]] == [[{"line": 3}]]
    other.thread = debugger.thread
    assert other.line == 3
    other.resume("continue")
    assert cell.wait().stdout == "6\n"
    debugger.wait_for_event("continued")


def test_a_second_client_may_begin_a_session_that_is_under_way(
    nb: Notebook, debugger: Debugger
) -> None:
    """As one that is opened once more."""
    debugger.break_at(CELL, 3)
    other = Debugger(nb.kernel.connect())
    other.start()
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    debugger.resume("continue")
    assert cell.wait().stdout == "6\n"


def test_a_restart_ends_the_session(fresh: Notebook) -> None:
    debugger = Debugger(fresh)
    debugger.start()
    debugger.break_at(CELL, 3)
    fresh.submit(CELL)
    debugger.wait_for_stop()
    fresh.kernel.manager.restart_kernel()
    again = fresh.kernel.connect()
    assert Debugger(again).ask("debugInfo")["isStarted"] is False
    assert again.run(CELL).stdout == "6\n"


def test_the_end_of_python_ends_the_session(fresh: Notebook) -> None:
    debugger = Debugger(fresh)
    debugger.start()
    fresh.fail("import os; os._exit(1)")
    debugger.wait_for_event("terminated")
    debugger.stop()  # to no harm
    debugger.start()
    debugger.break_at(CELL, 3)
    cell = fresh.submit(CELL)
    debugger.wait_for_stop()
    debugger.resume("continue")
    cell.wait()


def test_julia_cells_have_no_breakpoints(nb: Notebook, debugger: Debugger) -> None:
    """The debugger says so, and so does the cell that runs on."""
    code = "%julia\nx = 1\nx + 1"
    answer = debugger.break_at(code, 2)
    assert [each["verified"] for each in answer] == [False]
    assert answer[0]["message"] == "Julia cells have no breakpoints"
    cell = nb.run(code)
    assert cell.result == "2"
    assert cell.stderr == "Julia cells have no breakpoints: this one runs to its end.\n"
    assert nb.run("%julia\n2").stderr == ""
    debugger.break_at(code)
    assert nb.run(code).stderr == ""


def test_a_call_from_julia_stops_in_python(nb: Notebook, debugger: Debugger) -> None:
    code = "def third(x):\n    y = x / 3\n    return y"
    nb.run(code)
    debugger.break_at(code, 3)
    cell = nb.submit("%julia\npy.third(9)")
    debugger.wait_for_stop()
    assert debugger.locals() == {"x": "9", "y": "3.0"}
    debugger.resume("continue")
    assert cell.wait().result == "3.0"


def test_a_forked_child_does_not_stand(nb: Notebook, debugger: Debugger) -> None:
    code = (
        "import os\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    debugger.break_at(code, 4)
    assert nb.run(code).stdout == "7\n"
