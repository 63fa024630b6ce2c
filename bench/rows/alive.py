"""What has to answer while a cell spins, and how fast an interrupt ends it."""

from __future__ import annotations

from bench.measure import SPIN, control_round_trip, heartbeat_round_trip, interrupt_latency
from bench.rows.cells import first_cells
from bench.run import Run
from bench.specs import IPYKERNEL
from bench.table import OURS, Limit, Row

CONTROL = "control round trip while {} spins"
HEARTBEAT = "heartbeat round trip while {} spins"
INTERRUPT = "interrupt, {}"
LANGUAGES = ("Python", "Julia")
LOOPS = {
    "Python loop": (SPIN["python"], 0.15),
    "yielding Julia loop": (SPIN["julia, yielding"], 0.15),
    "tight Julia loop": (SPIN["julia"], 1.0),
}

ROWS = [
    *(Row(CONTROL.format(language), (Limit(0.005),)) for language in LANGUAGES),
    *(Row(HEARTBEAT.format(language), (Limit(0.005),)) for language in LANGUAGES),
    *(Row(INTERRUPT.format(loop), (Limit(bar),)) for loop, (_, bar) in LOOPS.items()),
]


def measure(run: Run) -> None:
    count = run.times(full=100, quick=30)
    with run.running(first_cells) as running:
        for _ in range(run.times(full=5, quick=2)):
            for language in LANGUAGES:
                spin = SPIN[language.lower()]
                for name in (OURS, IPYKERNEL) if language == "Python" else (OURS,):
                    running.sample(
                        CONTROL.format(language),
                        name,
                        lambda k, spin=spin: control_round_trip(k, spin, count),
                    )
                    running.sample(
                        HEARTBEAT.format(language),
                        name,
                        lambda k, spin=spin: heartbeat_round_trip(k, spin, count),
                    )
            for loop, (spin, _) in LOOPS.items():
                for name in (OURS, IPYKERNEL) if loop.startswith("Python") else (OURS,):
                    running.sample(
                        INTERRUPT.format(loop),
                        name,
                        lambda k, spin=spin: interrupt_latency(k, spin),
                    )
