"""The time of day is set while the kernel runs: by hours, forwards and back."""

from __future__ import annotations

import mmap
import os
import shutil
import signal
import struct
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from languages import SPIN, both, in_
from notebook import Notebook

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")

HOUR = timedelta(hours=1).total_seconds()

# Stands before the C library: the time of day is shifted by as many seconds as a file says.
SHIFTED_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile const double *shift;

__attribute__((constructor)) static void map(void) {
    int fd = open(getenv("SHIFTED_CLOCK"), O_RDONLY | O_CLOEXEC);
    shift = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, fd, 0);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(clock, now);
    if (clock == CLOCK_REALTIME && shift) now->tv_sec += (time_t)*shift;
    return answer;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now) *now = precise.tv_sec;
    return precise.tv_sec;
}
"""


@pytest.fixture
def clock(tmp_path: Path, launch) -> tuple[Notebook, Callable[[float], None]]:
    """A notebook on a kernel whose clock `shift(seconds)` sets, from the true time on."""
    source, library, setting = (tmp_path / name for name in ("clock.c", "clock.so", "shift"))
    source.write_text(SHIFTED_CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    setting.write_bytes(struct.pack("d", 0))
    with setting.open("r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)

    def shift(seconds: float) -> None:
        mapped[:] = struct.pack("d", seconds)

    env = {"LD_PRELOAD": str(library), "SHIFTED_CLOCK": str(setting)}
    return launch(env=env).connect(), shift


NOW = {"python": "import time; print(int(time.time()))", "julia": "println(floor(Int, time()))"}


@both
def test_cells_output_and_the_stop_button_take_no_notice(clock, language):
    nb, shift = clock
    before = int(nb.run(in_(language, NOW[language])).stdout)
    for hours in (2, -2, 5, 0):
        shift(hours * HOUR)
        now = int(nb.run(in_(language, NOW[language])).stdout)
        assert abs(now - before - hours * HOUR) < HOUR
        spin = nb.submit(in_(language, SPIN[language]))
        spin.wait_for_stdout("on")
        nb.interrupt()
        assert spin.wait().error.ename in ("KeyboardInterrupt", "InterruptException")


SWALLOWS = {
    "python": "import time\nwhile True:\n    try:\n        print('on')\n        time.sleep(1000)\n"
    "    except KeyboardInterrupt:\n        pass",
    "julia": 'while true\n    try\n        println("on")\n        sleep(1000)\n'
    "    catch\n    end\nend",
}


@both
def test_presses_add_up_while_it_is_set(clock, language):
    nb, shift = clock
    cell = nb.submit(in_(language, SWALLOWS[language])).wait_for_stdout("on")
    for press, hours in enumerate((3, -3), start=1):
        shift(hours * HOUR)
        nb.interrupt()
        nb.wait_until(lambda n=press: cell.stdout.count("on") > n, "the interrupt", cell)
    shift(0)
    nb.interrupt()  # the third leaves what catches every one, but for Julia that waits
    if language == "julia":
        cell.wait_for_stderr("interrupt")
        shift(-HOUR)
        nb.interrupt()
    cell.wait()
    assert nb.run(in_(language, "1 + 1")).result == "2"


def test_a_run_all_still_stops_at_its_error(clock):
    nb, shift = clock
    for hours in (4, -4):
        shift(hours * HOUR)
        cells = nb.run_all(["1 / 0", "print('never')", "print('never')"])
        assert [cell.wait().status for cell in cells] == ["error", "aborted", "aborted"]
        assert nb.run("1 + 1").result == "2"


def test_a_stopped_process_is_noticed(clock):
    nb, shift = clock
    shift(3 * HOUR)
    nb.run("import os, signal")
    shift(-3 * HOUR)
    cell = nb.submit("print(os.getpid())\nos.kill(os.getpid(), signal.SIGSTOP)")
    cell.wait_for_stderr("is stopped")
    os.kill(int(cell.stdout), signal.SIGCONT)
    assert cell.wait().status == "ok"
