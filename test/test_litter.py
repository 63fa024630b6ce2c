"""The host gives back what it has used for large messages, when nothing has come for a moment."""

from __future__ import annotations

from memory import memory

SIZE = 100 * 2**20  # bytes of a result
# How much more the host may hold afterwards: the first ones have it do what stays, and on a busy
# machine the last one still stays until the next large message (Julia 1.5; the cause is not known).
FREE = SIZE + 50 * 2**20


def test_the_memory_of_large_results_goes_back(fresh):
    fresh.run("1")
    fresh.run("%julia\n1")
    host = fresh.kernel.process
    before = memory(host)
    for _ in range(3):
        fresh.run(f"'x' * {SIZE}")
    fresh.wait_until(lambda: memory(host) < before + FREE, "the memory")
