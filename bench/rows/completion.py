"""Completion, when something has been completed before; also while a cell spins."""

from __future__ import annotations

from bench.client import Kernel
from bench.measure import SPIN, completion, while_spinning
from bench.rows.cells import first_cells
from bench.run import Run
from bench.specs import IJULIA, IPYKERNEL, XEUS
from bench.table import OURS, Limit, Row

COMPLETE = "completion, {}"
SPINNING = "completion, {}, while it spins"
LANGUAGES = ("Python", "Julia")
PREFIXES = {
    "Python": ("os.pa", "json.du", "collections.Or", "pathlib.Pa", "os.path.jo", "prin"),
    "Julia": ("printl", "Base.isa", "sq", "\\alph", "Base.Threads.nth"),
}
KERNELS = {"Python": (OURS, IPYKERNEL, XEUS), "Julia": (OURS, IJULIA)}
IMPORTS = "import os, json, collections, pathlib"

ROWS = [
    Row(COMPLETE.format("Python"), (Limit(0.01),)),
    Row(COMPLETE.format("Julia"), (Limit(0.002),)),
    *(Row(SPINNING.format(language), (Limit(0.2),)) for language in LANGUAGES),
]


def measure(run: Run) -> None:
    with run.running(ready_to_complete) as running:
        for _ in range(run.times(full=5, quick=2)):
            for language in LANGUAGES:
                for name in KERNELS[language]:
                    for prefix in PREFIXES[language]:
                        running.sample(
                            COMPLETE.format(language),
                            name,
                            lambda k, way=language, p=prefix: completion(k, way.lower(), p),
                        )
                running.sample(
                    SPINNING.format(language), OURS, lambda k, way=language: spinning(k, way)
                )


def ready_to_complete(kernel: Kernel) -> None:
    first_cells(kernel)
    if kernel.name != IJULIA:
        kernel.run(IMPORTS)
    for language, kernels in KERNELS.items():
        if kernel.name in kernels:
            completion(kernel, language.lower(), PREFIXES[language][0])


def spinning(kernel: Kernel, language: str) -> float:
    prefix = PREFIXES[language][0]
    way = language.lower()
    return while_spinning(kernel, SPIN[way], lambda: completion(kernel, way, prefix))
