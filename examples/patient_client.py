"""nbclient with a client that misses no reply.

nbclient sends a comm message for each output that an Output widget has captured, on the very
socket on which it waits for the cell's reply. When the reply comes at that moment, the asyncio side
of pyzmq is not told (ZMQ_FD signals once, and sending takes the signal), and the wait has no end.
Whoever looks again finds the reply there.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from traitlets import Type

LOOK_AGAIN = 0.5  # s


class PatientChannel(AsyncZMQSocketChannel):
    """A channel that looks for messages again and again while it waits for one."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message; `timeout` in s. Raises Empty when none has come by then."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = LOOK_AGAIN if deadline is None else deadline - time.monotonic()
            try:
                return await super().get_msg(timeout=max(0, min(left, LOOK_AGAIN)))
            except Empty:
                if left <= LOOK_AGAIN and deadline is not None:
                    raise


class PatientKernelClient(AsyncKernelClient):
    shell_channel_class = Type(PatientChannel)


class PatientKernelManager(AsyncKernelManager):
    client_factory = Type(PatientKernelClient)


class PatientNotebookClient(NotebookClient):
    """`NotebookClient` with that channel."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, kernel_manager_class=PatientKernelManager, **options)
