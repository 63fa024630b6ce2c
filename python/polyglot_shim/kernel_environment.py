"""What `polyglot-kernel install` says of the environment in which Jupyter starts the kernel."""

from __future__ import annotations

import argparse
import os
import re

_THREADS = re.compile(r"(?:auto|[1-9]\d*)(?:,(?:auto|\d+))?")


def add_options(command: argparse.ArgumentParser) -> None:
    """The options, as those of IJulia's `installkernel` where it has them.

    Julia's other arguments are not taken: its processes are started by the kernel's own.
    """
    command.add_argument(
        "--threads",
        type=_threads,
        metavar="N|auto|N,M",
        help="the threads of Julia cells (JULIA_NUM_THREADS; what the version of Julia takes)",
    )
    command.add_argument(
        "--project", help="the project that Julia cells start in (JULIA_PROJECT)", type=_project
    )
    command.add_argument(
        "--env",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="a variable for the kernel and its cells; may be given several times",
    )


def environment_of(options: argparse.Namespace) -> dict[str, str]:
    """The variables for the kernelspec that the options mean."""
    variables = dict(options.env)
    if options.threads:
        variables["JULIA_NUM_THREADS"] = options.threads
    if options.project:
        variables["JULIA_PROJECT"] = options.project
    return variables


def _threads(text: str) -> str:
    if not _THREADS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is none of N, auto and N,M")
    return text


def _project(text: str) -> str:
    """A folder by its whole path; `@.` and other names of Julia's stay."""
    return text if text.startswith("@") else os.path.abspath(os.path.expanduser(text))


def _assignment(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value
