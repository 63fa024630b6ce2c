"""The request on whose behalf code runs: what it causes to be shown carries its id.

The current request is a context variable, so that tasks of asyncio keep the request that created
them. A thread that a cell starts keeps the cell's (`inherit`); one that a library starts, to do
work for whoever has some (`follow`), works for what the thread that made it works for just then.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import Any

from ..pipes.frames import encode_header

# Of threads: the request that one works for, and the thread whose request that is.
_ATTRIBUTE = "_polyglot_request"
_MAKER = "_polyglot_maker"


class Request:
    """A request of the host; `id` is `None` for code that no request caused."""

    def __init__(
        self,
        id: int | None,
        *,
        header: dict[str, Any] | None = None,
        content: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        allow_stdin: bool = False,
        muted: bool = False,
    ) -> None:
        self.id = id
        self.allow_stdin = allow_stdin
        self.muted = muted  # nothing is shown
        self._thread = threading.get_ident()
        # The Jupyter message, as ipywidgets and others ask for it (`get_ipython().get_parent()`).
        header = header or {}
        self.message = {
            "header": header,
            "msg_id": header.get("msg_id", ""),
            "msg_type": header.get("msg_type", ""),
            "parent_header": {},
            "metadata": metadata or {},
            "content": content or {},
            "buffers": [],
        }
        # Ready-made, as a program may print a hundred thousand times; empty: show nothing.
        self.stream_headers = {
            name: b"" if muted else encode_header({"type": "stream", "id": id, "name": name})
            for name in ("stdout", "stderr")
        }

    @property
    def is_aside(self) -> bool:
        """Whether the calling thread works beside the one that runs the request's code."""
        return threading.get_ident() != self._thread


NO_REQUEST = Request(None)

# For those who ask very often; `None` where nobody has asked or told yet.
REQUEST: ContextVar[Request | None] = ContextVar("polyglot_request", default=None)


def current_request() -> Request:
    """The request on whose behalf the calling code runs."""
    request = REQUEST.get()
    if request is None:
        thread = threading.current_thread()
        maker = getattr(thread, _MAKER, None)
        if maker is not None:
            return _request_of(maker)
        # A thread's first question: from now on its own context knows.
        request = getattr(thread, _ATTRIBUTE, NO_REQUEST)
        REQUEST.set(request)
    return request


def _request_of(thread: threading.Thread) -> Request:
    while (maker := getattr(thread, _MAKER, None)) is not None:
        thread = maker
    return getattr(thread, _ATTRIBUTE, NO_REQUEST)


def set_request(request: Request) -> None:
    """From now on the calling context works for `request`, and so do the threads that follow it."""
    REQUEST.set(request)
    setattr(threading.current_thread(), _ATTRIBUTE, request)


def work_for_latest() -> None:
    """From now on the calling context works for the request that its thread has begun last."""
    REQUEST.set(None)


def inherit(thread: threading.Thread) -> None:
    """`thread`, which is about to be started here, works for the request that runs here."""
    setattr(thread, _ATTRIBUTE, current_request())


def follow(thread: threading.Thread) -> None:
    """`thread`, which is about to be started here, works for what this one works for just then.

    Such as a pool's: what it is given in a later cell is that cell's work.
    """
    setattr(thread, _MAKER, threading.current_thread())


class KnownRequests:
    """Finds the latest requests by the id of their Jupyter message, those that are over, too."""

    REMEMBERED = 1000  # as many as the host has the headers of

    def __init__(self) -> None:
        self._requests: dict[str, Request] = {}

    def add(self, request: Request) -> None:
        """Remember the request, and forget one that is long over."""
        self._requests[request.message["header"].get("msg_id", "")] = request
        if len(self._requests) > self.REMEMBERED:
            del self._requests[next(iter(self._requests))]

    def find(self, message: dict[str, Any] | None) -> Request | None:
        """The request of the Jupyter message, of another with its header, or of the header."""
        header = (message or {}).get("header", message or {})
        return self._requests.get(header.get("msg_id", ""))
