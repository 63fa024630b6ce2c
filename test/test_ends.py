"""Much at once, then an end: each request is answered once, and the languages go on."""

from __future__ import annotations

import os
import signal

import pytest
from languages import SPIN, both, in_
from notebook import wait_for
from test_crash import OTHER
from test_workers import own_pid

CELLS = 1000


@both
def test_a_thousand_cells_wait_then_an_interrupt_and_a_kill(launch, language):
    nb = launch().connect()
    nb.run(in_(OTHER[language], "kept = 34"))
    pid = own_pid(nb, language)
    running = nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    waiting = [nb.submit(in_(language, f"x = {i}")) for i in range(CELLS)]
    nb.interrupt()
    os.kill(pid, signal.SIGKILL)
    wait_for(running, *waiting)
    assert running.status == "error"
    assert {cell.status for cell in waiting} == {"aborted"}
    nb.submit(in_(language, "1")).wait()  # its end may still have to be told
    assert nb.run(in_(language, "1 + 1")).result == "2"
    assert nb.run(in_(OTHER[language], "kept")).result == "34"


@both
def test_a_thousand_cells_wait_and_their_language_dies(launch, language):
    nb = launch().connect()
    pid = own_pid(nb, language)
    running = nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    waiting = [nb.submit(in_(language, f"x = {i}")) for i in range(CELLS)]
    nb.ask("kernel_info_request")  # behind them: they have come
    os.kill(pid, signal.SIGKILL)
    wait_for(running, *waiting)
    assert running.error.ename == "ExecutorDied"
    assert {cell.status for cell in waiting} == {"aborted"}
    assert nb.run(in_(language, "1 + 1")).result == "2"


HARM = {
    "python": [
        "import locale; locale.setlocale(locale.LC_ALL, 'C')",
        "import os; os.chdir('/')",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (30, 4096))",
        "import signal\nfor s in (2, 10, 12, 13, 15, 17): signal.signal(s, signal.SIG_IGN)",
        "import sys, io; sys.stdout = io.StringIO(); sys.stderr = None",
        "import sys; sys.stdout = sys.stderr = sys.stdin = None",
        "import os\nif os.fork() == 0: os.setsid(); os.closerange(0, 4096); os._exit(0)",
        "import os; os.umask(0o777)",
        "import os; os.environ.clear()",
    ],
    "julia": [
        'ccall(:setlocale, Cstring, (Cint, Cstring), 6, "C"); nothing',
        'cd("/")',
        "ccall(:setrlimit, Cint, (Cint, Ptr{UInt64}), 7, UInt64[40, 4096])",
        "for s in (10, 12, 13, 15); ccall(:signal, Ptr{Cvoid}, (Cint, Csize_t), s, 1); end",
        "original = stdout; (r, w) = redirect_stdout(); redirect_stdout(original)",
        "ccall(:umask, Cint, (Cint,), 0o777)",
        "for name in collect(keys(ENV)); delete!(ENV, name); end",
        "empty!(LOAD_PATH); empty!(DEPOT_PATH)",
    ],
}


@pytest.mark.parametrize(
    ("language", "code"), [(language, code) for language in HARM for code in HARM[language]]
)
def test_what_a_cell_does_to_its_process_does_not_reach_the_kernel(launch, language, code):
    nb = launch().connect()
    nb.run(in_(language, "kept = 34"))
    nb.submit(in_(language, code)).wait()
    assert nb.run(in_(language, "kept")).result == "34"
    assert nb.complete(in_(language, "kep"))["matches"] == ["kept"]
    assert nb.fail(in_(language, "undefined_name")).error.traceback
    spin = nb.submit(in_(language, "while True: pass" if language == "python" else SPIN["julia"]))
    nb.wait_until(lambda: spin.state == "busy", "the cell's begin")
    nb.interrupt()
    assert spin.wait().status == "error"
    assert nb.run(in_(language, "kept")).result == "34"
    assert nb.run(in_(OTHER[language], "1 + 1")).result == "2"
