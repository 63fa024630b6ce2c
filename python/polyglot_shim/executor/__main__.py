"""`python -m polyglot_shim.executor`, or its file: see docs/executor-protocol.md, *The process*."""

from __future__ import annotations

import os
import sys

from ..folder import current_folder, leave_lost_folder

# `python -m` puts the notebook's folder first on the path: a `random.py` there must not keep the
# executor from starting, nor a `traceback.py`. It comes back for cells, when ours is imported.
if sys.path and sys.path[0] in ("", current_folder()):
    del sys.path[0]


def main() -> None:
    """Run the executor."""
    use_raw_streams()
    from .pipes.descriptors import REPLIES, REQUESTS, move_up
    from .service import Executor

    leave_lost_folder()
    pipes = move_up(REQUESTS), move_up(REPLIES)
    arguments, sys.argv[1:] = sys.argv[1:], []  # they are none of the cells' business
    mark = os.environb.pop(b"POLYGLOT_MARK", b"")
    connection_file = os.environ.pop("POLYGLOT_CONNECTION_FILE", "")
    try:
        Executor(pipes, mark, connection_file).serve(arguments)
    except Exception:
        import traceback

        # The host reads the raw stderr of an executor that never got ready.
        traceback.print_exc(file=sys.__stderr__)
        leave(1)
    leave(0)


def use_raw_streams() -> None:
    """Let Python's own streams write at once.

    Before anything else is imported: IPython keeps one, and dill takes for granted that it is one
    of `sys`.
    """
    from .streams.streams import unbuffered

    sys.stdout = sys.__stdout__ = unbuffered(1, "<stdout>")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = unbuffered(2, "<stderr>")  # type: ignore[misc]


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


if __name__ == "__main__":
    main()
