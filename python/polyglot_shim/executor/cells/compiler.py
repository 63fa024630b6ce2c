"""The names of cells' code: files that tools can read."""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from hashlib import sha1

from IPython.core.compilerop import CachingCompiler

from ..streams.later import Later

WRITE_AFTER = 0.2  # seconds


class CellCompiler(CachingCompiler):
    """Calls a cell's code by a file, which is there a moment after the cell began.

    Tools take a name in angle brackets for code that cannot be looked at (rich, numba's cache), and
    show the file of a function to be opened. Its folder is named as ipykernel's is, by which numba
    and others know a notebook.
    """

    def __init__(self) -> None:
        super().__init__()
        self._folder = os.path.join(os.environ.get("TMPDIR") or "/tmp", f"ipykernel_{os.getpid()}")
        self._process = os.getpid()
        self._new: list[tuple[str, str]] = []  # files to be written: name, text
        self._written: list[str] = []
        self._write_later = Later(self._write, WRITE_AFTER, "polyglot-cells")
        atexit.register(self._remove)

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The file's name; that of other code, or of a cell with another number, is another."""
        digest = sha1(transformed_code.encode("utf-8", "backslashreplace")).hexdigest()
        return os.path.join(self._folder, f"cell_{number}_{digest[:8]}.py")

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        """Remember the code; its name."""
        name = super().cache(transformed_code, number, raw_code)
        self._new.append((name, transformed_code))
        self._write_later.ask()
        return name

    def _write(self) -> None:
        while self._new:
            name, text = self._new.pop(0)
            # Whoever looks into the file instead of asking `linecache` has to do without.
            with suppress(OSError):
                os.makedirs(self._folder, 0o700, exist_ok=True)
                if os.stat(self._folder).st_uid != os.getuid():
                    return
                with open(name, "w", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(text)
                self._written.append(name)

    def _remove(self) -> None:
        if os.getpid() != self._process or not self._written:
            return
        with suppress(OSError):
            for name in self._written:
                os.unlink(name)
            os.rmdir(self._folder)
