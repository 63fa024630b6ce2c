"""An executor's death costs one language's variables, and is told in the cell."""

from __future__ import annotations

import os
import re
import signal

import pytest
from languages import SPIN, both, in_

DEATHS = {
    "python": {
        "os._exit(3)": "code 3",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "SIGKILL",
        "import ctypes; ctypes.string_at(0)": "SIGSEGV",
        "import os; os.abort()": "SIGABRT",
        "import signal; signal.raise_signal(signal.SIGTERM)": "SIGTERM",
    },
    "julia": {
        "exit()": "code 0",
        "exit(3)": "code 3",
        "ccall(:kill, Cint, (Cint, Cint), getpid(), 9)": "SIGKILL",
        "unsafe_load(Ptr{Int}(0)); ccall(:raise, Cint, (Cint,), 11)": "SIGSEGV",
        "ccall(:abort, Cvoid, ())": "SIGABRT",
        "ccall(:_exit, Cvoid, (Cint,), 5)": "code 5",
    },
}
OTHER = {"python": "julia", "julia": "python"}


@pytest.mark.parametrize(
    ("language", "code", "reason"),
    [(language, code, reason) for language in DEATHS for code, reason in DEATHS[language].items()],
)
def test_death_is_told_and_survived(nb, language, code, reason):
    nb.run(in_(OTHER[language], "kept = 21"))
    nb.run(in_(language, "lost = 1"))
    before = {
        "python": "import os\nprint('last words')\ninput()\n",
        "julia": 'println("last words")\nreadline()\n',
    }
    cell = nb.submit(in_(language, before[language] + code))
    cell.wait_for_input()
    queued = nb.submit("print('never')")
    nb.ask("kernel_info_request")  # it stands behind the queued cell: the kernel has that
    cell.give("")
    assert cell.wait().status == "error"
    assert cell.stdout == "last words\n"
    assert reason in cell.error.evalue, cell.error.evalue
    assert language.capitalize() in cell.error.evalue
    assert queued.wait().status == "aborted"
    assert nb.fail(in_(language, "lost")).error.ename in ("NameError", "UndefVarError")
    assert nb.run(in_(OTHER[language], "kept")).result == "21"


def test_python_exit_forms_do_not_kill(nb):
    nb.run("alive = 1")
    cell = nb.fail("import sys\nsys.exit(2)")
    assert cell.error.ename == "SystemExit"
    assert nb.run("alive").result == "1"


@pytest.mark.parametrize("language", ["python", "julia"])
def test_killed_from_outside(nb, language):
    """While idle: it is told below the last cell of that language, whose variables are lost."""
    nb.run(in_(OTHER[language], "kept = 21"))
    pid_of = "import os; lost = os.getpid(); lost" if language == "python" else "lost = getpid()"
    cell = nb.run(in_(language, pid_of))
    nb.run(in_(OTHER[language], "1"))
    os.kill(int(cell.result), signal.SIGKILL)
    cell.wait_for_late_text("variables are lost")
    assert f"The {language.capitalize()} process was ended by SIGKILL" in cell.stderr
    assert nb.run(in_(language, "1 + 1")).result == "2"
    assert nb.fail(in_(language, "lost")).error.ename in ("NameError", "UndefVarError")
    assert nb.run(in_(OTHER[language], "kept")).result == "21"


