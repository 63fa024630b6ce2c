"""What libraries expect of `get_ipython().kernel`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import comm

from .cells.request import current_request

if TYPE_CHECKING:
    from .cells.shell import ZMQInteractiveShell


class KernelFacade:
    """The few members of ipykernel's kernel object that ipywidgets and others use."""

    implementation = "polyglot"
    # ipywidgets and plotly only hand it back to `send_response`.
    iopub_socket = None

    def __init__(self, shell: ZMQInteractiveShell, connection_file: str) -> None:
        self.shell = shell
        self.connection_file = connection_file
        self.log = logging.getLogger("polyglot")

    @property
    def comm_manager(self) -> comm.base_comm.CommManager:
        return comm.get_comm_manager()

    def get_parent(self, channel: str | None = None) -> dict[str, Any]:
        """The Jupyter message on whose behalf the calling code runs."""
        return current_request().message

    def set_parent(self, ident: Any, parent: dict[str, Any], channel: str = "shell") -> None:
        """From now on output of the calling context belongs to the message `parent`."""
        self.shell.set_parent(parent)

    def send_response(
        self,
        stream: Any,
        msg_or_type: str,
        content: dict[str, Any],
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: dict[str, Any] | None = None,
        channel: str | None = None,
    ) -> None:
        """Publish a message, as output of the request that runs."""
        if msg_or_type == "stream":
            self.shell.output.write(content["name"], content["text"])
        else:
            self.shell.output.publish(
                msg_or_type, content, metadata=metadata, buffers=buffers or ()
            )
