"""What is measured. Every function takes a kernel and returns one time in seconds, or several."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import zmq

from bench.client import Kernel

JULIA = "%julia\n"
SPIN = {"python": "print('on', flush=True)\nwhile True: pass"}
SPIN["julia"] = JULIA + 'println("on")\nwhile true; end'
SPIN["julia, yielding"] = JULIA + 'println("on")\nwhile true; sleep(0.001); end'
LINES = 100_000


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def repeated(count: int, action: Callable[[], object]) -> float:
    """The median of `count` runs."""
    return median(timed(action) for _ in range(count))


def round_trip(kernel: Kernel, code: str, count: int) -> float:
    """From sending a cell to its reply and idle status."""
    return repeated(count, lambda: kernel.run(code))


def printed_lines(kernel: Kernel, code: str) -> float:
    """Until the last of 100,000 lines is here; none may be lost."""
    published: list = []
    seconds = timed(lambda: published.extend(kernel.run(code)))
    text = "".join(message["content"].get("text", "") for message in published)
    if text != "".join(f"line {i}\n" for i in range(LINES)):
        raise AssertionError(f"{kernel.manager.kernel_name} lost output")
    return seconds


def large_result(kernel: Kernel, code: str) -> float:
    """Until a result of 20 MB of text is here."""
    published: list = []
    seconds = timed(lambda: published.extend(kernel.run(code)))
    data = [m["content"]["data"] for m in published if m["msg_type"] == "execute_result"]
    if len(data[0]["text/plain"]) < 20_000_000:
        raise AssertionError(f"{kernel.manager.kernel_name} cut the result")
    return seconds


def completion(kernel: Kernel, code: str) -> float:
    content = {"code": code, "cursor_pos": len(code)}
    answer: dict = {}
    seconds = timed(lambda: answer.update(kernel.ask("shell", "complete_request", content)))
    if not answer["matches"]:
        raise AssertionError(f"{kernel.manager.kernel_name} completes {code!r} to nothing")
    return seconds


def while_spinning(kernel: Kernel, spin: str, action: Callable[[], object]) -> object:
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
