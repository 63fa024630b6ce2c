"""`polyglot-kernel doctor`: runs every part of the kernel, and says what is wrong and what to do.

Julia has to survive two things that a Debian Julia under a foreign libunwind does not: catching an
exception, and an interrupt of a loop that has no safepoint (which takes a burst of SIGINTs).
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from polyglot_shim import paths
from polyglot_shim.command_line import LANGUAGES
from polyglot_shim.doctor_kernelspecs import examine_kernelspecs
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia, find_julia
from polyglot_shim.find_libzmq import find_libzmq
from polyglot_shim.julia_image import CACHES_MACHINE_CODE, current_image
from polyglot_shim.julia_version import Memory, dotted
from polyglot_shim.launcher import julia_command

if TYPE_CHECKING:
    from jupyter_client.blocking import BlockingKernelClient

STEP_SECONDS = 30.0  # guard for each step of the check: a slow machine, not a hang
END_SECONDS = 2.0  # for a child that has nothing left to do
COMPILE_SECONDS = 300.0
SIGNAL_SECONDS = 0.1  # between two SIGINTs of a burst, as the host does it

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


AFTER_ALL = "every part works for itself: please report this, with what stands above"


class Report:
    """Prints each check's outcome and remembers whether all went well."""

    def __init__(self) -> None:
        self.healthy = True

    def good(self, text: str) -> None:
        print(f"  ok    {text}", flush=True)

    def note(self, text: str) -> None:
        print(f"  note  {_indent(text)}", flush=True)

    def bad(self, text: str, remedy: str) -> None:
        self.healthy = False
        print(f"  FAIL  {_indent(text)}\n        -> {_indent(remedy, 11)}", flush=True)


def examine() -> bool:
    """Checks everything, prints what it finds, and says whether the kernel can be used."""
    report = Report()
    _examine_python(report)
    libzmq = _attempt(report, find_libzmq)
    memory = Memory()
    memory.forget_choice(sys.prefix)  # search anew: something better may be there by now
    julia = _attempt(report, lambda: find_julia(memory))
    if julia:
        report.good(f"Julia {dotted(julia.version)}: {julia.path} (from {julia.origin})")
        _examine_image(report, julia)
    if julia and libzmq:
        _examine_julia(report, julia, libzmq)
        if report.healthy:
            _compile(report, julia)
        if report.healthy:
            _examine_kernel(report)
    examine_kernelspecs(report)
    print("All is well." if report.healthy else "The kernel will not work before this is mended.")
    return report.healthy


