"""A Julia executor over its pipes, and what its tests share."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from executor_pipes import PipedExecutor
from polyglot_shim import programs
from polyglot_shim.find_julia import find_julia


@lru_cache
def command() -> list[str]:
    """As a kernel starts it, or Julia would compile its packages once more for the tests."""
    return programs.julia_executor(find_julia())


@contextmanager
def julia_executor(home: Path, **env: str) -> Iterator[PipedExecutor]:
    """A Julia executor that runs in the folder `home`."""
    environment = {name: value for name, value in os.environ.items() if name != "JULIA_PROJECT"}
    executor = PipedExecutor(command(), {**environment, **env}, cwd=str(home))
    try:
        yield executor
    finally:
        executor.close()


@contextmanager
def burst(executor: PipedExecutor) -> Iterator[None]:
    """SIGINT every 100 ms, as the host sends it to Julia, until the block ends."""
    arrived = threading.Event()

    def signal() -> None:
        executor.interrupt()
        while not arrived.wait(0.1):
            executor.interrupt()

    thread = threading.Thread(target=signal)
    thread.start()
    try:
        yield
    finally:
        arrived.set()
        thread.join()


def plain(text: str) -> str:
    """Text without the escape sequences of a terminal."""
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)
