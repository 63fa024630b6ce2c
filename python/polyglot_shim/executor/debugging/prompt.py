"""`breakpoint()`, `pdb` and `%debug`: IPython's debugger, which an interrupt ends."""

from __future__ import annotations

import pdb

from IPython.core import debugger


def install() -> None:
    """Let all debuggers end by an interrupt.

    Python's own asks again instead, so that a cell that waits in it could not be stopped.
    """
    debugger.Pdb = debugger.InterruptiblePdb
    pdb.Pdb = debugger.InterruptiblePdb
    pdb.set_trace = debugger.set_trace