def test_an_end_between_cells_is_told(nb, tmp_path):
    """A task ends the process when its cell is long over."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    cell = nb.run(f"%julia\nlost = 1\n@async (run(`cat {gate}`); exit(3))\nnothing")
    gate.write_text("go on")
    cell.wait_for_late_text("variables are lost")
    assert cell.stderr.startswith("The Julia process ended with exit code 3. ")


def test_exit_in_a_notebook_of_julias_asks_the_client_to_leave(launch):
    """As in IJulia; who stays has a fresh Julia, and is told so."""
    nb = launch("polyglot-julia").connect()
    nb.run("%python kept = 21")
    cell = nb.run("lost = 1; println(2); exit()")
    assert cell.answer["payload"] == [{"source": "ask_exit", "keepkernel": False}]
    assert cell.stdout == "2\n"
    assert "its variables are lost" in cell.stderr
    assert cell.late == []
    assert nb.fail("lost").error.ename == "UndefVarError"
    assert nb.run("%python kept").result == "21"
    assert nb.fail("exit(3)").error.ename == "ExecutorDied"


def test_an_end_that_was_asked_for_is_not_told(launch):
    nb = launch().connect()
    cell = nb.run("exit")
    assert nb.run("1 + 1").result == "2"
    assert cell.late == []
    assert cell.stderr == ""


ROOM = 1 << 29  # bytes of address space that may be added to what the process has
HUNGRY = {
    "python": (
        "import psutil, resource\n"
        f"limit = psutil.Process().memory_info().vms + {ROOM}\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        "x = []\n"
        "try:\n    while True: x.append(bytearray(1 << 26))\n"
        "except MemoryError:\n    x.pop()\n    raise"  # or how much is left is a matter of luck
    ),
    "julia": (
        'pages = parse(UInt64, first(split(read("/proc/self/statm", String))))\n'
        f"limit = 4096 * pages + {ROOM}\n"
        "ccall(:setrlimit, Cint, (Cint, Ptr{UInt64}), 9, [limit, limit])\n"
        "x = []\nwhile true; push!(x, zeros(UInt8, 1 << 26)); end"
    ),
}


@pytest.mark.parametrize("language", ["python", "julia"])
def test_out_of_memory(launch, language):
    """Under a limit: either the language reports it, or its process dies and the cell tells."""
    nb = launch().connect()
    nb.run(in_(OTHER[language], "kept = 34"))
    # Of the reply: what IPython makes of a traceback without any memory is a text on stderr.
    ename = nb.fail(in_(language, HUNGRY[language])).answer["ename"]
    assert ename in ("MemoryError", "OutOfMemoryError", "ExecutorDied")
    assert nb.run(in_(OTHER[language], "kept")).result == "34"
    nb.submit(in_(language, "x = 0")).wait()
    assert nb.run(in_(language, "1 + 1")).result == "2"


@pytest.mark.parametrize("language", ["python", "julia"])
def test_death_again_and_again(nb, language):
    die = "import os; os._exit(1)" if language == "python" else "exit(1)"
    for _ in range(2):
        assert "code 1" in nb.fail(in_(language, die)).error.evalue
    assert nb.run(in_(language, "1 + 1")).result == "2"


def test_death_while_it_waits_for_input(nb):
    code = (
        "import os, threading, signal\n"
        "threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()\ninput()"
    )
    cell = nb.submit(code)
    assert "SIGKILL" in cell.wait().error.evalue
    if cell.inputs:
        cell.give("too late")
    assert nb.run("input()", answers=["fine"]).result == "'fine'"


FAULTS = (signal.SIGSEGV, signal.SIGBUS)


@both
@pytest.mark.parametrize("number", FAULTS)
def test_a_fault_from_outside_ends_what_runs(nb, language, number):
    """Also where the runtime tells of it and then goes on, as the fault does not come again."""
    pid_of = "import os; os.getpid()" if language == "python" else "getpid()"
    nb.run(in_(OTHER[language], "kept = 21"))
    pid = int(nb.run(in_(language, pid_of)).result)
    cell = nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    os.kill(pid, number)
    assert number.name in cell.wait().error.evalue
    assert nb.run(in_(language, "1 + 1")).result == "2"
    assert nb.run(in_(OTHER[language], "kept")).result == "21"


@both
@pytest.mark.parametrize("number", FAULTS)
def test_a_fault_from_outside_ends_what_is_idle(nb, language, number):
    pid_of = "import os; os.getpid()" if language == "python" else "getpid()"
    cell = nb.run(in_(language, pid_of))
    os.kill(int(cell.result), number)
    cell.wait_for_late_text(f"The {language.capitalize()} process was ended by {number.name}")
    assert nb.run(in_(language, "1 + 1")).result == "2"


SLEEP = {
    "python": "import time\nprint('on')\nfor _ in range(20): time.sleep(0.1)\nprint('over')",
    "julia": 'println("on")\nfor _ in 1:20; sleep(0.1); end\nprintln("over")',
}


@pytest.mark.parametrize("language", ["python", "julia"])
def test_stopped_from_outside(nb, language):
    """Nothing else tells such a cell from one that takes its time."""
    pid_of = "import os; os.getpid()" if language == "python" else "getpid()"
    pid = int(nb.run(in_(language, pid_of)).result)
    cell = nb.submit(in_(language, SLEEP[language])).wait_for_stdout("on")
    os.kill(pid, signal.SIGSTOP)
    cell.wait_for_stderr(f"The {language.capitalize()} process is stopped")
    os.kill(pid, signal.SIGCONT)
    assert cell.wait().stdout == "on\nover\n"
    assert cell.stderr.count("is stopped") == 1
    assert str(pid) in cell.stderr


@pytest.mark.parametrize("language", ["python", "julia"])
def test_stopped_while_idle(nb, language):
    """It is told when a cell waits for it."""
    pid_of = "import os; os.getpid()" if language == "python" else "getpid()"
    pid = int(nb.run(in_(language, pid_of)).result)
    os.kill(pid, signal.SIGSTOP)
    other = nb.run(in_(OTHER[language], "1"))
    cell = nb.submit(in_(language, "1")).wait_for_stderr("process is stopped")
    assert other.result == "1"
    os.kill(pid, signal.SIGCONT)
    assert cell.wait().result == "1"


def test_a_machine_that_sleeps(nb):
    """All of the kernel is stopped and goes on, which nobody is told."""
    cell = nb.submit(SLEEP["python"]).wait_for_stdout("on")
    family = [nb.kernel.process, *nb.kernel.descendants]
    for number in (signal.SIGSTOP, signal.SIGCONT) * 3:
        for process in family if number == signal.SIGSTOP else reversed(family):
            process.send_signal(number)
        nb.receive(0.1)
    assert cell.wait().stdout == "on\nover\n"
    assert cell.stderr == ""
    assert nb.run("%julia\n1").result == "1"


MOVED = {  # the other language takes half a gigabyte from this one, which then is killed
    "python": (
        "import numpy as np\nbig = np.ones(2**26)",
        '%julia\nprintln("on"); x = py.big; length(x)',
    ),
    "julia": ("big = ones(2^26); nothing", "%python\nprint('on'); x = jl.big; len(x)"),
}
KILLED = (signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS)


@pytest.mark.parametrize("language", ["python", "julia"])
@pytest.mark.parametrize("number", KILLED)
def test_killed_while_a_large_value_crosses(nb, language, number):
    """Whenever it happens, the other language ends its wait and keeps what it has."""
    make, take = MOVED[language]
    pid_of = "import os; os.getpid()" if language == "python" else "getpid()"
    nb.run(in_(OTHER[language], "kept = 34"))
    pid = int(nb.run(in_(language, pid_of)).result)
    nb.run(in_(language, make))
    cell = nb.submit(take).wait_for_stdout("on")
    os.kill(pid, number)
    if cell.wait().status == "error":  # or the next process was asked, which has no such variable
        assert re.search("process|gone|not defined", cell.error.evalue), cell.error.evalue
    else:
        assert cell.result == str(2**26)
    assert nb.run(in_(OTHER[language], "kept")).result == "34"
    nb.submit(in_(OTHER[language], "x = 0")).wait()
    nb.submit(in_(language, "1")).wait()  # its end may still have to be told
    assert nb.run(in_(language, "1 + 1")).result == "2"
