"""Has Julia compile the host before its first start, which so says in one message what is wrong.

Whether that was done is remembered: Julia itself is asked nothing before a usual start. Where it is
remembered wrongly, as the depot was emptied, the host's own process compiles.
"""

from __future__ import annotations

import os

from polyglot_shim import paths
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia
from polyglot_shim.julia_version import Memory


def prepare_host(julia: Julia, memory: Memory, depot: dict[str, str]) -> None:
    """Compiles the host's packages, unless a start from this depot has. Raises StartupError."""
    project = os.path.join(paths.julia_packages(), "PolyglotKernel", "Project.toml")
    place = "".join((os.environ.get("JULIA_DEPOT_PATH", ""), *depot.values()))
    made = f"{os.stat(project).st_mtime_ns} {project} {place}"
    if memory.compiled(julia.path) == made:
        return
    from polyglot_shim.packages import compile_host

    try:
        compile_host(julia)
    except StartupError as error:
        raise StartupError(f"{error}\nWhat to do: ask polyglot-kernel doctor") from error
    memory.remember_compiled(julia.path, made)
