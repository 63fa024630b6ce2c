"""A long day of a kernel in a few minutes: cells of all kinds, interrupts and kills at random.

    make soak                                  # 20,000 cells, as the bars ask for
    python test/soak.py --count 500 --seed 7   # fewer, others

Every cell gets one reply and one idle status (`conversation.py` sees to that), the result that it
has to have unless it was disturbed, and leaves nothing behind: memory, descriptors and processes
are the same at the end as after a warm-up.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
from languages import LANGUAGES, in_
from memory import memory
from notebook import Cell, Kernel, wait_for

BURST = 50  # cells sent at once
WARM_UP = 5  # the first part in so many does not count for what must not grow
GROWTH = 0.10  # of the host's memory, at the most
PASSING = (
    4  # descriptors that an executor may hold for the moment: a value on its way, a collection
)

# What the cells below use; defined anew when a process was replaced.
PREPARED = {
    "python": "def double(x): return 2 * x\ntable = {'a': [1, 2.5], 'b': 'text'}",
    "julia": 'double(x) = 2x\ntable = Dict("a" => [1, 2.5], "b" => "text")',
}
ENDLESS = {
    "python": ("while True: pass", "import time\nwhile True: time.sleep(0.01)"),
    "julia": ("while true; end", "while true; sleep(0.01); end"),
}
INTERRUPTED = ("KeyboardInterrupt", "InterruptException")


@dataclass(frozen=True)
class Kind:
    """A kind of cell: its code, and whether an undisturbed one was as it has to be."""

    code: Callable[[int], str]
    is_right: Callable[[Cell, int], bool]


def has_result(text: Callable[[int], str]) -> Callable[[Cell, int], bool]:
    return lambda cell, n: cell.status == "ok" and cell.result == text(n)


KINDS = (
    Kind(lambda n: f"{n} + 1", has_result(lambda n: str(n + 1))),
    Kind(lambda n: f"%julia\n{n} + 1", has_result(lambda n: str(n + 1))),
    Kind(lambda n: f"print('x' * {n})", lambda cell, n: cell.stdout == "x" * n + "\n"),
    Kind(lambda n: f"%julia\nprintln('x'^{n})", lambda cell, n: cell.stdout == "x" * n + "\n"),
    Kind(lambda n: "1 / 0", lambda cell, n: cell.error.ename == "ZeroDivisionError"),
    Kind(lambda n: "%julia\nsqrt(-1)", lambda cell, n: cell.error.ename == "DomainError"),
    Kind(lambda n: "a +", lambda cell, n: cell.error.ename == "SyntaxError"),
    Kind(lambda n: "%julia\n(1", lambda cell, n: cell.status == "error"),
    Kind(lambda n: f"jl.double({n})", has_result(lambda n: str(2 * n))),
    Kind(lambda n: f"%julia\npy.double({n})", has_result(lambda n: str(2 * n))),
    Kind(lambda n: f"n = {n}\njl.n = n\njl('n + 1')", has_result(lambda n: str(n + 1))),
    Kind(lambda n: "%julia -i table\ntable['b']", lambda cell, n: cell.status == "error"),
    Kind(lambda n: 'jl.table["b"]', has_result(lambda n: "'text'")),
    Kind(lambda n: '%julia\npy.table["b"]', has_result(lambda n: '"text"')),
    Kind(
        lambda n: f"import numpy as np\njl.sum(np.ones({1000 * n})) == {1000 * n}",
        has_result(lambda n: "True"),
    ),
    Kind(
        lambda n: "from IPython.display import HTML\ndisplay(HTML('<b>1</b>'))",
        lambda cell, n: "display_data" in cell.kinds,
    ),
    Kind(lambda n: '%julia\ndisplay("text/html", "<b>1</b>")', lambda cell, n: cell.status == "ok"),
    Kind(lambda n: "!echo $((1 + 1))", lambda cell, n: cell.stdout.strip() == "2"),
    Kind(lambda n: "", lambda cell, n: cell.status == "ok"),
)
QUESTIONS = (
    ("complete_request", {"code": "doub", "cursor_pos": 4}),
    ("complete_request", {"code": "%julia\ndoub", "cursor_pos": 11}),
    ("inspect_request", {"code": "double", "cursor_pos": 6, "detail_level": 0}),
    ("is_complete_request", {"code": "for i in 1:3"}),
    ("kernel_info_request", {}),
    ("history_request", {"hist_access_type": "tail", "n": 3, "output": False, "raw": True}),
)


@dataclass
class State:
    """What must not grow: of the host, and of the processes below it."""

    memory: int  # resident, of the host alone, in bytes
    descriptors: int
    processes: int
    executors_descriptors: int


class Soak:
    """One client that keeps a kernel busy; everything at random is the seed's."""

    def __init__(self, kernel: Kernel, seed: int) -> None:
        self.kernel = kernel
        self.random = random.Random(seed)
        self.notebook = kernel.connect()
        self.pids: dict[str, int] = {}
        self.sent = 0
        for language in LANGUAGES:
            self.prepare(language)

    def prepare(self, language: str) -> None:
        self.notebook.run(in_(language, PREPARED[language]))
        pid = "__import__('os').getpid()" if language == "python" else "getpid()"
        self.pids[language] = int(self.notebook.value(in_(language, pid)))

    def burst(self, count: int) -> None:
        """Cells and questions at once; each cell has to be what its kind is."""
        cells = [self._submit() for _ in range(count)]
        questions = [self.notebook.request(*self.random.choice(QUESTIONS)) for _ in range(5)]
        wait_for(*(cell for _, _, cell in cells), *questions)
        for kind, n, cell in cells:
            assert kind.is_right(cell, n), f"{cell.content['code']!r}: {cell.outputs} {cell.answer}"
        for question in questions:
            assert question.status in ("ok", "complete"), question.answer

    def interrupted_burst(self, count: int) -> None:
        """An interrupt somewhere in the middle: each cell is right, interrupted or aborted."""
        cells = [self._submit() for _ in range(count)]
        self.notebook.wait_until(lambda: cells[count // 3][2].finished, "the first third")
        self.notebook.interrupt()
        wait_for(*(cell for _, _, cell in cells))
        for kind, n, cell in cells:
            stopped = cell.status == "aborted" or self._is_interrupted(cell)
            told = f"{cell.content['code']!r}: {cell.outputs} {cell.answer}"
            assert stopped or kind.is_right(cell, n), told

    def stopped_cell(self) -> None:
        """A cell without end; the stop button, pressed once, and what was there is there."""
        language = self.random.choice(LANGUAGES)
        endless = self.random.choice(ENDLESS[language])
        cell = self._started(language, endless)
        self.notebook.interrupt()
        cell.wait()
        assert self._is_interrupted(cell), f"{endless!r}: {cell.outputs} {cell.answer}"
        for each in LANGUAGES:
            assert self.notebook.value(in_(each, "double(21)")) == "42"

    def killed_language(self) -> None:
        """A process is killed in the middle of its cell, and the cells behind that are answered."""
        language = self.random.choice(LANGUAGES)
        cell = self._started(language, self.random.choice(ENDLESS[language]))
        behind = [self._submit()[2] for _ in range(10)]
        os.kill(self.pids[language], self.random.choice([signal.SIGKILL, signal.SIGSEGV]))
        wait_for(cell, *behind)
        assert cell.error.ename == "ExecutorDied", cell.answer
        self.prepare(language)

    def _started(self, language: str, code: str) -> Cell:
        said = "print('go')" if language == "python" else 'println("go")'
        cell = self.notebook.submit(in_(language, f"{said}\n{code}"))
        cell.wait_for_stdout("go")
        self.sent += 1
        return cell

    def _submit(self) -> tuple[Kind, int, Cell]:
        kind, n = self.random.choice(KINDS), self.random.randint(1, 100)
        keeps = self.random.random() < 0.5
        cell = self.notebook.submit(kind.code(n), store_history=keeps, stop_on_error=False)
        self.sent += 1
        return kind, n, cell

    def _is_interrupted(self, cell: Cell) -> bool:
        return cell.status == "error" and cell.answer["ename"] in INTERRUPTED

    def state(self) -> State:
        """When the replaced processes are gone; a `Hang` if they stay."""
        host = self.kernel.process
        self.notebook.wait_until(
            lambda: (
                set(self.pids.values()) <= {p.pid for p in self.kernel.descendants}
                and not any(p.status() == psutil.STATUS_ZOMBIE for p in host.children())
            ),
            "the end of the processes that were killed",
        )
        executors = [psutil.Process(pid) for pid in self.pids.values()]
        return State(
            memory=memory(host),
            descriptors=host.num_fds(),
            processes=len(self.kernel.descendants),
            executors_descriptors=sum(executor.num_fds() for executor in executors),
        )

    def forget(self) -> None:
        """What the client holds of requests that are answered: the memory is the test's own."""
        self.notebook.requests.clear()


def run(
    kernel: Kernel, seed: int, count: int, say: Callable[[str], None] = lambda text: None
) -> list[State]:
    """Cells until there were `count`; the state after each twentieth part of them."""
    soak = Soak(kernel, seed)
    states: list[State] = []
    while soak.sent < count:
        action = soak.random.random()
        if action < 0.80:
            soak.burst(BURST)
        elif action < 0.90:
            soak.interrupted_burst(BURST)
        elif action < 0.98:
            soak.stopped_cell()
        else:
            soak.killed_language()
        soak.forget()
        if soak.sent >= count * (len(states) + 1) // 20:
            states.append(soak.state())
            say(f"{soak.sent:6}: {states[-1].memory >> 20} MB of the host, {states[-1]}")
    return states


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kernel = Kernel("polyglot", Path(folder) / "kernel.log").start()
        try:
            states = run(kernel, options.seed, options.count, partial(print, flush=True))
        finally:
            kernel.stop()
    return int(not is_flat(states))


def is_flat(states: list[State]) -> bool:
    """Whether nothing has grown since the warm-up; says what has."""
    warm = states[len(states) // WARM_UP]
    last = states[-1]
    growth = last.memory / warm.memory - 1
    print(f"host: {warm.memory >> 20} MB after warm-up, {growth:+.1%} since then; {warm} {last}")
    return (
        growth <= GROWTH
        and last.descriptors <= warm.descriptors
        and last.processes <= warm.processes
        and last.executors_descriptors <= warm.executors_descriptors + PASSING
    )


if __name__ == "__main__":
    sys.exit(main())