def _examine_python(report: Report) -> None:
    report.good(f"Python {dotted(sys.version_info[:3])}: {sys.executable}")
    command = [sys.executable, "-c", "import polyglot_shim.executor, IPython, comm"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode == 0:
        report.good(f"Python cells run in IPython {_package_version('ipython')}")
    else:
        error = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no message"
        report.bad(
            f"The part for Python cells cannot be imported: {error}",
            "pip install --force-reinstall polyglot-kernel",
        )


def _examine_image(report: Report, julia: Julia) -> None:
    image = current_image(julia.path)
    if image:
        report.good(f"The kernel starts from its own image: {image}")
    elif julia.version < CACHES_MACHINE_CODE:
        report.note(
            "This Julia compiles the kernel anew at each start: with Julia 1.9 or newer, or once\n"
            "polyglot-kernel compile    has made an image, it starts twice as fast"
        )


def _examine_julia(report: Report, julia: Julia, libzmq: str) -> None:
    """Runs JULIA_CHECK and reports each line of it, or what came instead."""
    command = [julia.path, "--startup-file=no", "-e", JULIA_CHECK, libzmq]
    with _Process(command) as process:
        found = process.line()
        if not found.startswith("libzmq"):
            report.bad(
                f"Julia cannot use {libzmq}: {process.end(found)}",
                "pip install --force-reinstall pyzmq",
            )
            return
        report.good(f"{found.strip()}: {libzmq}")
        if "without" in found:
            report.bad("This libzmq cannot encrypt (CURVE)", "pip install --force-reinstall pyzmq")
        found = process.line()
        if found != "exception\n":
            report.bad(
                f"Julia does not survive an exception: {process.end(found)}", FOREIGN_LIBUNWIND
            )
            return
        report.good("Julia catches exceptions")
        process.line()  # "spinning"
        started = time.monotonic()
        outcome = process.interrupt()
        if outcome == "interrupt\n":
            report.good(f"Julia's loops can be interrupted ({time.monotonic() - started:.1f} s)")
        else:
            report.bad(
                f"Julia does not survive an interrupt: {process.end(outcome)}", FOREIGN_LIBUNWIND
            )


def _compile(report: Report, julia: Julia) -> None:
    """Loads the Julia package, which compiles it where that was not done before."""
    command = julia_command(julia.path, "precompile.jl")
    started = time.monotonic()
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=COMPILE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        report.bad(f"The Julia package did not load in {COMPILE_SECONDS:.0f} s", "try again")
        return
    if done.returncode == 0:
        seconds = time.monotonic() - started
        report.good(f"The kernel's Julia package loads ({seconds:.1f} s): {paths.julia_package()}")
    else:
        report.bad(
            f"The kernel's Julia package does not load:\n{done.stderr.strip()}",
            "see the error; if a precompiled file is broken, remove\n~/.julia/compiled/*/Polyglot*",
        )


def _examine_kernel(report: Report) -> None:
    """Starts the kernel as Jupyter does and runs a cell in each language."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager

    specs = KernelSpecManager(kernel_dirs=[paths.kernelspecs()], ensure_native_kernel=False)
    manager = KernelManager(kernel_name="polyglot", kernel_spec_manager=specs)
    started = time.monotonic()
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=STEP_SECONDS)
        report.good(f"The kernel starts ({time.monotonic() - started:.1f} s)")
        for language in LANGUAGES:
            started = time.monotonic()
            shown = _run_cell(client, f"%{language}\n6 * 7")
            text = f"{time.monotonic() - started:.1f} s for the first"
            if shown == "42":
                report.good(f"Cells in {language.title()} run ({text})")
            else:
                report.bad(f"A cell in {language.title()} showed {shown!r}", AFTER_ALL)
    except (RuntimeError, TimeoutError) as error:
        report.bad(f"The kernel does not start: {error}", AFTER_ALL)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


def _run_cell(client: BlockingKernelClient, code: str) -> str:
    """What the cell's result, or its error, is in plain text."""
    shown = []

    def note(message: dict) -> None:
        content = message["content"]
        shown.append(content.get("evalue") or content.get("data", {}).get("text/plain", ""))

    client.execute_interactive(code, store_history=False, timeout=STEP_SECONDS, output_hook=note)
    return "".join(shown)


class _Process:
    """A child whose lines are read with a time limit, and of which nothing is left behind."""

    def __init__(self, command: list[str]) -> None:
        self._lines: queue.Queue[str] = queue.Queue()
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.poll() is None and os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def _read(self) -> None:
        for line in self._child.stdout:
            self._lines.put(line)
        self._lines.put("")

    def line(self, seconds: float = STEP_SECONDS) -> str:
        """The next line, "" at the end or when time is up."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return ""
        if not line:
            self._lines.put("")  # the end stays the end
        return line

    def interrupt(self) -> str:
        """Sends SIGINTs until the child writes a line or ends, at most 50; what it wrote.

        Julia's warning that it forces the interrupt is not an answer.
        """
        for _ in range(50):
            os.kill(self._child.pid, signal.SIGINT)
            line = self.line(SIGNAL_SECONDS)
            if line.startswith("WARNING: Force throwing"):
                line = self.line()
            if line or self._child.poll() is not None:
                return line
        return ""

    def end(self, line: str) -> str:
        """How the child ended, and the first thing it said, beginning with `line`."""
        try:
            code = self._child.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            return f"it goes on and on {line.strip()}".strip()
        said = next(filter(None, map(str.strip, [line, *iter(self.line, "")])), "")
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"{how} {said}".strip()


def _attempt(report: Report, find: Callable):
    try:
        return find()
    except StartupError as error:
        what, _, remedy = str(error).partition("\nWhat to do")
        report.bad(what, remedy.lstrip(":, ") or "see above")
        return None


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(unknown version)"


def _indent(text: str, columns: int = 8) -> str:
    return text.strip().replace("\n", "\n" + " " * columns)
