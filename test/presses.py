"""The stop button, pressed at random moments of all kinds of running code.

    make presses                              # five rounds, as the bars ask for
    python test/presses.py --rounds 1 --kind GC   # fewer; only the kinds whose code has that in it

Each cell is interrupted somewhere in its first second, and again every 2.5 seconds until it ends.
What counts: how long that took, and whether the variables of both languages are still there. (How
long by the reply's own date: behind a flood of output this client may have to read for seconds
before it gets there.) Code
that catches every interrupt (`STUBBORN`) is no fault of the kernel's: it may cost its language's
variables, after a word, but it has to end.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from languages import LANGUAGES, in_
from notebook import Cell, Hang, Kernel, Notebook

EVERY = 2.5  # s, between two presses
IN_TIME = 3.0  # s, within which a cell should end
AT_MOST = 8.0  # s, within which one has to end
SHARE = 0.99  # of the cells in time, and of those that keep the variables

SAY = {"python": "print('on', flush=True)\n", "julia": 'println("on")\n'}
KEPT = {"python": "__import__('os').getpid(), kept", "julia": "getpid(), kept"}
PREPARED = {
    "python": """
import asyncio, json, re, subprocess, sys, threading, time
import numpy as np
def f(x): return 1
def hh(n): return jl.gg(n - 1) if n else 0
big = np.ones(2**20)
class Slow:
    def __repr__(self):
        while True: pass
class Hangs(Exception):
    def __str__(self): time.sleep(1000)
def deep(n): return deep(n - 1) if n else time.sleep(1000)
""",
    "julia": """
