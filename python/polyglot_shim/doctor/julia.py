"""The doctor's look at Julia and at the libzmq that it calls.

Julia has to survive two things that a Debian Julia under a foreign libunwind does not: catching an
exception, and an interrupt of a loop that has no safepoint (which takes a burst of SIGINTs).
"""

from __future__ import annotations

import time

from polyglot_shim.doctor.report import Report
from polyglot_shim.doctor.watched import Watched
from polyglot_shim.find_julia import Julia
from polyglot_shim.julia_image import CACHES_MACHINE_CODE, current_image

# Each step prints one line. The loop's is written by the C library's `write`: after `println` a
# first signal could still hit Julia's own code, which is easy to interrupt.
JULIA_CHECK = r"""
using Libdl
zmq = Libdl.dlopen(ARGS[1])
major, minor, patch = Ref{Cint}(), Ref{Cint}(), Ref{Cint}()
ccall(
    Libdl.dlsym(zmq, :zmq_version), Cvoid, (Ref{Cint}, Ref{Cint}, Ref{Cint}), major, minor, patch
)
curve = ccall(Libdl.dlsym(zmq, :zmq_has), Cint, (Cstring,), "curve")
version = join((major[], minor[], patch[]), ".")
println("libzmq ", version, curve == 1 ? " with CURVE" : " without CURVE")
try
    Base.include_string(Main, "error(1)")
catch
    println("exception")
end
Base.exit_on_sigint(false)
function spin()
    ccall(:write, Cssize_t, (Cint, Cstring, Csize_t), 1, "spinning\n", 9)
    while true
    end
end
try
    spin()
catch e
    println(e isa InterruptException ? "interrupt" : e)
end
"""
FOREIGN_LIBUNWIND = (
    "Debian's Julia needs the libunwind of its own release. Get Julia from "
    "https://julialang.org/downloads,\nor run: polyglot-kernel fetch-julia    and set "
    "POLYGLOT_JULIA to the Julia that it unpacks"
)


def examine_julia(report: Report, julia: Julia, libzmq: str) -> None:
    """Runs JULIA_CHECK and reports each line of it, up to the first that is something else."""
    command = [julia.path, "--startup-file=no", "-e", JULIA_CHECK, libzmq]
    with Watched(command) as process:
        if _examine_libzmq(report, process, libzmq) and _examine_exception(report, process):
            process.line()  # "spinning"
            _examine_interrupt(report, process)


def _examine_libzmq(report: Report, process: Watched, libzmq: str) -> bool:
    """Whether Julia could load it."""
    found = process.line()
    remedy = "pip install --force-reinstall pyzmq"
    if not found.startswith("libzmq"):
        report.bad(f"Julia cannot use {libzmq}: {process.end(found)}", remedy)
        return False
    report.good(f"{found.strip()}: {libzmq}")
    if "without" in found:
        report.bad("This libzmq cannot encrypt (CURVE)", remedy)
    return True


def _examine_exception(report: Report, process: Watched) -> bool:
    """Whether Julia lives on."""
    found = process.line()
    if found == "exception\n":
        report.good("Julia catches exceptions")
        return True
    report.bad(f"Julia does not survive an exception: {process.end(found)}", FOREIGN_LIBUNWIND)
    return False


def _examine_interrupt(report: Report, process: Watched) -> None:
    started = time.monotonic()
    outcome = process.interrupt()
    if outcome == "interrupt\n":
        report.good(f"Julia's loops can be interrupted ({time.monotonic() - started:.1f} s)")
    else:
        problem = process.end(outcome)
        report.bad(f"Julia does not survive an interrupt: {problem}", FOREIGN_LIBUNWIND)


def examine_image(report: Report, julia: Julia) -> None:
    """Says whether the kernel starts from an image, where that is of use."""
    image = current_image(julia.path)
    if image:
        report.good(f"The kernel starts from its own image: {image}")
    elif julia.version < CACHES_MACHINE_CODE:
        report.note(
            "This Julia compiles the kernel anew at each start: with Julia 1.9 or newer, or once\n"
            "polyglot-kernel compile    has made an image, it starts twice as fast"
        )
