"""Programs that are watched while they run."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading

STEP_SECONDS = 30.0  # guard for each line: a slow machine, not a hang
END_SECONDS = 10.0  # for a child that has nothing left to do, on a busy machine
SIGNAL_SECONDS = 0.1  # between two SIGINTs of a burst, as the host does it


class Watched:
    """A child whose lines are read with a time limit, and of which nothing is left behind."""

    def __init__(self, command: list[str]) -> None:
        self._lines: queue.Queue[str] = queue.Queue()
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.poll() is None and os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def _read(self) -> None:
        for line in self._child.stdout:
            self._lines.put(line)
        self._lines.put("")

    def line(self, seconds: float = STEP_SECONDS) -> str:
        """The next line, "" at the end or when time is up."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return ""
        if not line:
            self._lines.put("")  # the end stays the end
        return line

    def interrupt(self) -> str:
        """Sends SIGINTs until the child writes a line or ends, at most 50; what it wrote.

        Julia's warning that it forces the interrupt is not an answer.
        """
        for _ in range(50):
            os.kill(self._child.pid, signal.SIGINT)
            line = self.line(SIGNAL_SECONDS)
            if line.startswith("WARNING: Force throwing"):
                line = self.line()
            if line or self._child.poll() is not None:
                return line
        return ""

    def end(self, line: str) -> str:
        """How the child ended, and the first thing it said, beginning with `line`."""
        try:
            code = self._child.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            return f"it goes on and on {line.strip()}".strip()
        said = next(filter(None, map(str.strip, [line, *iter(self.line, "")])), "")
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"{how} {said}".strip()
