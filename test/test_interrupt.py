"""Interrupts: whatever runs is stopped, and the variables stay."""

from __future__ import annotations

import time

import psutil
import pytest
from languages import SPIN, both, in_

# What runs, after it has said "on".
JULIA = {
    "yielding loop": "while true; sleep(0.001); end",
    "loop without a safepoint": "while true; end",
    "allocating loop": "x = Int[]; while true; x = rand(100); end",
    "usleep": "ccall(:usleep, Cint, (Cuint,), 100_000_000)",
    "usleep in a loop": "while true; ccall(:usleep, Cint, (Cuint,), 1000); end",
    "sleep": "sleep(100)",
    "readline": "readline()",
    "run": "run(`sleep 100`)",
    "task": "wait(@async sleep(100))",
    "a loop in a function": "spin() = while true; end; spin()",
    "printing": 'while true; println("x"); end',
    "locks": "lock(ReentrantLock()) do; while true; yield(); end; end",
    "channel": "take!(Channel(1))",
}
PYTHON = {
    "tight loop": "while True: x = 6",
    "sleep": "import time; time.sleep(100)",
    "input": "input()",
    "subprocess": "import subprocess; subprocess.run(['sleep', '100'])",
    "shell": "!sleep 100",
    "await": "import asyncio; await asyncio.sleep(100)",
    "printing": "while True: print('x')",
    "thread": "import threading; threading.Event().wait()",
}
CASES = [("python", name, code) for name, code in PYTHON.items()] + [
    ("julia", name, code) for name, code in JULIA.items()
]


@pytest.mark.parametrize(
    ("language", "code"),
    [(language, code) for language, _, code in CASES],
    ids=[f"{language}: {name}" for language, name, _ in CASES],
)
def test_what_runs_is_stopped(nb, language, code):
    nb.run(in_(language, "kept = 5"))
    state = {"python": "__import__('os').getpid(), kept", "julia": "getpid(), kept"}[language]
    before = nb.run(in_(language, state)).result
    say = "print('on', flush=True)" if language == "python" else 'println("on")'
    cell = nb.submit(in_(language, f"{say}\n{code}")).wait_for_stdout("on")
    if "input()" in code or "readline" in code:
        cell.wait_for_input()
    nb.interrupt()
    # The runtime may throw into the task that is waited for, whose failure Julia then reports.
    expected = ("InterruptException", "TaskFailedException")
    assert cell.wait().error.ename in (expected if language == "julia" else ("KeyboardInterrupt",))
    assert "Interrupt" in cell.error.traceback
    assert nb.run(in_(language, state)).result == before


@both
def test_twenty_interrupts_in_idle_do_nothing(nb, language):
    nb.run(in_(language, "kept = 7"))
    for _ in range(20):
        nb.interrupt()
        assert nb.run(in_(language, "kept")).result == "7"


@both
def test_an_interrupt_leaves_the_other_language_alone(nb, language):
    other = {"python": "julia", "julia": "python"}[language]
    nb.run(in_(other, "kept = 9"))
    cell = nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    nb.interrupt()
    assert cell.wait().status == "error"
    assert nb.run(in_(other, "kept")).result == "9"


@both
def test_the_cells_behind_are_aborted(nb, language):
    spin = nb.submit(in_(language, SPIN[language]))
    queued = [nb.submit(in_(name, "print(1)"), stop_on_error=False) for name in ("julia", "python")]
    spin.wait_for_stdout("on")
    nb.interrupt()
    assert spin.wait().status == "error"
    assert [cell.wait().status for cell in queued] == ["aborted", "aborted"]
    assert nb.run(in_(language, "1 + 1")).result == "2"


@both
def test_many_interrupts_of_one_cell(nb, language):
    nb.run(in_(language, "kept = 11"))
    for _ in range(3):
        cell = nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
        requests = [nb.request("interrupt_request", channel="control") for _ in range(2)]
        cell.wait()
        assert [request.wait().status for request in requests] == ["ok", "ok"]
        assert cell.status == "error"
    assert nb.run(in_(language, "kept")).result == "11"


@both
def test_code_can_catch_an_interrupt(nb, language):
    code = {
        "python": "try:\n    print('on')\n    while True: pass\n"
        "except KeyboardInterrupt:\n    caught = True\n'goes on'",
        "julia": 'caught = try\n    println("on")\n    while true; sleep(0.01); end\n'
        'catch e\n    e isa InterruptException\nend\n"goes on"',
    }
    cell = nb.submit(in_(language, code[language])).wait_for_stdout("on")
    nb.interrupt()
    assert "goes on" in cell.wait().result
    assert nb.run(in_(language, "caught")).result in ("True", "true")


@both
def test_a_finally_clause_runs(nb, language):
    body = SPIN[language].splitlines()
    code = {
        "python": f"try:\n    {body[0]}\n    {body[1]}\nfinally:\n    cleaned = 1",
        "julia": f"(function ()\ntry\n{SPIN['julia']}\nfinally\nglobal cleaned = 1\nend\nend)()",
    }
    cell = nb.submit(in_(language, code[language])).wait_for_stdout("on")
    nb.interrupt()
    assert cell.wait().status == "error"
    assert nb.run(in_(language, "cleaned")).result == "1"


# Longer than any interval between two signals of the host. In a function, as Julia 1.12 interprets
# what makes globals at the top level: an empty loop is not left there at the first press.
SAVES = {
    "python": "try:\n    {loop}\nexcept KeyboardInterrupt:\n    {work}\n    saved = True\n"
    "'goes on'",
    "julia": "(function ()\ntry\n{loop}\ncatch\n{work}\nglobal saved = true\nend\nend)()\n"
    '"goes on"',
}
BUSY = {
    "python": "import time; end = time.time() + 1.5\n    while time.time() < end: pass",
    "julia": "let stop = time() + 1.5; while time() < stop; end; end",
}


