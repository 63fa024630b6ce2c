"""`ipykernel.comm.Comm`, as bokeh, holoviews and matplotlib's nbagg use it."""

from __future__ import annotations

import logging
from typing import Any

from IPython import get_ipython

from ..comms.comms import FrameComm
from .known_as import known_as


@known_as("ipykernel.comm.comm")
class Comm(FrameComm):
    """A comm like those of `comm.create_comm`, made by its class."""

    def __init__(
        self,
        target_name: str = "comm",
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        show_warning: bool = True,
        kernel: Any = None,
        **keys: Any,
    ) -> None:
        self.log = logging.getLogger("ipykernel.comm")
        self.kernel = get_ipython().kernel if kernel is None else kernel
        super().__init__(
            target_name=target_name,
            data=data,
            metadata=metadata,
            buffers=buffers,
            output=get_ipython().output,
            **keys,
        )
