"""Finds what the host needs and becomes the host.

This runs at every start of a kernel, before anything is shown: it imports as little as it can (no
argparse, no json, no zmq) and runs no process, unless Julia has to be searched for.
"""

from __future__ import annotations

import os
import sys

from polyglot_shim.command_line import parse
from polyglot_shim.depot import depot_environment
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia, find_julia
from polyglot_shim.find_libzmq import find_libzmq
from polyglot_shim.first_start import prepare_host
from polyglot_shim.julia_version import Memory, dotted
from polyglot_shim.programs import host_program, julia_executor, python_executor
from polyglot_shim.start import Started, start


def main(arguments: list[str]) -> int:
    """Does not return where all is well. Returns the exit code 1 after one message on stderr."""
    try:
        file, language, executors, others = parse(arguments)
        if others and not has_content(file):
            from polyglot_shim.connection_arguments import write_connection_file

            write_connection_file(file, others)
        become_host(file, language, executors, options(others))
    except StartupError as error:
        print(f"polyglot-kernel cannot start. {error}", file=sys.stderr)
    return 1


def options(others: list[str]) -> list[str]:
    """The client's own arguments that are for IPython, not for the connection."""
    if not others:
        return []
    from polyglot_shim.connection_arguments import is_of_connection

    return [argument for argument in others if not is_of_connection(argument)]


def has_content(file: str) -> bool:
    """Whether the file is there and not empty."""
    try:
        return os.stat(file).st_size > 0
    except OSError:
        return False


# Keeps Python from looking for its own modules in the notebook's folder (3.11 and newer).
SAFE_PATH = "PYTHONSAFEPATH"

# What Julia changes for itself: Debian's launcher the first two, its OpenBLAS the others, with
# which NumPy would compute on one core.
CHANGED_BY_LAUNCHER = ("LD_LIBRARY_PATH", "JULIA_BINDIR")
CHANGED_BY_OPENBLAS = (
    "OPENBLAS_DEFAULT_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_MAIN_FREE",
)


def become_host(
    file: str, language: str, others: dict[str, list[str]], arguments: list[str]
) -> None:
    """Starts the executors and replaces this process by the host. Raises StartupError.

    `others` are other executor programs than ours, by language; `arguments` are for Python's.
    """
    if os.name != "posix":
        raise StartupError("Windows is not supported yet. What to do: use WSL.")
    if os.environ.get(SAFE_PATH) == "polyglot":
        del os.environ[SAFE_PATH]  # the kernelspec set it for this process alone
    environment = {**os.environ, "POLYGLOT_CONNECTION_FILE": os.path.abspath(file)}
    commands = {"python": others.get("python") or python_executor(*arguments)}
    # First of all, as Julia may have to be searched for.
    started = {"python": start(commands["python"], environment)}
    try:
        memory = Memory()
        julia = find_julia(memory)
        libzmq = find_libzmq()
        depot = depot_environment()
        environment |= depot
        commands["julia"] = others.get("julia") or julia_executor(julia)
        changed = kept(CHANGED_BY_LAUNCHER)
        started["julia"] = start(commands["julia"], {**environment, **changed})
        prepare_host(julia, memory, depot)
        command = host_command(julia, libzmq, file, language, commands)
        execute(command + handed_over(started), host_environment(environment, libzmq))
    except BaseException:
        for executor in started.values():
            executor and executor.kill()
        raise


def handed_over(started: dict[str, Started | None]) -> list[str]:
    """What the host is told of the executors that run."""
    return [
        part
        for language, executor in started.items()
        if executor
        for part in ("--started", f"{language}={executor.hand_over()}")
    ]


def execute(command: list[str], environment: dict[str, str]) -> None:
    """Replaces this process by the command's. Raises StartupError."""
    try:
        os.execve(command[0], command, environment)
    except OSError as error:
        raise StartupError(f"Cannot run {command[0]}: {error.strerror}") from error


def host_command(
    julia: Julia, libzmq: str, file: str, language: str, executors: dict[str, list[str]]
) -> list[str]:
    """The host's command line, with the commands that start its executors."""
    return [
        *host_program(julia),
        file,
        *("--language", language),
        *("--libzmq", libzmq),
        *("--python-version", dotted(sys.version_info[:3])),
        *(
            part
            for each, command in executors.items()
            for part in ("--executor", f"{each}={WORDS_END.join(command)}")
        ),
    ]


WORDS_END = "\x1f"  # between the words of a command


def kept(names: tuple[str, ...]) -> dict[str, str]:
    """What the user has in these variables, under other names: Julia changes them."""
    return {f"POLYGLOT_{name}": os.environ.get(name, "") for name in names}


def host_environment(environment: dict[str, str], libzmq: str) -> dict[str, str]:
    """The host's environment. Its package rehearses with libzmq when it is compiled. It computes
    nothing that OpenBLAS would need threads for, which take time to start; what the user has is
    kept for the executors that it starts."""
    changed = kept((*CHANGED_BY_LAUNCHER, *CHANGED_BY_OPENBLAS))
    return {**environment, **changed, "OPENBLAS_NUM_THREADS": "1", "POLYGLOT_LIBZMQ": libzmq}
