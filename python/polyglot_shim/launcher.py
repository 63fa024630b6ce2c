"""Finds what the host needs and becomes the host.

This runs at every start of a kernel, before anything is shown: it imports as little as it can (no
argparse, no json, no zmq) and runs no process, unless Julia has to be searched for.
"""

from __future__ import annotations

import os
import sys

from polyglot_shim import paths
from polyglot_shim.command_line import parse
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import find_julia
from polyglot_shim.find_libzmq import find_libzmq
from polyglot_shim.julia_image import current_image
from polyglot_shim.julia_version import dotted


def main(arguments: list[str]) -> int:
    """Does not return where all is well. Returns the exit code 1 after one message on stderr."""
    try:
        file, language, executors, others = parse(arguments)
        if others and not has_content(file):
            from polyglot_shim.connection_arguments import write_connection_file

            write_connection_file(file, others)
        become_host(file, language, executors)
    except StartupError as error:
        print(f"polyglot-kernel cannot start. {error}", file=sys.stderr)
    return 1


def has_content(file: str) -> bool:
    """Whether the file is there and not empty."""
    try:
        return os.stat(file).st_size > 0
    except OSError:
        return False


def julia_command(julia: str, program: str, image: str | None = None) -> list[str]:
    """How a Julia program of the kernel's is run: compiled quickly rather than to the last bit."""
    packages = paths.julia_packages()
    return [
        julia,
        *(["--sysimage", image] if image else []),
        "--startup-file=no",
        "--history-file=no",
        "-O1",
        "-g0",
        f"--project={os.path.join(packages, 'PolyglotKernel')}",
        os.path.join(packages, "bin", program),
    ]


def host_command(
    julia: str, libzmq: str, file: str, language: str, executors: list[str]
) -> list[str]:
    """The host's whole command line."""
    image = current_image(julia)
    return [
        *julia_command(julia, "host.jl", image),
        file,
        "--language",
        language,
        "--libzmq",
        libzmq,
        "--python",
        sys.executable,
        "--julia",
        julia,
        *(["--image", image] if image else []),
        "--python-version",
        dotted(sys.version_info[:3]),
        *(part for executor in executors for part in ("--executor", executor)),
    ]


# What Julia changes for itself: Debian's launcher the first two, its OpenBLAS the others, with
# which NumPy would compute on one core.
CHANGED_BY_JULIA = (
    "LD_LIBRARY_PATH",
    "JULIA_BINDIR",
    "OPENBLAS_DEFAULT_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_MAIN_FREE",
)


def host_environment(file: str) -> dict[str, str]:
    """The environment as it is, what Julia changes in it as the user has it, and the connection
    file, for `%connect_info`."""
    environment = dict(os.environ)
    environment["POLYGLOT_CONNECTION_FILE"] = os.path.abspath(file)
    for name in CHANGED_BY_JULIA:
        environment[f"POLYGLOT_{name}"] = os.environ.get(name, "")
    return environment


def become_host(file: str, language: str, executors: list[str]) -> None:
    """Replaces this process by the host. Raises StartupError."""
    if os.name != "posix":
        raise StartupError("Windows is not supported yet. What to do: use WSL.")
    libzmq = find_libzmq()
    julia = find_julia()
    command = host_command(julia.path, libzmq, file, language, executors)
    try:
        os.execve(julia.path, command, host_environment(file))
    except OSError as error:
        raise StartupError(f"Cannot run {julia.path}: {error.strerror}") from error
