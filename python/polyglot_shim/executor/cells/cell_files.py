"""The file names of cells: what they are compiled under, and where debuggers look for their code.

A client of the debugger finds the cell of a file, and the file of a cell, by the hash of the cell's
text alone (`hashMethod`, `hashSeed`, `tmpFilePrefix` and `tmpFileSuffix` of `debugInfo`). So a
cell's name is known before anybody debugs, and functions of earlier cells can be stopped in.
"""

from __future__ import annotations

import atexit
import os
import struct
import tempfile
from collections.abc import Callable
from contextlib import suppress

from IPython.core.compilerop import CachingCompiler

SEED = 0xC70F6907
SUFFIX = ".py"
_FACTOR = 0x5BD1E995
_WORD = 0xFFFFFFFF


def murmur2(text: str) -> int:
    """Austin Appleby's MurmurHash2 of the text in UTF-8, 32 bits, with the seed above."""
    data = text.encode("utf-8", "surrogatepass")
    words, rest = divmod(len(data), 4)
    hash = SEED ^ len(data)
    for word in struct.unpack_from(f"<{words}I", data):
        word = word * _FACTOR & _WORD
        hash = (hash * _FACTOR ^ (word ^ word >> 24) * _FACTOR) & _WORD
    if rest:
        hash = (hash ^ int.from_bytes(data[-rest:], "little")) * _FACTOR & _WORD
    hash = (hash ^ hash >> 13) * _FACTOR & _WORD
    return hash ^ hash >> 15


class CellFiles:
    """The files of one process's cells. They are written when somebody asks for one.

    The folder is named as ipykernel's is, by which tools (numba's cache, for one) know a notebook.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        self._folder = os.path.join(tempfile.gettempdir(), f"ipykernel_{self._process}")
        self.prefix = self._folder + os.sep
        self._written: set[str] = set()

    def name(self, source: str) -> str:
        """The file of the cell with this text, which is the cell as written, with its marker."""
        return f"{self.prefix}{murmur2(source)}{SUFFIX}"

    def write(self, source: str) -> str:
        """Write the cell's file; its name. Raises OSError, also where another user has the folder
        that cells would be read from."""
        os.makedirs(self._folder, 0o700, exist_ok=True)
        status = os.lstat(self._folder)
        if status.st_uid != os.getuid():
            raise PermissionError(f"{self._folder} belongs to another user")
        name = self.name(source)
        with open(name, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(source)
        if not self._written:
            atexit.register(self._remove)
        self._written.add(name)
        return name

    def _remove(self) -> None:
        if os.getpid() != self._process:
            return  # a child by fork
        with suppress(OSError):
            for name in self._written:
                os.unlink(name)
            os.rmdir(self._folder)


class CellCompiler(CachingCompiler):
    """Compiles cells under the names of their files.

    `as_written(code)` is the text of the cell whose code is compiled, as its user sees it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files = CellFiles()
        self.as_written: Callable[[str], str] = str

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The file's name."""
        return self.files.name(self.as_written(raw_code))
