"""Children of the executor, and its end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from executor_pipes import GUARD, PipedExecutor, python_executor


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def test_a_forked_child_prints_as_plain_output(python: PipedExecutor) -> None:
    cell = python.run(
        "import os\n"
        "print('parent')\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    print('child')\n"
        "    display('shown by the child')\n"
        "    os._exit(0)\n"
        "os.waitpid(pid, 0)[1]"
    )
    assert cell.stdout == "parent\nchild\n'shown by the child'\n"
    assert cell.result == "0"


def test_a_forked_child_that_runs_on_ends_with_the_cell(python: PipedExecutor) -> None:
    cell = python.run(
        "import sys\n"
        "pid = os.fork()\n"
        "if pid == 0: sys.exit(7)\n"
        "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
    )
    assert cell.result == "7"
    cell = python.run("pid = os.fork()\nprint('both')\nif pid: os.waitpid(pid, 0);")
    assert cell.stdout == "both\n" * 2
    cell = python.run("pid = os.fork()\nif pid == 0: 1/0\nos.waitpid(pid, 0)[1] >> 8")
    assert cell.result == "1"
    assert "ZeroDivisionError" in cell.stderr


def test_a_forked_child_cannot_ask(python: PipedExecutor) -> None:
    cell = python.run(
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    try: input('? ')\n"
        "    except EOFError as error: print('no:', error)\n"
        "    os._exit(0)\n"
        "os.waitpid(pid, 0);"
    )
    assert cell.stdout == "no: a forked process cannot ask for input\n"


def test_a_forked_child_has_no_julia(python: PipedExecutor) -> None:
    cell = python.run(
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    try: jl.x\n"
        "    except RuntimeError as error: print(error)\n"
        "    os._exit(0)\n"
        "os.waitpid(pid, 0);"
    )
    assert cell.stdout.startswith("a forked process has no way to the kernel: call Julia (jl)")


def test_multiprocessing_by_fork(python: PipedExecutor) -> None:
    cell = python.run(
        "import multiprocessing\n"
        "def job(n):\n"
        "    print('job', n)\n"
        "    return n * n\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    squares = pool.map(job, range(4))\n"
        "squares"
    )
    assert cell.result == "[0, 1, 4, 9]"
    assert sorted(cell.stdout.splitlines()) == [f"job {n}" for n in range(4)]


def test_multiprocessing_by_spawn(python: PipedExecutor) -> None:
    cell = python.run(
        "with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "    result = pool.map(abs, [-1, 2])\n"
        "result"
    )
    assert cell.result == "[1, 2]"


def test_subprocesses_do_not_inherit_the_pipes(python: PipedExecutor) -> None:
    cell = python.run("!ls /proc/self/fd 2>/dev/null || echo 0 1 2")
    assert "4" not in cell.stdout.split()


def test_asyncio_subprocesses(python: PipedExecutor) -> None:
    cell = python.run(
        "import asyncio\n"
        "process = await asyncio.create_subprocess_shell('echo hello', stdout=-1)\n"
        "(await process.communicate())[0]"
    )
    assert cell.result == "b'hello\\n'"


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + GUARD
    while not gone(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_shutdown_runs_exit_handlers(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        python.run("import atexit; atexit.register(lambda: open('left', 'w').write('x'));")
        python.send("shutdown", restart=False)
        assert python.wait() == 0
    assert (tmp_path / "left").exists()


def test_exit_ends_the_process_after_its_reply(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        cell = python.run("exit")
        assert cell.reply["status"] == "ok"
        assert cell.reply["payload"] == [{"source": "ask_exit", "keepkernel": False}]
        assert python.wait() == 0


def test_exit_that_keeps_the_kernel(python: PipedExecutor) -> None:
    cell = python.run("quit(keep_kernel=True)")
    assert cell.reply["payload"] == [{"source": "ask_exit", "keepkernel": True}]
    assert python.run("1").result == "1"


def test_a_host_that_is_gone_ends_the_executor(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        python.hang_up()
        assert python.wait() == 0


def test_a_host_that_is_gone_ends_a_spinning_cell(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        python.start("print('spinning')\nwhile True: pass")
        python.wait_for_text("spinning")
        start = time.monotonic()
        python.hang_up()
        python.wait()
        assert time.monotonic() - start < 10


def test_a_broken_frame_ends_the_executor_with_70(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        python.send_bytes(b"this is no frame, but long enough")
        assert python.wait() == 70


def test_os_exit_and_segfault_are_just_that(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        python.start("import os; os._exit(3)")
        assert python.wait() == 3
    with python_executor(tmp_path) as python:
        python.start("import ctypes; ctypes.string_at(0)")
        assert python.wait() == -11


def test_no_fork_while_completion_loads_a_module(tmp_path: Path) -> None:
    # The child would wait for ever for the thread that loads it, which it does not have.
    (tmp_path / "slow.py").write_text(
        "import os, time\nos.mkfifo('started'); open('started', 'w').close(); time.sleep(0.5)\n"
    )
    with python_executor(tmp_path) as python:
        python.run("None")  # then the folder is on the path
        question = python.send("complete", code="from slow import t", cursor_pos=18)
        cell = python.start(
            "import os, time\n"
            "while not os.path.exists('started'): time.sleep(0.001)\n"
            "open('started').close()\n"
            "pid = os.fork()\n"
            "if pid == 0:\n"
            "    import slow\n"
            "    print(slow.time.__name__)\n"
            "    os._exit(0)\n"
            "os.waitpid(pid, 0)[1]"
        )
        assert "time" in python.collect(question).reply["matches"]
        shown = python.collect(cell)
        assert (shown.stdout, shown.result) == ("time\n", "0")
