"""What the numbers were measured on: the Julia, and the versions of everything."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import psutil
import zmq

from bench.client import Kernel
from bench.specs import XEUS, Kernels
from bench.table import OURS

FIRST_START = 900.0  # s, guard: it may compile the Julia packages
PACKAGES = ("ipykernel", XEUS, "IPython", "pyzmq", "jupyter_client")


@dataclass(frozen=True)
class Julia:
    """A Julia: its path, its version as it says it, the image that the kernel starts from."""

    path: str
    version: str
    image: str | None = None

    @property
    def number(self) -> tuple[int, int]:
        major, minor, *_ = self.version.split(".")
        return int(major), int(minor)


def julia_path() -> str:
    """By the README's rules, as the shim itself says."""
    command = [sys.executable, "-m", "polyglot_shim.find_julia"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def julia_says(julia: str, expression: str) -> str:
    command = [julia, "--startup-file=no", "-e", f"print({expression})"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def warm_up(julia: str) -> Julia:
    """The first start ever compiles the kernel, and fills the system's caches."""
    with Kernel(OURS, guard=FIRST_START) as kernel:
        kernel.run("1")
        kernel.julia("1")
        return Julia(julia, julia_says(julia, "VERSION"), image_of(kernel))


def image_of(kernel: Kernel) -> str | None:
    """The system image of the kernel's own (`polyglot-kernel compile`) that it was started with."""
    command = psutil.Process(kernel.pid).cmdline()
    if "--sysimage" not in command:
        return None
    return command[command.index("--sysimage") + 1]


def described(julia: Julia, kernels: Kernels) -> str:
    """The versions of everything, in one sentence."""
    with_image = " with the kernel's image (`polyglot-kernel compile`)" if julia.image else ""
    ijulia = kernels.ijulia_version or "not there"
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; "
        f"Julia {julia.version}{with_image}; Python {platform.python_version()}, {packages}, "
        f"libzmq {zmq.zmq_version()}; IJulia {ijulia}."
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not there"
