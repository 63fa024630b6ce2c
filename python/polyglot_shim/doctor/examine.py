"""All of the doctor's checks, in the order in which one part needs another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from polyglot_shim.doctor.julia import examine_image, examine_julia
from polyglot_shim.doctor.kernel import examine_kernel
from polyglot_shim.doctor.kernelspecs import examine_kernelspecs
from polyglot_shim.doctor.labextension import examine_labextension
from polyglot_shim.doctor.package import examine_package
from polyglot_shim.doctor.python import examine_python
from polyglot_shim.doctor.report import Report
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia, find_julia
from polyglot_shim.find_libzmq import find_libzmq
from polyglot_shim.julia_version import Memory, dotted

Found = TypeVar("Found")


def examine() -> bool:
    """Checks everything, prints what it finds, and says whether the kernel can be used."""
    report = Report()
    examine_python(report)
    libzmq = _attempt(report, find_libzmq)
    julia = _attempt(report, _find_julia_anew)
    if julia:
        report.good(f"Julia {dotted(julia.version)}: {julia.path} (from {julia.origin})")
        examine_image(report, julia)
    if julia and libzmq:
        _examine_running(report, julia, libzmq)
    examine_kernelspecs(report)
    examine_labextension(report)
    print("All is well." if report.healthy else "The kernel will not work before this is mended.")
    return report.healthy


def _find_julia_anew() -> Julia:
    """Not the one that was found before: something better may be there by now."""
    memory = Memory()
    memory.forget_choice(sys.prefix)
    return find_julia(memory)


def _examine_running(report: Report, julia: Julia, libzmq: str) -> None:
    """What runs in Julia, up to the first part that does not work."""
    examine_julia(report, julia, libzmq)
    if report.healthy:
        examine_package(report, julia)
    if report.healthy:
        examine_kernel(report)


def _attempt(report: Report, find: Callable[[], Found]) -> Found | None:
    try:
        return find()
    except StartupError as error:
        what, _, remedy = str(error).partition("\nWhat to do")
        report.bad(what, remedy.lstrip(":, ") or "see above")
        return None