using LinearAlgebra, Random
g(x) = x
gg(n) = n == 0 ? 0 : 1 + py.hh(n - 1)
big = ones(2^20)
struct Slow end
Base.show(io::IO, ::Slow) = while true; end
struct Hangs <: Exception end
Base.showerror(io::IO, ::Hangs) = while true; end
deep(n) = n == 0 ? sleep(1000) : 1 + deep(n - 1)
fails() = parse(Int, rand(["1", "a"]))
collatz(n) = n == 1 ? 0 : 1 + collatz(iseven(n) ? n >> 1 : 3n + 1)
""",
}
KINDS = {
    "python": [
        "while True: pass",
        "while True: time.sleep(0.01)",
        "time.sleep(1000)",
        "input('?')",
        "x = []\nwhile True: x.append(np.random.rand(100)); x = x[-1000:]",
        "while True: sorted(np.random.rand(10**5).tolist())",
        "while True: np.linalg.svd(np.random.rand(200, 200))",
        "while True: json.loads(json.dumps(list(range(10**5))))",
        "while True: re.match('(a?){20}a{20}', 'a' * 20)",
        "while True: print('x' * 50)",
        "while True: display(1)",
        "subprocess.run(['sleep', '1000'])",
        "!sleep 1000",
        "await asyncio.sleep(1000)",
        "while True: await asyncio.sleep(0)",
        "threading.Event().wait()",
        "t = threading.Thread(target=time.sleep, args=(5,))\nt.start(); t.join()",
        "while True:\n    try: 1 / 0\n    except ZeroDivisionError: pass",
        "deep(900)",
        "Slow()",
        "raise Hangs",
        "i = 1\nwhile True: i = jl.g(i)",
        "while True: jl.g(big)",
        "while True: jl.x = big",
        "while True: x = jl.big",
        "while True: jl.gg(5)",
        "jl('while true; end')",
        "jl('sleep(1000)')",
        "list(map(jl.g, range(10**7)))",
    ],
    "julia": [
        "while true; end",
        "while true; sleep(0.01); end",
        "while true; yield(); end",
        "sleep(1000)",
        "readline()",
        "a = []; while true; push!(a, rand(1000)); length(a) > 1000 && empty!(a); end",
        "A = rand(400, 400); while true; global A = A * A ./ 400; end",
        "while true; svd(rand(200, 200)); end",
        "while true; sort(rand(10^6)); end",
        "while true; factorial(big(10^5)); end",
        "x = [rand(10) for i in 1:10^5]; while true; GC.gc(); end",
        "while true; for n in 1:10^6; collatz(n); end; end",
        'while true; println("x"^50); end',
        "while true; display(1); end",
        'io = open("/dev/null", "w"); while true; write(io, "text"); end',
        "run(`sleep 1000`)",
        "read(`sleep 1000`)",
        ";sleep 1000",
        "wait(Channel(1))",
        "take!(Channel(0))",
        "fetch(@async sleep(1000))",
        "wait(Condition())",
        "@sync for i in 1:10; @async sleep(1000); end",
        # What runs in other threads goes on: it has to end, and to let the collector in.
        "Threads.@threads for i in 1:4; for j in 1:10^7; rand(10); end; end; sleep(1000)",
        "while true; try; fails(); catch e; e isa InterruptException && rethrow(); end; end",
        "while true; Core.eval(Main, :(made(x) = x + $(rand()))); Base.invokelatest(made, 1); end",
        "deep(1000)",
        "Slow()",
        "throw(Hangs())",
        "d = Dict(); for i in 1:10^9; d[randstring(8)] = i; i % 10^6 == 0 && empty!(d); end",
        "while true; py.f(1); end",
        "map(x -> py.f(x), 1:10^7)",
        "while true; global x = py.big; end",
        "while true; py.big = big; end",
        "while true; py.hh(5); end",
        'py"""while True: pass"""',
        'py"""import time; time.sleep(1000)"""',
        "Base.exit_on_sigint(true); sleep(1000)",
    ],
}
STUBBORN = {
    "python": ["while True:\n    try: time.sleep(0.01)\n    except BaseException: pass"],
    "julia": [
        "while true; try; sleep(0.01); catch; end; end",
        # Julia 1.11 and newer know that `error` throws nothing else, and never look.
        "while true; try; error(); catch e; e isa InterruptException && rethrow(); end; end",
    ],
}


@dataclass(frozen=True)
class Outcome:
    """What presses of the stop button did to a cell."""

    language: str
    code: str
    seconds: float
    presses: int
    kept: bool

    def __str__(self) -> str:
        kept = "kept" if self.kept else "LOST"
        return f"{self.seconds:6.2f} s {self.presses} {kept} {self.language:6} {self.code!r}"


class Presser:
    """Starts cells in a kernel, and presses the stop button."""

    def __init__(self, kernel: Kernel, chance: random.Random) -> None:
        self._nb: Notebook = kernel.connect()
        self._chance = chance
        for language in LANGUAGES:
            self._prepare(language)

    def _prepare(self, language: str) -> None:
        self._nb.run(in_(language, PREPARED[language]))

    def press(self, language: str, code: str) -> Outcome:
        """Run `code`, and end it. Raises `Hang`."""
        before = {each: self._set(each) for each in LANGUAGES}
        shell = code.startswith((";", "!"))  # in Julia a mode of the whole cell
        cell = self._nb.submit(in_(language, code if shell else SAY[language] + code))
        if shell:
            self._nb.wait_until(lambda: cell.state != "sent", "the cell's beginning")
        else:
            cell.wait_for_stdout("on")
        self._wait(cell, self._chance.random())
        began = datetime.now(timezone.utc)
        presses = self._press_until_it_ends(cell)
        seconds = (cell.reply["header"]["date"] - began).total_seconds()
        kept = all(self._look(each) == before[each] for each in LANGUAGES)
        if not kept:
            for each in LANGUAGES:
                self._prepare(each)
        return Outcome(language, code, seconds, presses, kept)

    def _set(self, language: str) -> str:
        self._nb.run(in_(language, "kept = 5"))
        return self._nb.value(in_(language, KEPT[language]))

    def _look(self, language: str) -> str | None:
        return self._nb.submit(in_(language, KEPT[language])).wait().result

    def _press_until_it_ends(self, cell: Cell) -> int:
        for presses in range(1, 13):
            self._nb.interrupt()
            self._wait(cell, EVERY)
            if cell.finished:
                return presses
        raise Hang(f"{presses} presses did not end {cell.content['code']!r}")

    def _wait(self, cell: Cell, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not cell.finished and (left := deadline - time.monotonic()) > 0:
            self._nb.receive(min(left, 0.05))


def report(outcomes: list[Outcome]) -> bool:
    """Say how it went; whether the bars are met."""
    meant = [o for o in outcomes if o.code not in STUBBORN[o.language]] or outcomes
    in_time = sum(o.seconds <= IN_TIME for o in meant) / len(meant)
    kept = sum(o.kept for o in meant) / len(meant)
    longest = max(o.seconds for o in outcomes)
    print(f"{len(meant)} cells: {in_time:.1%} ended within {IN_TIME:.0f} s, {kept:.1%} kept the")
    print(f"variables; the longest took {longest:.1f} s (with those that catch every interrupt)")
    return in_time >= SHARE and kept >= SHARE and longest <= AT_MOST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="", help="only code with this in it")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    cells = [
        (language, code)
        for language in LANGUAGES
        for code in KINDS[language] + STUBBORN[language]
        if options.kind in code
    ] * options.rounds
    chance.shuffle(cells)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        kernel = Kernel("polyglot", Path(folder) / "kernel.log").start()
        try:
            presser = Presser(kernel, chance)
            for language, code in cells:
                outcomes.append(presser.press(language, code))
                print(outcomes[-1], flush=True)
        finally:
            kernel.stop()
    return int(not report(outcomes))


if __name__ == "__main__":
    sys.exit(main())
