"""The object that libraries expect as `get_ipython().kernel`, its class as ipykernel names it."""

from __future__ import annotations

import asyncio
import builtins
import getpass
import logging
import sys
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import comm
from traitlets import Any as AnyTrait
from traitlets import Dict
from traitlets.config.configurable import SingletonConfigurable

from .cells.errors import content_of
from .cells.request import current_request
from .ipykernel_names.known_as import known_as

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from tornado.ioloop import IOLoop

_HOST = "the sockets are in another process, the host, which also reads what comes in"
# Members of ipykernel's kernel that have no equal here, and why.
ABSENT = dict.fromkeys(
    (
        *("shell_stream", "shell_streams", "shell_socket", "control_stream", "control_thread"),
        *("stdin_socket", "iopub_thread", "debugpy_stream", "debugpy_socket", "debugger"),
        *("msg_queue", "dispatch_shell", "dispatch_control", "dispatch_queue", "process_one"),
        *("shell_channel_thread", "msg_types", "control_msg_types", "start", "should_handle"),
        *("pre_handler_hook", "post_handler_hook", "init_metadata", "finish_metadata"),
        *("schedule_dispatch", "enter_eventloop", "stop_on_error_timeout", "record_ports"),
        *("kernel_info_request", "complete_request", "inspect_request", "history_request"),
        *("is_complete_request", "comm_info_request", "connect_request", "usage_request"),
        *("interrupt_request", "shutdown_request", "debug_request"),
    ),
    _HOST,
)


@known_as("ipykernel.kernelbase")
class Kernel(SingletonConfigurable):
    """What libraries use of a kernel: who asked, messages, questions to the user, comms.

    There is one, made at the start. A kernel class of somebody else's may be derived from it, but
    makes no second kernel of this process.
    """

    implementation = "polyglot"
    help_links: tuple[dict[str, str], ...] = ()

    shell: Any = AnyTrait(allow_none=True)
    asking: Any = AnyTrait(allow_none=True)
    eventloop: Any = AnyTrait(None, allow_none=True)
    # Some replace handlers while they wait for a comm message. The host has the real ones.
    shell_handlers = Dict()
    control_handlers = Dict()

    def __init__(self, **kwargs: Any) -> None:
        if "shell" not in kwargs:
            raise RuntimeError(
                "this process is a kernel already (PolyglotKernel), and cannot become another one"
            )
        super().__init__(**kwargs)
        self.shell_handlers = {"execute_request": self.execute_request}
        self.log = logging.getLogger("polyglot")

    def __getattr__(self, name: str) -> Any:
        if name in ABSENT:
            raise AttributeError(f"this kernel (PolyglotKernel) has no {name!r}: {ABSENT[name]}")
        return super().__getattribute__(name)  # raises, also what a property has raised

    @property
    def implementation_version(self) -> str:
        from importlib.metadata import version

        return version("polyglot-kernel")

    @cached_property
    def ident(self) -> str:
        """Tells this process from others."""
        import uuid

        return str(uuid.uuid4())

    @property
    def comm_manager(self) -> comm.base_comm.CommManager:
        return comm.get_comm_manager()

    # The request that runs

    def get_parent(self, channel: str | None = None) -> dict[str, Any]:
        """The Jupyter message on whose behalf the calling code runs."""
        return current_request().message

    def set_parent(self, ident: Any, parent: dict[str, Any], channel: str = "shell") -> None:
        """From now on output of the calling context belongs to the message `parent`."""
        self.shell.set_parent(parent)

    @property
    def _parent_header(self) -> dict[str, Any]:
        return self.get_parent()

    @property
    def _parent_ident(self) -> dict[str, list[bytes]]:
        # The host knows the way back to the client, which names itself by its session.
        session = self.get_parent()["header"].get("session", "")
        return {channel: [session.encode()] for channel in ("shell", "control")}

    # Messages

    @cached_property
    def session(self) -> Any:
        """Makes messages, and sends those for `iopub_socket`."""
        from .ipykernel_names.session import HostSession

        return HostSession(self)

    @cached_property
    def iopub_socket(self) -> Any:
        """To be handed to `session.send` and `send_response`."""
        return object()

    def send_response(
        self,
        stream: Any,
        msg_or_type: str | dict[str, Any],
        content: dict[str, Any] | None = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: dict[str, Any] | None = None,
        channel: str | None = None,
    ) -> None:
        """Publish a message, as output of the request that runs."""
        if isinstance(msg_or_type, dict):
            message = msg_or_type
            msg_or_type, content = message["header"]["msg_type"], message["content"]
            metadata = metadata or message.get("metadata")
        content = content or {}
        if msg_or_type == "stream":
            self.shell.output.write(content["name"], content["text"])
        else:
            self.shell.output.publish(
                msg_or_type, content, metadata=metadata, buffers=buffers or (), **_of_comm(content)
            )

    async def execute_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """For those who put it back where they took it from. Raises RuntimeError."""
        raise RuntimeError(f"this kernel (PolyglotKernel) takes no requests here: {_HOST}")

    # The user

    def raw_input(self, prompt: str = "") -> str:
        """Ask the user for a line."""
        return builtins.input(prompt)

    def getpass(self, prompt: str = "", stream: Any = None) -> str:
        """Ask the user for a line that is not shown."""
        return getpass.getpass(prompt)


