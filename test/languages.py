"""The two languages side by side, for tests that ask the same of both."""

from __future__ import annotations

import pytest

LANGUAGES = ("python", "julia")

# A cell that says "on" and then runs for ever, which only a burst of signals stops in Julia.
SPIN = {
    "python": "print('on')\nwhile True: pass",
    "julia": 'println("on")\nwhile true; end',
}

both = pytest.mark.parametrize("language", LANGUAGES)


def in_(language: str, code: str) -> str:
    """`code` as a cell in `language`."""
    return f"%{language}\n{code}"