@pytest.mark.parametrize(
    ("language", "loop", "work"),
    [
        ("python", "print('on'); time.sleep(100)", "time.sleep(1.5)"),
        ("python", "print('on', flush=True)\n    while True: pass", BUSY["python"]),
        ("julia", 'println("on"); sleep(100)', "sleep(1.5)"),
        ("julia", 'println("on"); sleep(100)', BUSY["julia"]),
        ("julia", 'println("on"); while true; end', "sleep(1.5)"),
        ("julia", 'println("on"); while true; end', BUSY["julia"]),
        ("julia", 'println("on"); while true; rand(10); end', BUSY["julia"]),
    ],
)
def test_what_handles_the_interrupt_is_left_alone(nb, language, loop, work):
    """A training loop that saves its model: no further signal hits what is done then."""
    if language == "python":
        nb.run("import time")
    cell = nb.submit(in_(language, SAVES[language].format(loop=loop, work=work)))
    cell.wait_for_stdout("on")
    nb.interrupt()
    assert "goes on" in cell.wait().result
    assert nb.run(in_(language, "saved")).result in ("True", "true")


@both
def test_handling_may_take_long_and_be_interrupted(nb, language):
    """Longer than the time in which what does not react is given up; no variable is at stake."""
    code = {
        "python": "import time\ntry:\n    print('on')\n    time.sleep(100)\n"
        "except KeyboardInterrupt:\n    time.sleep(4)\n    print('waited')\n    time.sleep(100)",
        "julia": 'try\nprintln("on"); sleep(100)\ncatch\n'
        'sleep(4); println("waited"); sleep(100)\nend',
    }
    nb.run(in_(language, "kept = 19"))
    cell = nb.submit(in_(language, code[language])).wait_for_stdout("on")
    nb.interrupt()
    cell.wait_for_stdout("waited")
    nb.interrupt()
    assert "Interrupt" in cell.wait().error.ename
    assert cell.stderr == ""
    assert nb.run(in_(language, "kept")).result == "19"


def test_background_tasks_are_not_hit(nb):
    """The interrupt is for the cell, whichever task happens to run."""
    nb.run("%julia\nticks = 0\nticking = @async while true; sleep(0.001); global ticks += 1; end;")
    cell = nb.submit('%julia\nprintln("on"); take!(Channel(1))').wait_for_stdout("on")
    nb.interrupt()
    assert cell.wait().error.ename == "InterruptException"
    assert nb.run("%julia\nbefore = ticks; sleep(0.1); ticks > before").result == "true"


def test_tasks_that_wait_outlive_interrupts_around_the_ends_of_cells(nb):
    nb.run("%julia\nwaiting = Condition(); patient = @async (wait(waiting); 5);")
    for i in range(20):
        cell = nb.submit("%julia\nsleep(0.02)")
        time.sleep(i / 400)  # the press comes before, in or behind the cell: all are meant
        nb.interrupt()
        cell.wait()
    assert nb.run("%julia\nnotify(waiting); fetch(patient)").result == "5"


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_subprocess_is_gone(nb):
    cell = nb.submit('%julia\nprintln("on"); run(`sleep 4711`)').wait_for_stdout("on")
    sleeping: list[psutil.Process] = []
    while not sleeping:
        sleeping = [p for p in nb.kernel.descendants if p.name() == "sleep"]
    nb.interrupt()
    cell.wait()
    # Julia takes note of its end when it is idle: before 1.9 it compiles ahead first, for seconds.
    nb.wait_until(lambda: not any(map(is_alive, sleeping)), "the end of the subprocess")


BLOCKS = {
    # One call of C code, which holds the GIL and looks for no signal.
    "python": "print('on', flush=True)\nsum(range(10**13))",
    # Blocked signals: not even a burst reaches this.
    "julia": (
        "signals = fill(0xff, 128)\n"
        "ccall(:sigprocmask, Cint, (Cint, Ptr{UInt8}, Ptr{UInt8}), 0, signals, C_NULL)\n"
        "ccall(:pthread_sigmask, Cint, (Cint, Ptr{UInt8}, Ptr{UInt8}), 0, signals, C_NULL)\n"
        'println("on")\n'
        "while true; ccall(:sleep, Cuint, (Cuint,), 1000); end"
    ),
}


@both
def test_what_cannot_be_stopped_is_ended_at_the_second_interrupt(launch, language):
    nb = launch().connect()
    other = {"python": "julia", "julia": "python"}[language]
    nb.run(in_(other, "kept = 13"))
    nb.run(in_(language, "lost = 1"))
    cell = nb.submit(in_(language, BLOCKS[language])).wait_for_stdout("on")
    queued = nb.submit("print('never')")
    nb.interrupt()
    cell.wait_for_stderr("nterrupt")  # what a second interrupt will do
    assert "variables" in cell.stderr and language.capitalize() in cell.stderr
    assert not cell.finished
    nb.interrupt()
    assert cell.wait().status == "error"
    assert language.capitalize() in cell.error.evalue and "variables" in cell.error.evalue
    assert queued.wait().status == "aborted"
    assert nb.run(in_(other, "kept")).result == "13"
    assert nb.fail(in_(language, "lost")).error.ename in ("NameError", "UndefVarError")


def test_latency(nb):
    """Generous limits: the measured ones are in bench/."""
    for code, limit in (("while true; sleep(0.001); end", 2.0), ("while true; end", 4.0)):
        cell = nb.submit(f'%julia\nprintln("on")\n{code}').wait_for_stdout("on")
        start = time.monotonic()
        nb.interrupt()
        cell.wait()
        assert time.monotonic() - start < limit
