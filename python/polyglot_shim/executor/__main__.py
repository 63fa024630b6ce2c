"""`python -m polyglot_shim.executor`: the host starts it with pipes as descriptors 3 and 4."""

from __future__ import annotations

import os
import sys

from ..folder import current_folder, leave_lost_folder

# `python -m` puts the notebook's folder first on the path: a `random.py` there must not keep the
# executor from starting, nor a `traceback.py`. IPython puts the folder back for cells.
if sys.path and sys.path[0] in ("", current_folder()):
    del sys.path[0]


def main() -> None:
    """Run the executor."""
    from .pipes.descriptors import REPLIES, REQUESTS, move_up
    from .service import Executor

    leave_lost_folder()
    pipes = move_up(REQUESTS), move_up(REPLIES)
    mark = os.environb.pop(b"POLYGLOT_MARK", b"")
    connection_file = os.environ.pop("POLYGLOT_CONNECTION_FILE", "")
    try:
        Executor(pipes, mark, connection_file).serve()
    except Exception:
        import traceback

        # The host reads the raw stderr of an executor that never got ready.
        traceback.print_exc(file=sys.__stderr__)
        leave(1)
    leave(0)


def leave(code: int) -> None:
    """End the process: run what was registered for its end, and nothing more.

    Python would wait for the user's threads, and takes longer to take itself apart than all of a
    shutdown may take.
    """
    import atexit

    from .streams.clib import flush_stdout

    try:
        atexit._run_exitfuncs()
    finally:
        flush_stdout()
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            stream.flush()
        os._exit(code)


main()
