"""What makes no sense in this kernel, and says so when it is called."""

from __future__ import annotations

from typing import Any, NoReturn

from .known_as import known_as


def _refuse(name: str, why: str) -> NoReturn:
    raise RuntimeError(f"ipykernel's {name} does nothing in this kernel (PolyglotKernel): {why}")


_HOST = "sockets and the threads for them are in another process, the host"


@known_as("ipykernel.iostream")
class IOPubThread:
    """ipykernel's thread for output."""

    def __init__(self, *_: Any, **__: Any) -> None:
        _refuse("IOPubThread", _HOST)


@known_as("ipykernel.iostream")
class BackgroundSocket:
    """ipykernel's socket for output."""

    def __init__(self, *_: Any, **__: Any) -> None:
        _refuse("BackgroundSocket", _HOST)


@known_as("ipykernel.displayhook")
class ZMQDisplayHook:
    """ipykernel's display hook for a kernel without IPython's shell."""

    def __init__(self, *_: Any, **__: Any) -> None:
        _refuse("ZMQDisplayHook", "results are published by get_ipython().displayhook")


_KERNEL = "this process is a kernel already"


def embed_kernel(*_: Any, **__: Any) -> NoReturn:
    """Start a kernel in the middle of a program, which a cell is not."""
    _refuse("embed_kernel", _KERNEL)


def launch_new_instance(*_: Any, **__: Any) -> NoReturn:
    """Start a kernel, which this process is."""
    _refuse("launch_new_instance", _KERNEL)
