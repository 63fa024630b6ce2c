"""Work that may wait a moment, so that it is done once for many occasions."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from queue import SimpleQueue

from ..debugging.hidden import hide


class Later:
    """Calls `function` in a thread of its own, `delay` seconds after it was first asked to."""

    def __init__(self, function: Callable[[], object], delay: float, name: str) -> None:
        self._function = function
        self._delay = delay
        self.asked = False
        self._wake: SimpleQueue[None] = SimpleQueue()
        hide(threading.Thread(target=self._run, name=name, daemon=True)).start()

    def ask(self) -> None:
        """Call the function soon; asking again before it is called changes nothing."""
        if not self.asked:
            self.asked = True
            self._wake.put(None)

    def _run(self) -> None:
        while True:
            self._wake.get()
            time.sleep(self._delay)
            self.asked = False
            try:
                self._function()
            except Exception:  # the next time it may succeed
                traceback.print_exc()
