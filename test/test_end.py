"""However a kernel ends, nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest
from languages import LANGUAGES, SPIN, in_

GONE = 10.0  # s; the promise is 2, the rest is for a loaded machine


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=GONE)
    assert not alive, [process.cmdline() for process in alive]


def all_processes(nb) -> list[psutil.Process]:
    """The kernel with everything that it has started: two executors at least."""
    nb.run("import subprocess; child = subprocess.Popen(['sleep', '1000'])")
    nb.run("%julia\nchild = run(`sleep 1000`; wait=false); 1")
    processes = [nb.kernel.process, *nb.kernel.descendants]
    commands = [" ".join(process.cmdline()) for process in processes]
    assert sum("sleep 1000" in command for command in commands) == 2, commands
    assert len(processes) >= 5
    return processes


def test_after_shutdown(launch):
    nb = launch().connect()
    processes = all_processes(nb)
    nb.ask("shutdown_request", {"restart": False}, channel="control")
    assert nb.kernel.wait_for_end() == 0
    assert_gone(processes)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_after_the_host_was_killed_in_idle(launch, how):
    nb = launch().connect()
    processes = all_processes(nb)
    nb.kernel.process.send_signal(how)
    nb.kernel.wait_for_end()
    assert_gone(processes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_the_host_was_killed_while_a_cell_spins(launch, language):
    nb = launch().connect()
    processes = all_processes(nb)
    nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    nb.kernel.process.send_signal(signal.SIGKILL)
    nb.kernel.wait_for_end()
    assert_gone(processes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_the_host_was_killed_while_signals_are_ignored(launch, language):
    """Also what takes no notice of anything but SIGKILL."""
    nb = launch().connect()
    processes = all_processes(nb)
    ignore = {
        "python": "import signal\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\n",
        "julia": "for s in (1, 15) ccall(:signal, Ptr{Cvoid}, (Cint, Ptr{Cvoid}), s, "
        "Ptr{Cvoid}(1)) end\n",
    }
    nb.submit(in_(language, ignore[language] + SPIN[language])).wait_for_stdout("on")
    nb.kernel.process.send_signal(signal.SIGKILL)
    nb.kernel.wait_for_end()
    assert_gone(processes)


def test_after_the_host_was_killed_at_its_start(launch):
    kernel = launch()
    process = kernel.process
    family = [process]
    while len(family) < 3:
        family = [process, *process.children(recursive=True)]
        assert process.is_running()
    process.send_signal(signal.SIGKILL)
    kernel.wait_for_end()
    assert_gone(family)


CLIENT = """
import sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="polyglot")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
for code in sys.argv[1:]:
    client.execute(code)
    while client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
        pass
print(manager.provisioner.pid, flush=True)
time.sleep(1000)
"""


@pytest.mark.parametrize(
    "code", ["%julia\nprintln(1)", SPIN["python"], in_("julia", SPIN["julia"])]
)
def test_after_the_clients_death(code):
    """The kernel watches JPY_PARENT_PID, which jupyter_client sets."""
    command = [sys.executable, "-c", CLIENT, code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        kernel = psutil.Process(int(client.stdout.readline()))
        processes = [kernel, *kernel.children(recursive=True)]
        assert len(processes) >= 3
        client.kill()
    assert_gone(processes)


def test_after_the_host_was_killed_while_both_languages_spin(launch):
    """Python in a subshell, Julia beside it."""
    nb = launch().connect()
    processes = all_processes(nb)
    subshell = nb.ask("create_subshell_request", channel="control").answer["subshell_id"]
    nb.submit(SPIN["python"], subshell=subshell).wait_for_stdout("on")
    nb.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    nb.kernel.process.send_signal(signal.SIGKILL)
    nb.kernel.wait_for_end()
    assert_gone(processes)


def test_ctrl_c_in_the_terminal_does_not_end_the_kernel(launch):
    nb = launch().connect()
    os.kill(nb.kernel.process.pid, signal.SIGINT)
    assert nb.run("1").result == "1"
    assert nb.run("%julia\n1").result == "1"


def test_ctrl_c_held_down_in_the_terminal_does_not_end_the_kernel(launch):
    """The whole group gets it, again and again."""
    nb = launch().connect()
    nb.run("a = 1")
    nb.run("%julia\nb = 2")
    for _ in range(10):
        os.killpg(nb.kernel.process.pid, signal.SIGINT)
        nb.receive(0.025)
    assert nb.run("a").result == "1"
    assert nb.run("%julia\nb").result == "2"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_cell_starts_can_be_interrupted(launch, language):
    """The host ignores SIGINT. Neither executors that it starts nor their children inherit that."""
    nb = launch().connect()
    nb.fail(in_(language, "import os; os._exit(1)" if language == "python" else "exit(1)"))
    status = "grep -i sigign /proc/self/status"
    show = {
        "python": f"import subprocess; print(subprocess.check_output('{status}'.split()).decode())",
        "julia": f"print(read(`{status}`, String))",
    }
    ignored = int(nb.run(in_(language, show[language])).stdout.split()[1], 16)
    assert not ignored & 1 << signal.SIGINT - 1


def test_no_descriptor_is_left_to_user_programs(nb):
    """A child of user code must not hold the kernel's pipes open."""
    count = "import subprocess; print(subprocess.run(['ls', '/proc/self/fd'], "
    count += "capture_output=True, text=True, close_fds=False).stdout.split())"
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("no /proc here")
    assert len(eval(nb.run(count).stdout)) <= 5
    listing = nb.run("%julia\nprint(read(`ls /proc/self/fd`, String))").stdout.split()
    assert len(listing) <= 5
