"""The executor: its parts, and the threads and loops that run them.

The main thread runs user code inside an asyncio loop, so that tasks of earlier cells go on between
the later ones. Subshells do the same in threads of their own. The reader thread receives frames;
the asking thread answers questions.
"""

from __future__ import annotations

import asyncio
import contextvars
import faulthandler
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from .asking.asking import Asking
from .cells.application import PythonApplication, choose_backend
from .cells.execute import Runner
from .cells.interrupt import Interrupts, create_task
from .cells.request import KnownRequests
from .cells.subshells import Run, Subshells
from .comms import comms
from .debugging.debugger import Debugger, stop_tracing_children
from .debugging.hidden import hide
from .ipykernel_names import modules
from .kernel import IPythonKernel
from .pipes.calls import Calls
from .pipes.channel import Channel
from .pipes.descriptors import free_room, leave_without_pipes, wait_for
from .pipes.frames import Frame, FrameError, FrameReader
from .streams import clib, fork, watch
from .streams.output import Output
from .streams.stdin import Prompter
from .streams.streams import OutputStream

BROKEN_FRAME = 70  # exit code
# How long the end may take when the host is gone.
GRACE = 1.0  # seconds


class Executor:
    """All parts of the process; `serve` is its life."""

    def __init__(self, pipes: tuple[int, int], mark: bytes, connection_file: str) -> None:
        """`pipes`: the descriptors of requests and replies."""
        self.connection_file = connection_file
        self._pipes = pipes
        self.channel = Channel(pipes[1], mark)
        self.interrupts = Interrupts(self._interrupted)
        self.channel.interrupts = self.interrupts
        self.interrupts.install()
        self.output = Output(self.channel, self.interrupts)
        self.prompter = Prompter(self.channel, self.output)
        self.calls = Calls(self.channel, self.output, self.interrupts)
        self.calls.on_unserved = self._put
        self.requests = KnownRequests()
        self.context = contextvars.copy_context()
        self._loop = asyncio.new_event_loop()
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._sent = self._begun = 0  # how many of them came, and were begun
        # Comm messages, each with how many frames came before it.
        self._comms: deque[tuple[Frame, int]] = deque()
        self._subshells = Subshells(self._prepare_subshell)
        self._warm = threading.Event()  # cells may run

    def serve(self, arguments: list[str]) -> None:
        """Serve requests until the host says `shutdown` or is gone.

        `arguments` are options for IPython.
        """
        self._application = PythonApplication.instance(connection_file=self.connection_file)
        self.shell = self._application.make_shell(
            arguments, output=self.output, interrupts=self.interrupts, requests=self.requests
        )
        # Not before: what goes wrong until here is told on the raw stderr, where the host looks
        # when an executor does not get ready.
        self._replace_streams()
        self._asking = Asking(self.shell, self.channel)
        self._make_kernel()
        self._debugger = Debugger(self.shell, self.channel)
        stop_tracing_children()
        self._runner = Runner(
            self.shell,
            self.channel,
            self.output,
            self.interrupts,
            self.requests,
            comms.install(self.channel, self.output),
            self.calls,
            self._debugger,
            self.context,
        )
        free_room()
        hide(threading.Thread(target=self._read, name="polyglot-reader", daemon=True)).start()
        version = ".".join(map(str, sys.version_info[:3]))
        self.channel.send(
            {
                "type": "ready",
                "language": "python",
                "version": version,
                "concurrent": True,
                "comms_beside": True,
            }
        )
        self._asking.start()
        self._run_loop()
        self.output.flush()

    def _replace_streams(self) -> None:
        clib.buffer_lines()
        sys.stdout = OutputStream("stdout", 1, self.output, self.requests)
        sys.stderr = OutputStream("stderr", 2, self.output, self.requests)
        faulthandler.enable(2, all_threads=False)  # tells where a segfault came from
        self.prompter.install()
        watch.install(self.output)
        fork.install(self._pipes, self.channel, self.output, self.prompter)

    def _make_kernel(self) -> None:
        """What libraries look for of ipykernel's."""
        kernel = IPythonKernel.instance(
            parent=self._application,
            shell=self.shell,
            asking=self._asking,
            connection_file=self.connection_file,
            loop=self._loop,
            serve_comm=self.serve_comm,
        )
        self.shell.kernel = self._application.kernel = kernel
        modules.install()

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        main = None

        async def start() -> asyncio.Task[None]:
            return create_task(self._main(), self.context)

        main = self._loop.run_until_complete(start())
        self.interrupts.watch_over(main)
        while not main.done():
            try:
                self._loop.run_until_complete(main)
            except KeyboardInterrupt:
                # It was raised in a task of an earlier cell, while this one waits.
                self.interrupts.cancel_task()
            except (RuntimeError, SystemExit) as error:
                if main.done():
                    raise
                # User code stopped the loop, which is ours, or a task of an earlier cell exits.
                if isinstance(error, SystemExit):
                    print(f"A task of an earlier cell has ended by {error!r}", file=sys.stderr)
        main.result()

    async def _main(self) -> None:
        await self._warm_up()
        while True:
            frame = await self._frames.get()
            if frame is None:
                return
            self._begun += 1
            self._serve_next_comm()
            if frame.header["type"] == "execute":
                self._asking.wait_recorded()
            await self._runner.run(frame)
            if self.shell.exit_now:
                return

    async def _warm_up(self) -> None:
        """Do what would make the first cell slow; then the user's start-up code."""
        # Not needed to be ready, and a good part of all modules.
        from .bridge.install import Crossing
        from .debugging import prompt

        choose_backend()
        prompt.install()
        crossing = Crossing(self.shell, self.calls, self.channel, self._soon)
        self._runner.transfers = crossing
        self._asking.sharing_of_values = crossing.bridge.sharing
        clib.flush_stdout()
        self.shell.begin_cell("None", 1, stored=False)
        await self.shell.run("None", store_history=False, silent=True, context=self.context)
        self._application.run_startup()
        self._warm.set()

    def _prepare_subshell(self, context: contextvars.Context) -> Run:
        self._warm.wait()
        self.shell.payload_manager.clear_payload()  # from now on the thread has its own
        runner = self._runner.in_context(context)

        async def run(frame: Frame) -> None:
            await runner.run(frame)
            if self.shell.exit_now:
                self._end()

        return run

    def _read(self) -> None:
        reader = FrameReader(self._receive)
        try:
            while (frame := reader.read()) is not None:
                self._dispatch(frame)
            self._end()
            # The host is gone, and nobody else ends a cell that goes on.
            time.sleep(GRACE)
            os._exit(0)
        except FrameError as error:
            os.write(2, f"the Python executor read a broken frame: {error}\n".encode())
            os._exit(BROKEN_FRAME)

    def _receive(self, view: memoryview) -> int:
        while True:
            try:
                return os.readv(self._pipes[0], [view])
            except BlockingIOError:  # user code has made it so
                wait_for(self._pipes[0], select.POLLIN)
            except OSError as error:
                leave_without_pipes(error)

    def _dispatch(self, frame: Frame) -> None:
        type = frame.header.get("type", "")
        if self._asking.serves(type):
            self._asking.put(frame)
        elif type == "debug":
            self._debugger.put(frame)
        elif type == "input_reply":
            self.prompter.answered(frame)
        elif type == "shutdown":
            self._end()
        elif type == "end_subshell":
            self._subshells.end(frame.header["subshell"])
        elif type == "comm":
            self._comms.append((frame, self._sent))
            self._loop.call_soon_threadsafe(self.serve_comm, context=self.context)
        elif "subshell" in frame.header:
            self._subshells.put(frame)
        elif type == "execute" or (
            type in ("call", "return", "release") and not self.calls.arrived(frame)
        ):
            self._put(frame)

    def serve_comm(self) -> None:
        """Deliver the comm message that has waited longest, if one may be; on the main thread.

        It is the loop's to call, between cells and while one awaits something. So callbacks of
        widgets meet what the cells have made in that thread, whichever subshell the client sends
        them by, and a cell may await what one of them brings.
        """
        if not self._comms or self._comms[0][1] > self._begun:
            return  # a cell that came before it has not even begun
        frame, _ = self._comms.popleft()
        self._runner.comm(frame)
        if self.shell.exit_now:
            self._end()
        self._serve_next_comm()

    def _serve_next_comm(self) -> None:
        if self._comms:
            self._loop.call_soon(self.serve_comm, context=self.context)

    def _put(self, frame: Frame) -> None:
        if frame.header["type"] in ("execute", "comm"):
            self.interrupts.expect(frame.header["id"])
        self._sent += 1
        self._loop.call_soon_threadsafe(self._frames.put_nowait, frame)

    def _soon(self, function: Callable[[], None]) -> None:
        """Call `function` on the main thread when no cell runs there; from any thread."""
        self._loop.call_soon_threadsafe(function)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._frames.put_nowait, None)

    def _interrupted(self, id: int | None) -> None:
        self.channel.send({"type": "interrupted", "id": id})
