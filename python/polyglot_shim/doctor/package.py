"""The doctor's look at the kernel's Julia package, which it compiles where that was not done."""

from __future__ import annotations

import subprocess
import time

from polyglot_shim import paths
from polyglot_shim.doctor.report import Report
from polyglot_shim.find_julia import Julia
from polyglot_shim.launcher import julia_command

COMPILE_SECONDS = 300.0


def examine_package(report: Report, julia: Julia) -> None:
    """Loads the Julia package, which compiles it where that was not done before."""
    started = time.monotonic()
    try:
        done = _run(julia_command(julia.path, "precompile.jl"))
    except subprocess.TimeoutExpired:
        report.bad(f"The Julia package did not load in {COMPILE_SECONDS:.0f} s", "try again")
        return
    if done.returncode == 0:
        seconds = time.monotonic() - started
        report.good(f"The kernel's Julia packages load ({seconds:.1f} s): {paths.julia_packages()}")
    else:
        report.bad(
            f"The kernel's Julia package does not load:\n{done.stderr.strip()}",
            "see the error; if a precompiled file is broken, remove\n~/.julia/compiled/*/Polyglot*",
        )


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=COMPILE_SECONDS,
    )
