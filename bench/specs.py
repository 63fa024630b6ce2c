"""The kernels that are measured: their kernelspecs, and which of them are there.

IJulia is taken where POLYGLOT_BENCH_IJULIA names a Julia environment in which `import IJulia`
works.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.table import OURS

IMAGELESS = "polyglot without its image"
TRACED = "polyglot that says what it compiles"
IPYKERNEL = "ipykernel"
XEUS = "xeus-python"
IJULIA = "IJulia"
IJULIA_TRACED = "IJulia that says what it compiles"

POLYGLOTS = (OURS, IMAGELESS, TRACED)
JULIAS = (IJULIA, IJULIA_TRACED)
PYTHONS = {IPYKERNEL: "ipykernel_launcher", XEUS: "xpython_launcher"}
NOT_THERE = "not there"

JULIA_SECONDS = 900.0  # guard: the first `import IJulia` compiles it
IJULIA_VERSIONS = (
    'import IJulia; print(pkgversion(IJulia), " with ZMQ.jl ", pkgversion(IJulia.ZMQ))'
)
RUN_IJULIA = ("-i", "--color=yes", "-e", "import IJulia; IJulia.run_kernel()", "{connection_file}")


@dataclass
class Kernels:
    """The kernelspecs in `folder`, a directory of JUPYTER_PATH. `missing`: why a peer is not there.
    Traced kernels write what they compile into `traces`."""

    folder: Path
    julia: str
    missing: dict[str, str] = field(default_factory=dict)
    ijulia_version: str = ""

    @property
    def traces(self) -> Path:
        return self.folder / "traces"

    def install(self) -> None:
        self.traces.mkdir(parents=True, exist_ok=True)
        self._polyglot(OURS, self.julia)
        self._polyglot(IMAGELESS, self.wrapper("plain"))
        for name, module in PYTHONS.items():
            if importlib.util.find_spec(module):
                self._write(name, [sys.executable, "-m", module, "-f", "{connection_file}"])
            else:
                self.missing[name] = NOT_THERE
        self._ijulia(os.environ.get("POLYGLOT_BENCH_IJULIA", ""))

    def trace(self, image: str | None, timing: bool) -> None:
        """Kernelspecs of kernels that say what they compile, and how long each took if `timing`.
        Ours starts from the same Julia image as without that."""
        options = f'--trace-compile="{self.traces}/$$.jl"'
        options += " --trace-compile-timing" if timing else ""
        sysimage = f'--sysimage "{image}" ' if image else ""
        self._polyglot(TRACED, self.wrapper("traced", sysimage + options))
        if IJULIA not in self.missing:
            self._write(IJULIA_TRACED, self._ijulia_command(self.wrapper("tracing", options)))

    def wrapper(self, name: str, options: str = "") -> str:
        """The path of a program that is Julia with these shell words: to the kernel it is another
        Julia, that has no image."""
        path = self.folder / name / "julia"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\nexec "{self.julia}" {options} "$@"\n')
        path.chmod(0o755)
        return str(path)

    def _polyglot(self, name: str, julia: str) -> None:
        argv = [sys.executable, "-m", "polyglot_shim", "-f", "{connection_file}"]
        self._write(name, argv, {"POLYGLOT_JULIA": julia}, interrupt_mode="message")

    def _ijulia(self, project: str) -> None:
        if not project:
            self.missing[IJULIA] = NOT_THERE
            return
        self.project = os.path.abspath(os.path.expanduser(project))
        command = [self.julia, "--startup-file=no", f"--project={self.project}", "-e"]
        try:
            done = subprocess.run(
                [*command, IJULIA_VERSIONS], capture_output=True, text=True, timeout=JULIA_SECONDS
            )
        except subprocess.TimeoutExpired:
            self.missing[IJULIA] = f"{NOT_THERE}: it does not load in time"
            return
        if done.returncode:
            error = " ".join(done.stderr.split()) or "it does not load"
            self.missing[IJULIA] = f"{NOT_THERE}: {error[:150]}"
            return
        self.ijulia_version = done.stdout
        self._write(IJULIA, self._ijulia_command(self.julia))

    def _ijulia_command(self, julia: str) -> list[str]:
        return [julia, f"--project={self.project}", *RUN_IJULIA]

    def _write(
        self,
        name: str,
        argv: list[str],
        environment: dict[str, str] | None = None,
        interrupt_mode: str = "signal",
    ) -> None:
        spec = {
            "argv": argv,
            "display_name": name,
            "language": "julia" if name in JULIAS else "python",
            "interrupt_mode": interrupt_mode,
            "env": environment or {},
        }
        folder = self.folder / "kernels" / spec_name(name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kernel.json").write_text(json.dumps(spec))


def spec_name(kernel: str) -> str:
    """Kernelspecs' names have no blanks and are lower case."""
    return "bench-" + kernel.lower().replace(" ", "-")


def cell(kernel: str, language: str, code: str) -> str:
    """A cell of this language, as it is written for this kernel."""
    marked = kernel in POLYGLOTS and language == "julia"
    return f"%julia\n{code}" if marked else code
