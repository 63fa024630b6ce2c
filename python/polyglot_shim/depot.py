"""Where Julia may keep what it compiles of the kernel: in its own depot, or else in one of ours.

Julia ends, or compiles anew at every start, where its first depot cannot be written: a read-only
home, a machine's image without one.
"""

from __future__ import annotations

import os
import stat

from polyglot_shim import paths

VARIABLE = "POLYGLOT_DEPOT"  # read by julia/*/bin/*.jl


def depot_environment() -> dict[str, str]:
    """The variable that names another depot for the kernel's packages, where one is needed."""
    if _can_be_written(_first_depot()):
        return {}
    for folder in (os.path.join(paths.cache(), "depot"), _temporary()):
        if _is_made(folder):
            return {VARIABLE: folder}
    return {}


def _first_depot() -> str:
    first = os.environ.get("JULIA_DEPOT_PATH", "").split(os.pathsep)[0]
    return os.path.expanduser(first or os.path.join("~", ".julia"))


def _can_be_written(folder: str) -> bool:
    """Whether the folder can be written, or made."""
    while not os.path.lexists(folder):
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


def _temporary() -> str:
    import tempfile  # no usual start needs it

    try:
        folder = tempfile.gettempdir()
    except OSError:  # there is none that can be written
        folder = os.curdir
    return os.path.join(folder, f"polyglot-kernel-{os.getuid()}")


def _is_made(folder: str) -> bool:
    """Makes the folder. Whether it is this user's own: machine code is loaded from it."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.getuid()
        and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        and os.access(folder, os.W_OK | os.X_OK)
    )
