"""The stop button: whoever presses it again and again reaches the end, and the variables stay."""

from __future__ import annotations

import itertools
import os
import signal
import time

import psutil
import pytest
from languages import in_
from notebook import Cell, Notebook

KEPT = {"python": "__import__('os').getpid(), kept", "julia": "getpid(), kept"}
SAY = {"python": "print('on', flush=True)\n", "julia": 'println("on")\n'}
EVERY = 2.5  # s, between two presses
PRESSES = 8


def press_until_it_ends(nb: Notebook, cell: Cell, every: float = EVERY) -> int:
    """Press the stop button, wait, and press again; how often it took."""
    for presses in itertools.count(1):
        nb.interrupt()
        deadline = time.monotonic() + every
        while not cell.finished and time.monotonic() < deadline:
            nb.receive(0.05)
        if cell.finished:
            return presses
        assert presses < PRESSES, f"{PRESSES} presses did not end {cell.content['code']!r}"
    raise AssertionError


def stops(nb: Notebook, language: str, code: str) -> tuple[Cell, int]:
    """Run, interrupt until it ends, and look at the variables of both languages."""
    before = {}
    for each in KEPT:
        nb.run(in_(each, "kept = 5"))
        before[each] = nb.value(in_(each, KEPT[each]))
    cell = nb.submit(in_(language, SAY[language] + code)).wait_for_stdout("on")
    presses = press_until_it_ends(nb, cell)
    told = f"{presses} presses: {cell.error}; {cell.stderr}"
    assert cell.error is None or cell.error.ename != "ExecutorDied", told
    for each in KEPT:
        assert nb.value(in_(each, KEPT[each])) == before[each]
    return cell, presses


# ------------------------------------------------------------ loops from one language to the other

DEFINED = {
    "python": "import numpy as np, time\ndef f(x): return 1\n"
    "def hh(n): return jl.gg(n - 1) if n else 0\n"
    "big = np.ones(2**20)",
    "julia": "g(x) = x\ngg(n) = n == 0 ? 0 : 1 + py.hh(n - 1)",
}


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("julia", "while true; py.f(1); end"),
        ("julia", "while true; py.f(1); t = time(); while time() - t < 0.01; end; end"),
        ("julia", "map(x -> py.f(x), 1:10^7)"),
        ("julia", "while true; global x = py.big; end"),
        ("python", "i = 1\nwhile True: i = jl.g(i)"),
        ("python", "while True: jl.g(np.ones(2**14))"),
        ("python", "while True: jl.g(big)"),
        ("python", "while True: jl.x = big"),
        ("python", "while True: jl.gg(5)"),
        ("julia", "while true; py.hh(5); end"),
        ("python", "jl('while true; end')"),
    ],
)
def test_a_loop_across_the_languages_ends_at_the_first_press(nb, language, code):
    for each, definitions in DEFINED.items():
        nb.run(in_(each, definitions))
    for _ in range(3):
        cell, presses = stops(nb, language, code)
        assert presses == 1
        assert "Interrupt" in cell.error.ename
        assert "restart" not in cell.stderr


# ----------------------------------------------------------------------- never by force into these


@pytest.mark.parametrize(
    "code",
    [
        "A = rand(400, 400); while true; global A = A * A ./ 400; end",
        "x = [rand(10) for i in 1:10^5]; while true; GC.gc(); end",
        "while true; factorial(big(10^5)); end",
        "a = []; while true; push!(a, rand(1000)); length(a) > 1000 && empty!(a); end",
        'io = open("/dev/null", "w"); while true; write(io, "text"); end',
        "while true; Core.eval(Main, :(made(x) = x + $(rand()))); Base.invokelatest(made, 1); end",
        "while true; display(1); end",
        "Base.exit_on_sigint(true); sleep(1000)",
    ],
)
def test_what_julia_is_in_the_middle_of_costs_nothing(nb, code):
    cell, _ = stops(nb, "julia", code)
    assert cell.error.ename == "InterruptException"
    assert "signal (" not in cell.stderr and "Internal error" not in cell.stderr


