"""Finds the Julia that the kernel runs on.

In this order: `POLYGLOT_JULIA`; every `julia` on the PATH; one that juliapkg has, or that
`polyglot-kernel fetch-julia` unpacked; one that juliapkg installs, if Julia's servers answer.
"""

from __future__ import annotations

import os
import sys
import time

from polyglot_shim import paths
from polyglot_shim.errors import StartupError
from polyglot_shim.julia_version import (
    BrokenJulia,
    Memory,
    Version,
    dotted,
    julia_version,
    run_bounded,
)

OLDEST: Version = (1, 5)
SEARCH_SECONDS = 8.0  # for all of it; an installation that has begun is not cut off

WHAT_TO_DO = """\
What to do, one of:
  - install Julia (https://julialang.org/downloads) so that `julia` is on the PATH
  - set POLYGLOT_JULIA to a Julia's path, or: polyglot-kernel install --julia PATH
  - on Debian: polyglot-kernel fetch-julia    (unpacks Julia 1.5.3, no root needed)
Then `polyglot-kernel doctor` checks the whole installation."""


class Julia:
    """A Julia that runs: its path, its version, and how it was found."""

    def __init__(self, path: str, version: Version, origin: str) -> None:
        self.path = path
        self.version = version
        self.origin = origin


def find_julia(
    memory: Memory | None = None, install: bool = True, chosen: str | None = None
) -> Julia:
    """The Julia to use; `chosen` stands for POLYGLOT_JULIA where that is not the variable's.

    `install` allows juliapkg to download one. Raises StartupError, saying all that was tried, after
    at most `SEARCH_SECONDS`; only a running download takes longer.
    """
    search = _Search(memory or Memory(), install, chosen or os.environ.get("POLYGLOT_JULIA"))
    for step in (
        search.from_variable,
        search.on_path,
        search.from_memory,
        search.in_store,
        search.by_juliapkg,
    ):
        found = step()
        if found:
            return found
    raise StartupError(
        f"Found no Julia (version {dotted(OLDEST)} or newer) that works. Tried:\n  - "
        + "\n  - ".join(search.tried)
        + "\n"
        + WHAT_TO_DO
    )


class _Search:
    """One search: each step returns a Julia, or None and a line in `tried`."""

    def __init__(self, memory: Memory, install: bool, chosen: str | None) -> None:
        self.chosen = chosen
        self.memory = memory
        self.install = install
        self.deadline = time.monotonic() + SEARCH_SECONDS
        self.tried: list[str] = []

    def from_variable(self) -> Julia | None:
        value = self.chosen
        if not value:
            self.tried.append("POLYGLOT_JULIA: not set")
            return None
        wanted = os.path.expanduser(value)
        if os.sep not in wanted:
            wanted = next(_on_path(wanted), wanted)
        found = self._check(wanted, "POLYGLOT_JULIA")
        if found is None:  # the user chose: to take another one in silence would be wrong
            raise StartupError(
                f"The Julia that was chosen does not work.\n  {self.tried[-1]}\n"
                "What to do: set POLYGLOT_JULIA to a Julia that runs, or unset it. Perhaps the "
                "kernelspec\nsets it (polyglot-kernel install --julia)."
            )
        return found

    def on_path(self) -> Julia | None:
        candidates = list(_on_path("julia"))
        for candidate in candidates:
            found = self._check(candidate, "PATH")
            if found:
                return found
        if not candidates:
            self.tried.append("PATH: no `julia` on it")
        return None

    def from_memory(self) -> Julia | None:
        path = self.memory.chosen(sys.prefix)
        return self._check(path, "found before") if path else None

    def in_store(self) -> Julia | None:
        """A Julia that is there already: juliapkg's, or the one that `fetch-julia` unpacked."""
        known = _ask_juliapkg("find", self.deadline)
        self._juliapkg_says = known
        places = [
            (known.path, "juliapkg"),
            (os.path.join(paths.fetched_julia(), "bin", "julia"), "fetch-julia"),
        ]
        for path, origin in places:
            if path and os.path.exists(path):
                found = self._check(path, origin)
                if found:
                    return self._choose(found)
        self.tried.append(f"fetch-julia: no Julia in {paths.fetched_julia()}")
        return None

    def by_juliapkg(self) -> Julia | None:
        says = self._juliapkg_says
        if not says.can_install:
            self.tried.append(f"juliapkg: {says.reason}")
            return None
        if not self.install:
            self.tried.append("juliapkg: has no Julia yet, but could install one")
            return None
        installed = _ask_juliapkg("install", None)
        if not installed.path:
            self.tried.append(f"juliapkg: {installed.reason}")
            return None
        self.deadline = time.monotonic() + SEARCH_SECONDS
        found = self._check(installed.path, "juliapkg")
        return self._choose(found) if found else None

    def _check(self, path: str, origin: str) -> Julia | None:
        try:
            version = julia_version(path, self.memory, self.deadline)
        except BrokenJulia as error:
            self.tried.append(f"{origin}: {path}: {error}")
            return None
        if version < OLDEST:
            self.tried.append(f"{origin}: {path}: Julia {dotted(version)} is too old")
            return None
        return Julia(path, version, origin)

    def _choose(self, julia: Julia) -> Julia:
        self.memory.remember_choice(sys.prefix, julia.path)
        return julia


class _JuliapkgAnswer:
    """What juliapkg said: a path, or the reason for none and whether it could install one."""

    def __init__(self, path: str, can_install: bool, reason: str) -> None:
        self.path = path
        self.can_install = can_install
        self.reason = reason


def _ask_juliapkg(request: str, deadline: float | None) -> _JuliapkgAnswer:
    """Runs `juliapkg_helper.py`, whose last line of stdout is the answer; see there."""
    command = [sys.executable, "-m", "polyglot_shim.juliapkg_helper", request]
    if deadline is None:
        import subprocess

        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8"
        )
        out = done.stdout
    else:
        code, out, _ = run_bounded(command, deadline - time.monotonic())
        if code is None:
            return _JuliapkgAnswer("", False, "did not answer in time")
    lines = out.strip().splitlines() or ["failed ended without an answer"]
    word, _, rest = lines[-1].partition(" ")
    if word == "found":
        return _JuliapkgAnswer(rest, False, "")
    return _JuliapkgAnswer("", word == "reachable", rest)


def _on_path(name: str):
    """Every executable file of that name, in the PATH's order."""
    for folder in os.get_exec_path():
        candidate = os.path.join(folder, name)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            yield candidate


if __name__ == "__main__":  # for `make`
    print(find_julia().path)
