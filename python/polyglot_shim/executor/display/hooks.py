"""What libraries do with messages on their way out: hooks, and whose output they are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Token
from typing import Any

Message = dict[str, Any]
Hook = Callable[[Message], "Message | None"]


class ThreadHooks:
    """Hooks of each thread's own, which see what it is about to publish."""

    # Made when it is asked for: traitlets makes the instances its own way.
    _own: threading.local | None = None

    def register_hook(self, hook: Hook) -> None:
        """Let `hook` see the messages of this thread."""
        self._hooks.append(hook)

    def unregister_hook(self, hook: Hook) -> bool:
        """Take the hook away; whether it was there."""
        if hook not in self._hooks:
            return False
        self._hooks.remove(hook)
        return True

    @property
    def _hooks(self) -> list[Hook]:
        if self._own is None:
            self._own = threading.local()
        if not hasattr(self._own, "hooks"):
            self._own.hooks = []
        return self._own.hooks

    def _seen_by_hooks(self, message: Message) -> Message | None:
        """What the thread's hooks make of the message; `None` if one of them keeps it."""
        seen: Message | None = message
        for hook in tuple(self._hooks):
            seen = hook(seen) if seen is not None else None
        return seen


class MessageHooks(ThreadHooks):
    """For a display publisher or display hook, whose `shell` is ours.

    A hook gets the message as Jupyter has it (`header`, `content`, `metadata`), and returns the one
    to publish, or `None` for none.
    """

    shell: Any
    topic: bytes | None = None

    def send(self, msg_type: str, content: dict[str, Any]) -> None:
        """Publish a message, unless one of the thread's hooks keeps it."""
        metadata: dict[str, Any] | None = None
        buffers: Any = ()
        if self._hooks:
            message = self._seen_by_hooks(
                self.session.msg(msg_type, content, parent=self.parent_header)
            )
            if message is None:
                return
            msg_type, content = message["header"]["msg_type"], message["content"]
            metadata, buffers = message["metadata"], message.get("buffers", ())
        self.shell.output.publish(msg_type, content, metadata=metadata, buffers=buffers)

    @property
    def session(self) -> Any:
        return self.shell.kernel.session

    @property
    def pub_socket(self) -> Any:
        return self.shell.kernel.iopub_socket

    @property
    def parent_header(self) -> dict[str, Any]:
        """The header of the message whose output the calling code's is."""
        return self.shell.get_parent()["header"]

    def set_parent(self, parent: Message) -> None:
        """From now on output of the calling context belongs to the message `parent`."""
        self.shell.set_parent(parent)

    def set_thread_parent(self, parent: Message) -> tuple[Token[Any], ...]:
        """The same; what is returned lets `reset_thread_parent` undo it."""
        return self.shell.set_thread_parent(parent)

    def reset_thread_parent(self, tokens: tuple[Token[Any], ...]) -> None:
        """Undo what `set_thread_parent` did in this thread."""
        self.shell.reset_thread_parent(tokens)
