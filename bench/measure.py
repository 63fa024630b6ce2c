"""What is measured. Every function takes a kernel and returns one time in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import zmq

from bench.client import Kernel
from bench.specs import cell

JULIA = "%julia\n"
SPIN = {"python": "print('on', flush=True)\nwhile True: pass"}
SPIN["julia"] = JULIA + 'println("on")\nwhile true; end'
SPIN["julia, yielding"] = JULIA + 'println("on")\nwhile true; sleep(0.001); end'
LINES = 100_000
LARGE = 20_000_000  # characters


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def repeated(count: int, action: Callable[[], object]) -> float:
    """The median of `count` runs."""
    return median(timed(action) for _ in range(count))


def cell_time(kernel: Kernel, language: str, code: str) -> float:
    """From sending a cell that succeeds to its reply and idle status."""
    return timed(lambda: kernel.run(cell(kernel.name, language, code)))


def error_time(kernel: Kernel, language: str, code: str) -> float:
    """From sending a cell that fails to its reply and idle status."""
    return timed(lambda: kernel.fail(cell(kernel.name, language, code)))


def round_trip(kernel: Kernel, language: str, code: str, count: int) -> float:
    return repeated(count, lambda: kernel.run(cell(kernel.name, language, code)))


def printed(kernel: Kernel, code: str, length: int, ends: str) -> float:
    """Until the last of what a cell prints is here; none may be lost."""
    published: list = []
    seconds = timed(lambda: published.extend(kernel.run(code)))
    text = "".join(message["content"].get("text", "") for message in published)
    if len(text) != length or not text.endswith(ends):
        raise AssertionError(f"{len(text):,} of {length:,} characters came")
    return seconds


def printed_lines(kernel: Kernel, code: str) -> float:
    """Of 100,000 short lines."""
    length = sum(len(f"line {i}\n") for i in range(LINES))
    return printed(kernel, code, length, f"line {LINES - 1}\n")


def large_result(kernel: Kernel, code: str) -> float:
    """Until a result of 20 MB of text is here."""
    published: list = []
    seconds = timed(lambda: published.extend(kernel.run(code)))
    data = [m["content"]["data"] for m in published if m["msg_type"] == "execute_result"]
    if len(data[0]["text/plain"]) < LARGE:
        raise AssertionError(f"{len(data[0]['text/plain']):,} of {LARGE:,} characters came")
    return seconds


def completion(kernel: Kernel, language: str, code: str) -> float:
    code = cell(kernel.name, language, code)
    content = {"code": code, "cursor_pos": len(code)}
    answer: dict = {}
    seconds = timed(lambda: answer.update(kernel.ask("shell", "complete_request", content)))
    if not answer["matches"]:
        raise AssertionError(f"{code!r} is completed to nothing")
    return seconds


def while_spinning(kernel: Kernel, spin: str, action: Callable[[], float]) -> float:
    """What `action` returns while the cell `spin` runs, which is interrupted then."""
    identity = kernel.spin(spin)
    try:
        return action()
    finally:
        kernel.interrupt()
        kernel.collect(identity)


def control_round_trip(kernel: Kernel, spin: str, count: int) -> float:
    return while_spinning(
        kernel, spin, lambda: repeated(count, lambda: kernel.ask("control", "kernel_info_request"))
    )


def heartbeat_round_trip(kernel: Kernel, spin: str, count: int) -> float:
    with kernel.context.socket(zmq.REQ) as heart:
        heart.linger = 0
        heart.rcvtimeo = int(kernel.guard * 1000)
        heart.connect(kernel.heartbeat_url)

        def beat() -> None:
            heart.send(b"ping")
            heart.recv()

        beat()
        return while_spinning(kernel, spin, lambda: repeated(count, beat))


def interrupt_latency(kernel: Kernel, spin: str) -> float:
    """From the client's interrupt to the end of the cell; variables must be kept."""
    prefix = JULIA if spin.startswith(JULIA) else ""
    kernel.run(f"{prefix}kept = 1")
    identity = kernel.spin(spin)

    def stop() -> None:
        kernel.interrupt()
        kernel.collect(identity)

    seconds = timed(stop)
    kernel.run(f"{prefix}kept")
    return seconds
