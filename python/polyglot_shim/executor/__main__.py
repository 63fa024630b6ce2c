"""`python -m polyglot_shim.executor`: the host starts it with pipes as descriptors 3 and 4."""

from __future__ import annotations

import os
import sys
import traceback

# `python -m` puts the notebook's folder first on the path: a `random.py` there must not keep the
# executor from starting. IPython puts the folder back for cells.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]


def main() -> None:
    """Run the executor."""
    from .service import REPLIES, REQUESTS, Executor

    for descriptor in (REQUESTS, REPLIES):
        os.set_inheritable(descriptor, False)
    mark = os.environb.pop(b"POLYGLOT_MARK", b"")
    # The host has used these already; cells and their subprocesses have no business with them.
    for name in ("POLYGLOT_LD_LIBRARY_PATH", "POLYGLOT_JULIA_BINDIR"):
        os.environ.pop(name, None)
    try:
        Executor(mark).serve()
    except Exception:
        # The host reads the raw stderr of an executor that never got ready.
        traceback.print_exc(file=sys.__stderr__)
        sys.exit(1)


main()
