"""`!command`: on a pseudo terminal, so that programs show their output as it comes."""

from __future__ import annotations

import codecs
import errno
import fcntl
import os
import select
import struct
import subprocess
import sys
import termios

LINES, COLUMNS = 24, 80
# How often to look whether the shell ended although a process it left behind keeps the terminal.
POLL = 0.05  # seconds
# How long an interrupted command may take to end by itself.
PATIENCE = 1.0  # seconds


def run(command: str) -> int:
    """Run `command` in the user's shell, its output on `sys.stdout`; its exit code.

    The code of a command that a signal ended is minus the signal's number. A command that ends in
    ``&`` is left to itself, its output on the raw descriptors. Raises KeyboardInterrupt; the
    command, being in the executor's process group, got the same signal.
    """
    if command.rstrip().endswith("&"):
        return subprocess.run(command, stdin=subprocess.DEVNULL, **_shell()).returncode
    leader, follower = os.openpty()
    try:
        _prepare(follower)
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower, **_shell()
        )
    except BaseException:
        os.close(leader)
        raise
    finally:
        os.close(follower)
    try:
        _copy_output(leader, process)
        return process.wait()
    except BaseException:
        _end(process)
        raise
    finally:
        os.close(leader)


def _shell() -> dict[str, object]:
    return {"shell": True, "executable": os.environ.get("SHELL") or "/bin/sh"}


def _prepare(terminal: int) -> None:
    """Output as the program writes it (no ``\\r\\n``), in a window of the usual size."""
    attributes = termios.tcgetattr(terminal)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))


def _copy_output(leader: int, process: subprocess.Popen[bytes]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        ready, _, _ = select.select([leader], [], [], POLL)
        if ready:
            data = _read(leader)
            sys.stdout.write(decoder.decode(data, final=not data))
            if not data:
                return
        elif process.poll() is not None:
            return


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError as error:
        if error.errno == errno.EIO:  # Linux: no process has the terminal any more
            return b""
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
