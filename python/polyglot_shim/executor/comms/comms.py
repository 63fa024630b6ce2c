"""Comms (widgets): the `comm` package, wired to the host.

Implements the section *Custom messages* of Jupyter's messaging specification.
"""

from __future__ import annotations

from typing import Any

import comm
from comm.base_comm import BaseComm, CommManager

from ..pipes import jsontext
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from ..streams.output import Output


class FrameComm(BaseComm):
    """A comm whose messages are published as frames."""

    def __init__(self, *args: Any, output: Output, **kwargs: Any) -> None:
        self._output = output
        super().__init__(*args, **kwargs)

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,
    ) -> None:
        fields = {"comm_id": self.comm_id}
        if msg_type == "comm_open":
            fields["target_name"] = self.target_name
        self._output.publish(
            msg_type,
            {"data": data or {}, "comm_id": self.comm_id, **keys},
            metadata=metadata,
            buffers=buffers or (),
            **fields,
        )


class FrameCommManager(CommManager):
    """Knows the open comms, and tells the host the targets that clients may open."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def register_target(self, target_name: str, f: Any) -> None:
        super().register_target(target_name, f)
        self._announce(target_name, True)

    def unregister_target(self, target_name: str, f: Any) -> Any:
        target = super().unregister_target(target_name, f)
        self._announce(target_name, False)
        return target

    def _announce(self, target_name: str, registered: bool) -> None:
        self._channel.send(
            {"type": "comm_target", "target_name": target_name, "registered": registered}
        )

    def comm_open(self, stream: Any, ident: Any, msg: dict[str, Any]) -> None:
        """A client opens a comm; one with an unknown target is closed again.

        Quietly: JupyterLab tries widgets' targets on every kernel.
        """
        content = msg["content"]
        if content["target_name"] in self.targets:
            super().comm_open(stream, ident, msg)
            return
        unknown = comm.create_comm(
            comm_id=content["comm_id"], primary=False, target_name=content["target_name"]
        )
        self.register_comm(unknown)
        unknown.close()


def install(channel: Channel, output: Output) -> FrameCommManager:
    """Let the `comm` package work through the host."""
    manager = FrameCommManager(channel)

    def create_comm(*args: Any, **kwargs: Any) -> FrameComm:
        return FrameComm(*args, output=output, **kwargs)

    comm.create_comm = create_comm
    comm.get_comm_manager = lambda: manager
    return manager


def handle(manager: FrameCommManager, frame: Frame) -> None:
    """Deliver a `comm` frame to its comm's callbacks."""
    header = frame.header
    message = {
        "header": header.get("header", {}),
        "parent_header": {},
        "metadata": header.get("metadata", {}),
        "content": jsontext.loads(frame.buffers[0]),
        "buffers": [memoryview(buffer) for buffer in frame.buffers[1:]],
    }
    {
        "comm_open": manager.comm_open,
        "comm_msg": manager.comm_msg,
        "comm_close": manager.comm_close,
    }[header["msg_type"]](None, None, message)
