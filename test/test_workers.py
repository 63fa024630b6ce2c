"""What cells have started ends with their process, also what spins, ignores signals or hides."""

from __future__ import annotations

import os
import signal

import psutil
import pytest
from languages import in_
from test_end import assert_gone

# Each prints the ids of processes that have left the process group, if anything has.
WORKERS = {
    "Distributed's that spin": (
        "julia",
        "using Distributed\n"
        "spinning = addprocs(2)\n"
        "pids = [remotecall_fetch(getpid, w) for w in spinning]\n"
        "for w in spinning; @spawnat w (while true; end); end\n"
        "println(join(pids, ' '))",
    ),
    "multiprocessing's that spin": (
        "python",
        "import multiprocessing, signal\n"
        "def spin():\n"
        "    for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)\n"
        "    while True: pass\n"
        "context = multiprocessing.get_context('fork')\n"
        "workers = [context.Process(target=spin) for _ in range(2)]\n"
        "for worker in workers: worker.start()\n"
        "print(*(worker.pid for worker in workers))",
    ),
    "a daemon with an environment of its own": (
        "python",
        "import subprocess, time\n"
        "detach = 'setsid sleep 1000 >/dev/null 2>&1 & echo $!'\n"
        "print(subprocess.run(['env', '-i', 'sh', '-c', detach],\n"
        "      capture_output=True, text=True).stdout)",
    ),
    "a process with a session of its own": (
        "julia",
        "child = run(detach(`sleep 1000`); wait=false)\nprintln(getpid(child))",
    ),
}

workers = pytest.mark.parametrize("kind", WORKERS)


def start(nb, kind: str) -> list[psutil.Process]:
    language, code = WORKERS[kind]
    pids = nb.run(in_(language, code)).stdout.split()
    assert pids
    return [psutil.Process(int(pid)) for pid in pids]


def own_pid(nb, language: str) -> int:
    code = {"python": "import os; os.getpid()", "julia": "getpid()"}
    return int(nb.run(in_(language, code[language])).result)


@workers
def test_after_the_death_of_its_language(launch, kind):
    """The other language's go on."""
    nb = launch().connect()
    processes = start(nb, kind)
    language = WORKERS[kind][0]
    other = "julia" if language == "python" else "python"
    others = start(nb, next(k for k, (owner, _) in WORKERS.items() if owner == other))
    os.kill(own_pid(nb, language), signal.SIGKILL)
    assert_gone(processes)
    assert nb.run(in_(language, "1 + 1")).result == "2"
    assert all(process.is_running() for process in others)


@workers
def test_after_the_host_was_killed(launch, kind):
    nb = launch().connect()
    processes = [*start(nb, kind), *nb.kernel.descendants]
    nb.kernel.process.send_signal(signal.SIGKILL)
    nb.kernel.wait_for_end()
    assert_gone(processes)


@workers
def test_after_shutdown(launch, kind):
    nb = launch().connect()
    processes = [*start(nb, kind), *nb.kernel.descendants]
    nb.ask("shutdown_request", {"restart": False}, channel="control")
    assert nb.kernel.wait_for_end() == 0
    assert_gone(processes)


def test_after_everything_was_killed_at_once(launch):
    """Host and executors: nobody is left who knows whose child the daemon was."""
    nb = launch().connect()
    hidden = start(nb, "a daemon with an environment of its own")
    family = [
        nb.kernel.process,
        *map(psutil.Process, (own_pid(nb, "python"), own_pid(nb, "julia"))),
    ]
    for process in family:
        process.send_signal(signal.SIGKILL)
    nb.kernel.wait_for_end()
    assert_gone([*family, *hidden])


def test_a_kernel_within_a_kernel(launch):
    """Its own guards are there for it."""
    nb = launch().connect()
    nb.run(
        "from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(kernel_name='polyglot')\n"
        "client.execute('1', reply=True, timeout=60);"
    )
    processes = nb.kernel.descendants
    program = "executor/ipykernel_launcher.py"
    executors = [p for p in processes if p.cmdline()[1:2] and program in p.cmdline()[1]]
    assert len(executors) == 2
    nb.kernel.process.send_signal(signal.SIGKILL)
    nb.kernel.wait_for_end()
    assert_gone(processes)
