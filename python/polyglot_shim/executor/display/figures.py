"""Matplotlib's figures, which are shown when the cell is over.

After a Python cell matplotlib-inline does that, as IPython tells it; a Julia cell has to ask for
it.
"""

from __future__ import annotations

import sys
from typing import Any


def figures_wait() -> bool:
    """Whether there are figures to show."""
    show = getattr(_backend(), "show", None)
    return bool(getattr(show, "_draw_called", False))


def show_figures() -> None:
    """Show them, as part of the request that is being handled."""
    if figures_wait():
        _backend().flush_figures()


def _backend() -> Any:
    return sys.modules.get("matplotlib_inline.backend_inline")
