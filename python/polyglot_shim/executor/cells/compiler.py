"""The names of cells' code: files that tools can read, and in which debuggers set breakpoints."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from contextlib import suppress

from IPython.core.compilerop import CachingCompiler

from ..streams.later import Later
from .murmur2 import murmur2

WRITE_AFTER = 0.2  # seconds
SUFFIX = ".py"


class CellCompiler(CachingCompiler):
    """Calls a cell's code by a file, which is there a moment after the cell began.

    Tools take a name in angle brackets for code that cannot be looked at (rich, numba's cache), and
    show the file of a function to be opened. Its folder is named as ipykernel's is, by which numba
    and others know a notebook.

    A front end's debugger finds the cell of a file, and the file of a cell, by the hash of its text
    alone. So the name is known before anybody debugs, and functions of earlier cells can be stopped
    in. `as_written(code)` is the text of the cell whose code is compiled, as its user sees it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._folder = os.path.join(os.environ.get("TMPDIR") or "/tmp", f"ipykernel_{os.getpid()}")
        self._process = os.getpid()
        self.prefix = os.path.join(self._folder, "cell_")
        self.as_written: Callable[[str], str] = str
        self._new: list[tuple[str, str]] = []  # files to be written: name, text
        self._written: set[str] = set()
        self._dumped: set[str] = set()  # those of them that hold a cell as it was written
        self._write_later = Later(self._write_new, WRITE_AFTER, "polyglot-cells")
        atexit.register(self._remove)

    def name(self, source: str) -> str:
        """The file of the cell with this text, which is the cell as written, with its marker."""
        return f"{self.prefix}{murmur2(source)}{SUFFIX}"

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The file's name."""
        return self.name(self.as_written(raw_code))

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        """Remember the code; its name."""
        name = super().cache(transformed_code, number, raw_code)
        self._new.append((name, transformed_code))
        self._write_later.ask()
        return name

    def dump(self, source: str) -> str:
        """Write the cell's file at once, as its user sees it; the name. Raises OSError."""
        name = self.name(source)
        self._dumped.add(name)
        self._write(name, source)
        return name

    def _write_new(self) -> None:
        while self._new:
            name, text = self._new.pop(0)
            if name not in self._dumped:
                # Whoever looks into the file instead of asking `linecache` has to do without.
                with suppress(OSError):
                    self._write(name, text)

    def _write(self, name: str, text: str) -> None:
        os.makedirs(self._folder, 0o700, exist_ok=True)
        if os.lstat(self._folder).st_uid != os.getuid():
            raise PermissionError(f"{self._folder} belongs to another user")
        with open(name, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        self._written.add(name)

    def _remove(self) -> None:
        if os.getpid() != self._process or not self._written:
            return
        with suppress(OSError):
            for name in self._written:
                os.unlink(name)
            os.rmdir(self._folder)
