"""The doctor's look at the kernel's Julia packages, which it compiles where that was not done."""

from __future__ import annotations

from polyglot_shim import paths
from polyglot_shim.doctor.report import Report
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia
from polyglot_shim.packages import compile_packages


def examine_package(report: Report, julia: Julia) -> None:
    """Loads the Julia packages, which compiles them where that was not done before."""
    try:
        seconds = compile_packages(julia)
    except StartupError as error:
        report.bad(
            str(error),
            "see the error; if a precompiled file is broken, remove\n~/.julia/compiled/*/Polyglot*",
        )
        return
    report.good(f"The kernel's Julia package loads ({seconds:.1f} s): {paths.julia_packages()}")
