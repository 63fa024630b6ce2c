"""What the doctor finds, as it is shown."""

from __future__ import annotations


class Report:
    """Prints each check's outcome and remembers whether all went well."""

    def __init__(self) -> None:
        self.healthy = True

    def good(self, text: str) -> None:
        """A part that works."""
        print(f"  ok    {text}", flush=True)

    def note(self, text: str) -> None:
        """What works, and could be better."""
        print(f"  note  {_indent(text)}", flush=True)

    def bad(self, text: str, remedy: str) -> None:
        """A part that does not work, and what to do."""
        self.healthy = False
        print(f"  FAIL  {_indent(text)}\n        -> {_indent(remedy, 11)}", flush=True)


def _indent(text: str, columns: int = 8) -> str:
    return text.strip().replace("\n", "\n" + " " * columns)