def test_interrupts_of_the_compiler_wait_for_its_end(nb):
    lines = "\n".join(f"x = x * {i} + sin(x) / 2; x = (x, x + 1)[1 + (x > 1)]" for i in range(150))
    nb.run("%julia\nkept = 5")
    before = nb.value(in_("julia", KEPT["julia"]))
    for i in range(4):
        cell = nb.submit(f'%julia\nprintln("on")\nlong{i}(x) = begin\n{lines}\nend\nlong{i}(1.5)')
        cell.wait_for_stdout("on")
        for _ in range(i + 1):
            nb.interrupt()
        cell.wait()
        assert "signal (" not in cell.stderr and "Internal error" not in cell.stderr
        assert nb.value(in_("julia", KEPT["julia"])) == before


# ------------------------------------------------------------------------------- presses add up


def skip_where_julia_cannot(nb: Notebook, language: str) -> None:
    """Before 1.12 no second interrupt is thrown where the first one is caught."""
    if language == "julia" and nb.value('%julia\nVERSION >= v"1.12-"') != "true":
        pytest.skip("Julia is older than 1.12")


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "while True:\n    try: time.sleep(0.01)\n    except BaseException: pass"),
        ("python", "while True:\n    try: x = 1\n    except: saved = True"),
        ("python", "while True:\n    with contextlib.suppress(BaseException): time.sleep(0.01)"),
        (
            "python",
            "while True:\n    try: await asyncio.sleep(0.01)\n    except BaseException: pass",
        ),
        ("julia", "while true; try; error(); catch; end; end"),
        ("julia", "while true; try; rand(10); catch; global saved = true; end; end"),
        ("julia", "while true; try; try; error(); catch; sqrt(2); end; catch; end; end"),
    ],
)
def test_the_third_press_ends_code_that_catches_every_interrupt(nb, language, code):
    skip_where_julia_cannot(nb, language)
    nb.run("import asyncio, contextlib, time")
    cell, presses = stops(nb, language, code)
    assert presses <= 3
    assert "Interrupt" in cell.error.ename
    assert nb.run("import sys\nsys.gettrace() is None").result == "True"


@pytest.mark.parametrize("language", ["python", "julia"])
def test_handlers_do_their_work_at_every_press(nb, language):
    """They save what is to be saved, and what stands behind them is not run."""
    code = {
        "python": "saved = []\nwhile True:\n    try: time.sleep(0.01)\n"
        "    except BaseException:\n        saved.append(1)\n        saved.append(2)",
        "julia": "saved = []; while true; try; rand(10); catch; push!(saved, 1, 2); end; end",
    }[language]
    skip_where_julia_cannot(nb, language)
    nb.run("import time")
    _, presses = stops(nb, language, code)
    count = {"python": 2 * presses, "julia": 2 * (presses - 1)}[language]
    assert (
        int(
            nb.run(
                in_(language, {"python": "len(saved)", "julia": "length(saved)"}[language])
            ).result
        )
        >= count
    )


def test_code_that_waits_and_catches_every_interrupt_is_ended_after_a_word(launch):
    nb = launch().connect()
    nb.run("kept = 7")
    code = "while true; try; sleep(0.01); catch; end; end"
    cell = nb.submit(in_("julia", SAY["julia"] + code)).wait_for_stdout("on")
    assert press_until_it_ends(nb, cell) == 4
    assert "goes on after 3 interrupts" in cell.stderr and "Julia" in cell.stderr
    assert cell.error.ename == "ExecutorDied"
    assert nb.run("kept").result == "7"
    assert nb.run("%julia\n1 + 1").result == "2"


def test_a_stopped_process_is_ended_at_the_second_press(launch):
    nb = launch().connect()
    pid = int(nb.run("%julia\ngetpid()").result)
    cell = nb.submit('%julia\nprintln("on"); while true; sleep(0.01); end').wait_for_stdout("on")
    os.kill(pid, signal.SIGSTOP)
    nb.interrupt()
    cell.wait_for_stderr("Interrupt once more")
    nb.interrupt()
    assert cell.wait().error.ename == "ExecutorDied"
    assert not psutil.pid_exists(pid)
    assert nb.run("%julia\n1").result == "1"


# -------------------------------------------------------------------- methods that never come back


def test_an_exception_whose_text_hangs(nb):
    nb.run(
        "%julia\nstruct Hangs <: Exception end\nBase.showerror(io::IO, ::Hangs) = while true; end"
    )
    cell, presses = stops(nb, "julia", "throw(Hangs())")
    assert presses <= 2 and cell.error.ename == "Hangs"
    nb.run("import time\nclass Hangs(Exception):\n    def __str__(self):\n        time.sleep(1000)")
    cell, presses = stops(nb, "python", "raise Hangs")
    assert presses <= 3 and cell.error.ename == "Hangs"
    cell, presses = stops(
        nb, "python", "try:\n    time.sleep(1000)\nexcept KeyboardInterrupt:\n    raise Hangs"
    )
    assert presses <= 3 and cell.error.ename == "Hangs"


