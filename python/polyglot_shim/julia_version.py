"""Runs `julia --version`, and remembers the answer as long as the file stays the same."""

from __future__ import annotations

import os
import time

from polyglot_shim import paths

CHECK_SECONDS = 4.0  # for one `julia --version`; it takes 0.1 s, a cold disk or juliaup up to 2 s

Version = tuple[int, ...]


class BrokenJulia(Exception):
    """This file is no Julia that runs. The message says how it failed."""


class Memory:
    """What earlier starts found out, so that a normal start runs no process but the host.

    A file of tab-separated lines (json would cost a third of the launcher's time):
    `checked PATH MTIME_NS SIZE VERSION`, and `chosen PREFIX PATH`, the Julia that was found for the
    Python at PREFIX where the PATH had none, and `compiled PATH WHAT` (first_start.py). Losing or
    spoiling the file costs a search, no more.
    """

    def __init__(self, file: str | None = None) -> None:
        self._file = file or os.path.join(paths.cache(), "julia.tsv")
        self._records: dict[tuple[str, str], list[str]] = {}
        try:
            with open(self._file, encoding="utf-8", errors="surrogateescape") as lines:
                for line in lines:
                    kind, name, *values = line.rstrip("\n").split("\t")
                    self._records[kind, name] = values
        except (OSError, ValueError):
            self._records.clear()

    def version(self, julia: str) -> Version | None:
        """The version that this very file (same time, same size) said it has."""
        known = self._records.get(("checked", julia))
        try:
            if known and known[:2] == _fingerprint(julia):
                return parse_version(known[2])
        except (OSError, ValueError, IndexError):
            pass
        return None

    def chosen(self, prefix: str) -> str | None:
        """The Julia chosen before for the Python at `prefix`, if it is unchanged."""
        known = self._records.get(("chosen", prefix))
        return known[0] if known and self.version(known[0]) else None

    def compiled(self, julia: str) -> str | None:
        """What of the kernel was compiled for this very Julia, as `remember_compiled` was told."""
        known = self._records.get(("compiled", julia))
        return known[0] if known and self.version(julia) else None

    def remember_compiled(self, julia: str, what: str) -> None:
        self._save(("compiled", julia), [what])

    def remember_version(self, julia: str, version: Version) -> None:
        self._save(("checked", julia), [*_fingerprint(julia), dotted(version)])

    def remember_choice(self, prefix: str, julia: str) -> None:
        self._save(("chosen", prefix), [julia])

    def forget_choice(self, prefix: str) -> None:
        if self._records.pop(("chosen", prefix), None):
            self._write()

    def _save(self, key: tuple[str, str], values: list[str]) -> None:
        if any(character in field for field in (*key, *values) for character in "\t\r\n"):
            return
        self._records[key] = values
        self._write()

    def _write(self) -> None:
        new = f"{self._file}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self._file), exist_ok=True)
            with open(new, "w", encoding="utf-8", errors="surrogateescape") as file:
                for key, values in self._records.items():
                    file.write("\t".join((*key, *values)) + "\n")
            os.replace(new, self._file)
        except OSError:
            pass  # a read-only home makes starts slower, nothing else


def parse_version(text: str) -> Version:
    """`"1.12.0-rc1"` -> `(1, 12, 0)`. Raises ValueError."""
    numbers = text.split("-")[0].split("+")[0].split(".")
    return tuple(int(number) for number in numbers)


def dotted(version: Version) -> str:
    """`(1, 12, 0)` -> `"1.12.0"`."""
    return ".".join(map(str, version))


def julia_version(julia: str, memory: Memory, deadline: float) -> Version:
    """The version of the Julia at `julia`, from memory or by running it.

    Raises BrokenJulia, at the latest when the time (`time.monotonic()`) is `deadline`.
    """
    version = memory.version(julia)
    if version is None:
        version = ask_version(julia, min(CHECK_SECONDS, deadline - time.monotonic()))
        memory.remember_version(julia, version)
    return version


def ask_version(julia: str, seconds: float) -> Version:
    """Runs `julia --version`. Raises BrokenJulia, after `seconds` at the latest."""
    code, out, err = run_bounded([julia, "--version"], seconds)
    words = out.split()
    if code == 0 and [word.lower() for word in words[:2]] == ["julia", "version"]:
        try:
            return parse_version(words[2])
        except (ValueError, IndexError):
            pass
    if code is None:
        raise BrokenJulia(f"`julia --version` did not end within {seconds:.0f} s")
    if code == 0:
        raise BrokenJulia(f"`julia --version` printed {out[:60]!r}")
    how = f"exit code {code}" if code > 0 else f"signal {-code}"
    detail = f": {err.strip().splitlines()[-1][:200]}" if err.strip() else ""
    raise BrokenJulia(f"`julia --version` failed with {how}{detail}")


def run_bounded(command: list[str], seconds: float) -> tuple[int | None, str, str]:
    """Exit code (None: did not end in time), stdout and stderr of `command`.

    The whole process group is killed when time is up, and what it wrote is not waited for: a shell
    script's child may hold the pipe open long after the script is dead.
    """
    import signal
    import subprocess

    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise BrokenJulia(f"cannot be run: {error.strerror or error}") from error
    try:
        out, err = process.communicate(timeout=max(seconds, 0.1))
        return process.returncode, out, err
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None, "", ""


def _fingerprint(julia: str) -> list[str]:
    stat = os.stat(julia)
    return [str(stat.st_mtime_ns), str(stat.st_size)]
