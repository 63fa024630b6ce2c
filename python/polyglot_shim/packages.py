"""Has Julia compile the kernel's packages ahead, so that no start of a kernel waits for that."""

from __future__ import annotations

import os
import subprocess
import time

from polyglot_shim.depot import depot_environment
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia
from polyglot_shim.programs import host_program, julia_executor

COMPILE_SECONDS = 600.0  # a guard
COMPILE_ONLY = "--compile-only"


def compile_packages(julia: Julia) -> float:
    """Compiles the host's and the executor's packages side by side, unless that was done.

    How long that took, in seconds. Raises StartupError with what Julia says.
    """
    started = time.monotonic()
    commands = ([*host_program(julia), COMPILE_ONLY], julia_executor(julia, COMPILE_ONLY))
    running = [_run(command) for command in commands]
    try:
        said = [process.communicate(timeout=COMPILE_SECONDS)[0] for process in running]
    except subprocess.TimeoutExpired as error:
        raise StartupError(
            f"Julia did not compile the kernel's packages in {COMPILE_SECONDS:.0f} s. Try again"
        ) from error
    finally:
        for process in running:
            process.kill()  # does nothing to one that has ended
    for process, text in zip(running, said, strict=True):
        if process.returncode != 0:
            raise StartupError(f"The kernel's Julia packages do not load:\n{text.strip()}")
    return time.monotonic() - started


def _run(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **depot_environment()},
    )
