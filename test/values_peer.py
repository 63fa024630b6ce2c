"""A Python and a Julia codec back to back, without a kernel between them."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if importlib.util.find_spec("polyglot_shim") is None:
    sys.path.insert(0, str(HERE.parent / "python"))
from polyglot_shim.executor.pipes.frames import FrameReader, encode  # noqa: E402
from polyglot_shim.executor.values.codec import Codec  # noqa: E402
from polyglot_shim.executor.values.encoder import Encoder  # noqa: E402
from polyglot_shim.executor.values.references import Exports, Imports, Reference  # noqa: E402
from polyglot_shim.executor.values.shared import MODES, Lender  # noqa: E402


class Foreign:
    """What stands for an object of Julia's."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference


class JuliaError(Exception):
    """What Julia answered instead of a value."""


def find_julia() -> str:
    from polyglot_shim.find_julia import find_julia as find

    return find().path


class JuliaPeer:
    """A Julia process that values are sent to and come from."""

    def __init__(self, modes: tuple[str, ...] = MODES) -> None:
        self.exports = Exports()
        self.imports = Imports()
        self.lender = Lender(modes)
        self.codec = Codec(self.exports, self.lender, Foreign)
        self.codec.register(Foreign, write_foreign)
        self._done: list[int] = []
        self._process = subprocess.Popen(
            [find_julia(), "--startup-file=no", str(HERE / "values_peer.jl"), ",".join(modes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        self._reader = FrameReader(lambda view: os.readv(output, [view]))

    @property
    def pid(self) -> int:
        return self._process.pid

    def echo(self, value: Any) -> Any:
        """`value` there and back."""
        return self._ask({"op": "echo"}, value)

    def make(self, code: str) -> Any:
        """What the Julia code gives."""
        return self._ask({"op": "make", "code": code})

    def compare(self, value: Any) -> tuple[bool, str, str]:
        """Whether `value` is what `make` gave there, and the two types."""
        answer: tuple[bool, str, str] = self._ask({"op": "compare"}, value)
        return answer

    def give(self, value: Any, code: str) -> Any:
        """What the Julia code makes of `value`, which it calls `it`."""
        return self._ask({"op": "give", "code": code}, value)

    def status(self) -> tuple[int, int]:
        """How many segments and objects Julia holds for us."""
        answer: tuple[int, int] = self._ask({"op": "status"})
        return answer

    def _ask(self, header: dict[str, Any], value: Any = None) -> Any:
        encoded = self.codec.encode(value, "value")
        header["segments"], self._done = self._done, []
        assert self._process.stdin is not None
        for piece in encode(header, encoded.buffers):
            self._process.stdin.write(piece)
        self._process.stdin.flush()
        frame = self._reader.read()
        assert frame is not None, "Julia has ended"
        for fd in encoded.segments:  # mapped, or never to be
            self.lender.close(fd)
        if "error" in frame.header:
            raise JuliaError(frame.header["error"])
        self._done = frame.header["lent"]
        return self.codec.decode(frame.buffers, "it")

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def write_foreign(encoder: Encoder, value: Foreign) -> None:
    encoder.foreign_reference(value.reference)
