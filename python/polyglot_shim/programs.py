"""How the kernel's programs are run: the host and the two executors."""

from __future__ import annotations

import os
import sys

from polyglot_shim import paths
from polyglot_shim.find_julia import Julia
from polyglot_shim.julia_image import CACHES_MACHINE_CODE, current_image

# The host does one thing at a time. Before 1.9 it is compiled at each start: quickly, not well.
HOST_OPTIONS = ("--history-file=no", "--threads=1")
UNCACHED_OPTIONS = ("-O1", "-g0")


def host_program(julia: Julia) -> list[str]:
    """The command that runs the host, which takes its arguments behind it."""
    uncached = julia.version < CACHES_MACHINE_CODE
    package = os.path.join(paths.julia_packages(), "PolyglotKernel")
    return [
        *_julia(julia),
        *HOST_OPTIONS,
        *(UNCACHED_OPTIONS if uncached else ()),
        f"--project={package}",
        os.path.join(package, "bin", "host.jl"),
    ]


def julia_executor(julia: Julia, *arguments: str) -> list[str]:
    """The command that runs Julia cells."""
    package = os.path.join(paths.julia_packages(), "PolyglotExecutor")
    program = os.path.join(package, "bin", "executor.jl")
    return [*_julia(julia), "--color=yes", f"--project={package}", program, *arguments]


def python_executor(*arguments: str) -> list[str]:
    """The command that runs Python cells."""
    program = os.path.join(paths.python_package(), "executor", "ipykernel_launcher.py")
    return [sys.executable, program, *arguments]


def _julia(julia: Julia) -> list[str]:
    image = current_image(julia.path)
    return [julia.path, *(["--sysimage", image] if image else []), "--startup-file=no"]
