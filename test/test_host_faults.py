"""What goes wrong in the host itself: it is logged and answered, and the kernel goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from notebook import Kernel
from test_echo import arguments

FAULTY = Path(__file__).with_name("faulty_host.jl")
# A shim that becomes the host above, and is otherwise ours.
SHIM = f"""
import os, sys
from polyglot_shim import launcher
exec_host = os.execve
def become(path, command, environment):
    host = next(i for i, word in enumerate(command) if word.endswith("host.jl"))
    exec_host(path, [*command[:host], {str(FAULTY)!r}, *command[host + 1:]], environment)
os.execve = become
sys.exit(launcher.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def faulty(environment, tmp_path_factory):
    """A notebook on the faulty host, both of whose languages are played by the echo executor."""
    folder = environment / "jupyter" / "kernels" / "faulty"
    folder.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, "-c", SHIM, "-f", "{connection_file}"],
        "display_name": "faulty",
        "language": "python",
        "interrupt_mode": "message",
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
    kernel = Kernel("faulty", tmp_path_factory.mktemp("faulty") / "kernel.log")
    kernel.start(arguments())
    yield kernel.connect()
    kernel.stop()


@contextmanager
def logged(nb) -> Iterator[None]:
    """The fault comes in this block, and into the log."""
    seen = len(nb.kernel.log.read_text())
    yield
    assert "a planted fault" in nb.kernel.log.read_text()[seen:]


@pytest.mark.parametrize("kind", ["inspect_request", "comm_info_request"])
def test_a_request_that_the_host_fails_on_is_answered(faulty, kind):
    """Between busy and idle, as any other (conversation.py looks at that)."""
    with logged(faulty):
        answer = faulty.ask(kind, {"code": "x", "cursor_pos": 1}).answer
    assert (answer["status"], answer["evalue"]) == ("error", "a planted fault")
    assert faulty.run("print on").stdout == "on\n"


@pytest.mark.parametrize("language", ["python", "julia"])
def test_a_cell_that_the_host_fails_to_start_ends_with_an_error(faulty, language):
    cell = faulty.submit(f"%{language}\nprint planted")
    queued = faulty.submit("print never")
    assert cell.wait().error.evalue == "a planted fault"
    assert queued.wait().status == "aborted"
    assert faulty.run(f"%{language}\nprint on").stdout == "on\n"


def test_a_frame_that_the_host_fails_on_costs_no_variables(faulty):
    before = faulty.run("pid").stdout
    with logged(faulty):
        assert faulty.run("target some\nprint on").stdout == "on\n"
    with logged(faulty):
        answer = faulty.ask("complete_request", {"code": "x", "cursor_pos": 1}).answer
    assert (answer["status"], answer["evalue"]) == ("error", "a planted fault")
    assert faulty.run("pid").stdout == before


def test_a_cell_that_is_too_long_for_a_frame_ends_with_an_error(faulty):
    """No executor takes such a frame: it would end, with all its variables."""
    cell = faulty.fail("print " + "x" * (64 << 20))
    assert "a header of 671" in cell.error.evalue
    assert faulty.run("print on").stdout == "on\n"


def test_what_the_host_fails_to_do_in_time_does_not_end_it(faulty):
    spin = faulty.submit("print on\nspin")
    spin.wait_for_stdout("on")
    faulty.interrupt()
    assert spin.wait().status == "error"
    assert faulty.run("print on").stdout == "on\n"
