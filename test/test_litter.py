"""The host gives back what it has used for large messages, when nothing has come for a moment."""

from __future__ import annotations

import time

SIZE = 40 * 2**20  # bytes of a result
FREE = 15 * 2**20  # how much more it may hold afterwards


def test_the_memory_of_large_results_goes_back(fresh):
    fresh.run("1")
    fresh.run("%julia\n1")
    host = fresh.kernel.process
    fresh.run(f"'x' * {SIZE}")  # what only the first one needs
    fresh.wait_until(lambda: has_settled(host), "a moment of quiet")
    before = host.memory_info().rss
    for _ in range(3):
        fresh.run(f"'x' * {SIZE}")
    fresh.wait_until(lambda: host.memory_info().rss < before + FREE, "the memory")


def has_settled(host) -> bool:
    """Whether the host has nothing to do for half a second."""
    before = host.cpu_times()
    time.sleep(0.5)
    return host.cpu_times() == before
