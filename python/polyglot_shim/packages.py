"""Has Julia compile the kernel's packages ahead, so that no start of a kernel waits for that."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import suppress

from polyglot_shim.depot import depot_environment
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia
from polyglot_shim.find_libzmq import find_libzmq
from polyglot_shim.programs import host_program, julia_executor

COMPILE_SECONDS = 600.0  # a guard
COMPILE_ONLY = "--compile-only"


def compile_packages(julia: Julia) -> float:
    """Compiles the host's and the executor's packages side by side, unless that was done.

    How long that took, in seconds. Raises StartupError with what Julia says.
    """
    return _compile(host_compilation(julia), julia_executor(julia, COMPILE_ONLY))


def compile_host(julia: Julia) -> None:
    """Compiles the host's packages. Raises StartupError with what Julia says."""
    _compile(host_compilation(julia))


def host_compilation(julia: Julia) -> list[str]:
    """The command that compiles the host's packages."""
    return [*host_program(julia), COMPILE_ONLY]


def _compile(*commands: list[str]) -> float:
    started = time.monotonic()
    running = [_run(command) for command in commands]
    try:
        said = [process.communicate(timeout=COMPILE_SECONDS)[0] for process in running]
    except subprocess.TimeoutExpired as error:
        raise StartupError(
            f"Julia did not compile the kernel's packages in {COMPILE_SECONDS:.0f} s. Try again"
        ) from error
    finally:
        for process in running:
            with suppress(ProcessLookupError, PermissionError):  # all have ended
                os.killpg(process.pid, signal.SIGKILL)  # and the Julia that compiles for it
    for process, text in zip(running, said, strict=True):
        if process.returncode != 0:
            how = f"exit code {process.returncode}"
            raise StartupError(f"The kernel's Julia packages do not load: {how}:\n{told(text)}")
    return time.monotonic() - started


def told(text: str) -> str:
    """What Julia says is wrong and where, without colours and without the trace of its own."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n")
    message, *rest = re.split(r"\n\s*Stacktrace", plain, maxsplit=1)
    places = re.findall(r"^in expression starting at .*$", "".join(rest), re.MULTILINE)
    return "\n".join([message.strip(), *dict.fromkeys(places)])


def _run(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **depot_environment(), "POLYGLOT_LIBZMQ": find_libzmq()},
        start_new_session=True,
    )
