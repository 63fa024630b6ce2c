"""A Julia executor over its pipes, and what its tests share."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from executor_pipes import PipedExecutor

PROGRAM = Path(__file__).parent.parent / "julia" / "PolyglotExecutor" / "bin" / "executor.jl"


@lru_cache
def julia() -> list[str]:
    """Julia's command, with the kernel's image as in a kernel."""
    from polyglot_shim.find_julia import find_julia
    from polyglot_shim.julia_image import current_image

    path = find_julia().path
    image = current_image(path)
    return [path, "--sysimage", image] if image else [path]


@contextmanager
def julia_executor(home: Path, **env: str) -> Iterator[PipedExecutor]:
    """A Julia executor that runs in the folder `home`."""
    environment = {name: value for name, value in os.environ.items() if name != "JULIA_PROJECT"}
    command = [*julia(), "--startup-file=no", "--color=yes", str(PROGRAM)]
    executor = PipedExecutor(command, {**environment, **env}, cwd=str(home))
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