@known_as("ipykernel.ipkernel")
class IPythonKernel(Kernel):
    """The kernel of the Python cells."""

    def __init__(
        self,
        connection_file: str = "",
        loop: AbstractEventLoop | None = None,
        serve_comm: Callable[[], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.connection_file = connection_file
        self._loop = loop
        self._serve_comm = serve_comm

    @property
    def language_info(self) -> dict[str, Any]:
        """As ipykernel describes Python; what the client is told is the host's answer."""
        return {
            "name": "python",
            "version": ".".join(map(str, sys.version_info[:3])),
            "mimetype": "text/x-python",
            "codemirror_mode": {"name": "ipython", "version": 3},
            "pygments_lexer": "ipython3",
            "nbconvert_exporter": "python",
            "file_extension": ".py",
        }

    @property
    def banner(self) -> str:
        return self.shell.banner

    @property
    def user_ns(self) -> dict[str, Any]:
        return self.shell.user_ns

    @property
    def user_module(self) -> Any:
        return self.shell.user_module

    @property
    def execution_count(self) -> int:
        return self.shell.execution_count

    @property
    def profile_dir(self) -> Any:
        return self.shell.profile_dir

    @cached_property
    def io_loop(self) -> Any:
        """The loop that the cells await in, as tornado sees it."""
        return tornado_loop(self._loop)

    def do_one_iteration(self) -> None:
        """Deliver the comm message that waits, if one does: for cells that wait in a loop.

        In another thread it does nothing: callbacks are the main thread's.
        """
        if threading.current_thread() is threading.main_thread():
            self._serve_comm()

    # What clients ask. The real questions are answered without these.

    async def do_execute(
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: dict[str, Any] | None = None,
        allow_stdin: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """Run code within the cell that runs, and under its number."""
        shell = self.shell
        result = await shell.run_cell_async(
            code, store_history=False, silent=silent, **shell.transformed(code)
        )
        error = result.error_before_exec or result.error_in_exec
        content: dict[str, Any] = {"execution_count": shell.cell_number, "payload": []}
        if error is not None:
            return {"status": "error", **content_of(shell.last_error, error), **content}
        answers = shell.user_expressions(user_expressions or {})
        return {"status": "ok", **content, "user_expressions": answers}

    def do_complete(self, code: str, cursor_pos: int | None = None) -> dict[str, Any]:
        """The content of `complete_reply`."""
        return self.asking.answer("complete", code=code, cursor_pos=cursor_pos)

    def do_inspect(
        self,
        code: str,
        cursor_pos: int | None = None,
        detail_level: int = 0,
        omit_sections: Any = (),
    ) -> dict[str, Any]:
        """The content of `inspect_reply`."""
        return self.asking.answer(
            "inspect", code=code, cursor_pos=cursor_pos, detail_level=detail_level
        )

    def do_is_complete(self, code: str) -> dict[str, Any]:
        """The content of `is_complete_reply`."""
        return self.asking.answer("is_complete", code=code)

    def do_history(
        self,
        hist_access_type: str,
        output: bool,
        raw: bool,
        session: int = 0,
        start: int = 0,
        stop: int | None = None,
        n: int | None = None,
        pattern: str | None = None,
        unique: bool = False,
    ) -> dict[str, Any]:
        """The content of `history_reply`."""
        asked = {key: value for key, value in locals().items() if key != "self"}
        return self.asking.answer("history", **asked)

    def do_shutdown(self, restart: bool) -> dict[str, Any]:
        """End this process after the cell. Python starts afresh; Julia is none of its business."""
        self.shell.exit_now = True
        return {"status": "ok", "restart": restart}

    def do_clear(self) -> dict[str, Any]:
        """Delete the user's variables, as `%reset -f` does."""
        self.shell.reset(new_session=False)
        return {"status": "ok"}


def tornado_loop(loop: AbstractEventLoop) -> IOLoop:
    """tornado's wrapper of `loop`, of which there is one, whoever asks for it first.

    Libraries make it in a cell (bokeh, panel): tornado finds it by the loop of the calling thread.
    """
    from tornado.ioloop import IOLoop

    found = []

    def look() -> None:
        asyncio.set_event_loop(loop)
        found.append(IOLoop.current())

    thread = threading.Thread(target=look)  # this one may have, or be in, another loop
    thread.start()
    thread.join()
    return found[0]


def _of_comm(content: dict[str, Any]) -> dict[str, Any]:
    """What a frame says of a comm's message beside its content."""
    return {name: content[name] for name in ("comm_id", "target_name") if name in content}
