"""The host's stderr is in the hands of whoever started it: the kernel goes on whatever they do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from notebook import Kernel, Notebook
from test_echo import arguments
from test_wire import replaced

FLOOD = 3000  # lines of the log, many times of what a pipe takes


@pytest.fixture
def pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A pipe's end to read from and its end to write to."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader, os.fdopen(writing, "wb") as writer:
        yield reader, writer


def have_much_logged(nb: Notebook) -> None:
    unsigned = replaced(1, lambda signature: b"")(nb)
    for _ in range(FLOOD):
        nb.sockets["shell"].send_multipart(unsigned)
    nb.send("shell", "nonsense_request", {})


def assert_alive(nb: Notebook) -> None:
    assert nb.ask("kernel_info_request", channel="control").status == "ok"
    assert nb.run("print on").stdout == "on\n"
    assert nb.run("%julia\nprint on").stdout == "on\n"


def test_a_pipe_that_nobody_reads(launch: Callable[..., Kernel], pipe):
    nb = launch(arguments=arguments(), stderr=pipe[1]).connect()
    have_much_logged(nb)
    assert_alive(nb)


def test_a_pipe_whose_reader_is_gone(launch: Callable[..., Kernel], pipe):
    nb = launch(arguments=arguments(), stderr=pipe[1]).connect()
    pipe[0].close()
    have_much_logged(nb)
    assert_alive(nb)


def test_a_full_disk(launch: Callable[..., Kernel]):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "wb") as full:
        nb = launch(arguments=arguments(), stderr=full).connect()
        have_much_logged(nb)
        assert_alive(nb)


def test_nothing_at_all(launch: Callable[..., Kernel], tmp_path: Path):
    """A descriptor that cannot be written to."""
    with (tmp_path / "file").open("w"), (tmp_path / "file").open("rb") as file:
        nb = launch(arguments=arguments(), stderr=file).connect()
        have_much_logged(nb)
        assert_alive(nb)


def test_a_reader_that_comes_late_reads_whole_lines(launch: Callable[..., Kernel], pipe):
    nb = launch(arguments=arguments(), stderr=pipe[1]).connect()
    have_much_logged(nb)
    assert_alive(nb)
    os.set_blocking(pipe[0].fileno(), False)
    while pipe[0].read(2**20):
        pass
    nb.send("shell", "nonsense_request", {})
    assert_alive(nb)
    assert pipe[0].read(2**20).endswith(b'ignored a message of type "nonsense_request"\n')


def test_executors_that_fail_to_start_and_have_much_to_say(launch: Callable[..., Kernel], pipe):
    """Their words go to the log, and to the cell."""
    say = "import sys; sys.stderr.write('sorry\\n' * 100_000); sys.exit(1)"
    program = "".join(f"chr({ord(letter)})+" for letter in say).rstrip("+")  # no blanks
    failing = [f"--executor=python=python3 -c exec({program})"]
    nb = launch(arguments=[*arguments()[2:], *failing], stderr=pipe[1]).connect()
    assert "sorry" in nb.fail("1").error.evalue
    assert nb.run("%julia\nprint on").stdout == "on\n"
