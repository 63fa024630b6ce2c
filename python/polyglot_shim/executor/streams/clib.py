"""The C library's own output buffer."""

from __future__ import annotations

import ctypes
import functools
import sys


@functools.cache
def _library() -> tuple[ctypes.CDLL, ctypes.c_void_p] | None:
    library = ctypes.CDLL(None)
    name = "__stdoutp" if sys.platform == "darwin" else "stdout"
    try:
        return library, ctypes.c_void_p.in_dll(library, name)
    except (AttributeError, ValueError):
        return None  # another C library, which names it otherwise


_IOLBF = 1  # of stdio.h, in glibc, musl and on macOS


def buffer_lines() -> None:
    """Have C code's lines written as they end, as in a terminal, so that they keep their place."""
    found = _library()
    if found is not None:
        library, stream = found
        library.setvbuf(stream, None, _IOLBF, 0)


def flush_stdout() -> None:
    """Write out what C code printed: to a pipe, C buffers it until the process ends.

    Not all of C's streams: another thread may hold the lock of one for as long as it reads.
    """
    found = _library()
    if found is not None:
        library, stream = found
        library.fflush(stream)
