"""One run of the bench: what the groups of rows have at hand to fill the table.

A measurement that fails is no end: the reason stands in its place, and what comes next goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bench.client import Kernel
from bench.machine import Julia
from bench.specs import Kernels
from bench.table import Table

REASON_LENGTH = 150


@dataclass
class Run:
    """`quick`: fewer repetitions."""

    table: Table
    kernels: Kernels
    julia: Julia
    quick: bool

    def times(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def sample(self, row: str, kernel: str, action: Callable[[], float]) -> bool:
        """Put what `action` returns into the row; False if there is nothing to put there."""
        if not self.wanted(row, kernel):
            return False
        say(f"{row}: {kernel}")
        try:
            self.table.add(row, kernel, action())
        except Exception as error:
            self.table.no(row, kernel, reason(error))
            return False
        return True

    def wanted(self, row: str, kernel: str) -> bool:
        """Whether this kernel is there, and has not failed at this row before."""
        if kernel in self.kernels.missing:
            self.table.no(row, kernel, self.kernels.missing[kernel])
        return (row, kernel) not in self.table.reasons

    def fresh(self, row: str, name: str, action: Callable[[Kernel], float], **how: object) -> None:
        """A sample of a kernel that is started for it alone."""

        def measure() -> float:
            with Kernel(name, **how) as kernel:
                return action(kernel)

        self.sample(row, name, measure)

    @contextmanager
    def running(self, setup: Callable[[Kernel], object]) -> Iterator[Running]:
        """Kernels that go on running from sample to sample; each has `setup` run when it starts."""
        running = Running(self, setup)
        try:
            yield running
        finally:
            running.close()


@dataclass
class Running:
    """Kernels that are started when they are first needed, and anew after a failure."""

    run: Run
    setup: Callable[[Kernel], object]
    kernels: dict[str, Kernel] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Kernel:
        if name not in self.kernels:
            self.kernels[name] = Kernel(name)
            self.setup(self.kernels[name])
        return self.kernels[name]

    def sample(self, row: str, name: str, action: Callable[[Kernel], float]) -> None:
        if self.run.wanted(row, name) and not self.run.sample(
            row, name, lambda: action(self[name])
        ):
            self._end(name)

    def _end(self, name: str) -> None:
        kernel = self.kernels.pop(name, None)
        if kernel:
            with suppress(Exception):
                kernel.close()

    def close(self) -> None:
        for name in list(self.kernels):
            self._end(name)


def reason(error: Exception) -> str:
    text = " ".join(f"{error or type(error).__name__}".split())
    return f"failed: {text}"[:REASON_LENGTH]


def say(text: str) -> None:
    """What is done now: one line of the terminal, or a line each of a log."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)