def test_a_value_whose_text_hangs(nb):
    nb.run("%julia\nstruct Slow end\nBase.show(io::IO, ::Slow) = while true; end")
    cell, presses = stops(nb, "julia", "Slow()")
    assert presses == 1 and cell.error.ename == "InterruptException"
    nb.run("class Slow:\n    def __repr__(self):\n        while True: pass")
    _, presses = stops(nb, "python", "Slow()")
    assert presses == 1


def test_a_completion_that_hangs_holds_up_nothing_of_julia(nb):
    nb.run(
        "%julia\nkept = 5\nstruct Hidden end\n"
        "Base.propertynames(::Hidden, private::Bool=false) = while true; end\nhidden = Hidden()"
    )
    before = nb.value(in_("julia", KEPT["julia"]))
    hangs = nb.request("complete_request", {"code": "%julia\nhidden.a", "cursor_pos": 15})
    cell = nb.submit("%julia\n5")
    assert cell.wait().result == "5"
    hangs.wait()
    assert nb.value(in_("julia", KEPT["julia"])) == before
    assert "println" in nb.complete("%julia\nprintl")["matches"]


def test_a_completion_that_hangs_holds_up_nothing_of_python(nb):
    nb.run("import time\nclass Hidden:\n    def __dir__(self):\n        time.sleep(1000)")
    nb.run("hidden = Hidden()\nkept = 5")
    hangs = nb.request("complete_request", {"code": "hidden.a", "cursor_pos": 8})
    assert nb.run("5").result == "5"
    assert "print" in nb.complete("prin")["matches"]
    hangs.wait()
    assert nb.run("import os\nos.waitpid(os.fork() or os._exit(0), 0)[1]").result == "0"
    assert nb.history("tail", n=1)


# ------------------------------------------------------- what an earlier cell has left behind


def submit_and_see(nb: Notebook, code: str) -> Cell:
    """Submit a cell and return when the kernel has taken it."""
    cell = nb.submit(code)
    nb.wait_until(lambda: cell.state != "sent", "the cell's beginning")
    return cell


def test_a_task_that_blocks_the_next_cell_is_ended(nb):
    nb.run("kept = 5")
    before = nb.value(KEPT["python"])
    leaves = nb.run(
        "import asyncio, time\nasync def blocks():\n    await asyncio.sleep(0.1)\n"
        "    print('blocks', flush=True)\n    while True: time.sleep(0.01)\n"
        "task = asyncio.ensure_future(blocks())"
    )
    nb.wait_until(lambda: "blocks" in leaves.stdout, "the task")
    press_until_it_ends(nb, submit_and_see(nb, "5"))
    assert nb.value(KEPT["python"]) == before


def test_a_task_of_julia_that_blocks_the_next_cell_is_ended(nb):
    nb.run("%julia\nkept = 5")
    before = nb.value(in_("julia", KEPT["julia"]))
    leaves = nb.run('%julia\n@async (sleep(0.1); println("blocks"); while true; end);')
    nb.wait_until(lambda: "blocks" in leaves.stdout, "the task")
    cell = submit_and_see(nb, "%julia\n5")
    press_until_it_ends(nb, cell)
    assert "task of an earlier cell" in cell.stderr
    assert nb.value(in_("julia", KEPT["julia"])) == before


def test_the_first_cell_is_interrupted_while_julia_gets_ready(launch):
    nb = launch().connect()
    cell = nb.submit("%julia\nwhile true; end")
    nb.wait_until(lambda: cell.state != "sent", "the cell's beginning")
    assert press_until_it_ends(nb, cell) <= 2
    assert nb.run("%julia\n1").result == "1"


def test_a_cell_that_waits_for_its_language_is_taken_back(launch):
    nb = launch(arguments=["--executor", "julia=sleep 100"]).connect()
    cell = nb.submit("%julia\n1").wait_for_stderr("Julia is starting")
    nb.interrupt()
    assert cell.wait().error.ename == "InterruptException"
    assert nb.run("1 + 1").result == "2"
