"""`kernel.session`: Jupyter's own class, whose messages the host sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_client.session import Session, extract_header

from .connect import get_connection_info

if TYPE_CHECKING:
    from ..kernel import Kernel


class HostSession(Session):
    """Makes messages as any session does; those for iopub are published, others refused."""

    def __init__(self, kernel: Kernel, **kwargs: Any) -> None:
        self._kernel = kernel
        super().__init__(**_key(), **kwargs)

    def send(  # type: ignore[override]
        self,
        stream: Any,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Publish a message under `parent`, or for the request that runs. Raises RuntimeError for
        another socket than the kernel's `iopub_socket`."""
        if stream is not self._kernel.iopub_socket:
            raise RuntimeError("this kernel (PolyglotKernel) sends on its iopub_socket alone")
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(message, content, parent, header=header, metadata=metadata)
        shell = self._kernel.shell
        of = extract_header(message.get("parent_header") or {})
        tokens = shell.set_thread_parent(of) if of else ()
        try:
            self._kernel.send_response(stream, message, buffers=buffers)
        finally:
            shell.reset_thread_parent(tokens)
        return message


def _key() -> dict[str, Any]:
    """The client's key, for those who sign with it; else Jupyter makes one up."""
    try:
        info = get_connection_info(unpack=True)
    except (OSError, RuntimeError, ValueError):
        return {}
    return {"key": info["key"]} if isinstance(info, dict) else {}
