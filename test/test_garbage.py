"""When Julia collects garbage: not between assignments that follow each other, and always again."""

from __future__ import annotations

import pytest

VALUES = "values = list(range(10**6))"
ENABLED = "ccall(:jl_gc_is_enabled, Cint, ()) != 0"


def test_a_task_sees_it_wait_and_come_again(nb):
    watching = nb.run(
        "%julia\nwatch(is_off) = while (" + ENABLED + ") == is_off sleep(0.002) end\n"
        '@async (watch(true); println("waits"); watch(false); println("collects again"));'
    )
    nb.run(f"{VALUES}\nfor _ in range(3):\n    jl.values = values")
    watching.wait_for_late_text("waits\ncollects again\n")


def test_what_comes_next_finds_it_on(nb):
    nb.run(f"{VALUES}\njl.values = values")
    assert nb.run(f"%julia\n{ENABLED}").result == "true"
    nb.run(f"%julia\nenabled() = {ENABLED}")
    nb.run("jl.values = values\nseen = jl.enabled()")
    assert nb.run("seen").result == "True"


@pytest.mark.parametrize(
    "code", ["jl.values = values", "jl.NoSuch.field = values", "jl.pi = values"]
)
def test_who_has_switched_it_off_keeps_that(nb, code):
    nb.run(VALUES)
    assert nb.run("%julia\nGC.enable(false)").result == "true"
    nb.run(f"try:\n    {code}\nexcept Exception:\n    pass")
    assert nb.run(f"%julia\n{ENABLED}").result == "false"
    assert nb.run("%julia\nGC.enable(true)").result == "false"


def test_memory_is_bounded_all_the_same(nb):
    """Two GB of values, of which one at a time is needed."""
    nb.run(VALUES)
    nb.run('%julia\nresident() = parse(Int, split(read("/proc/self/statm", String))[2]) * 4096')
    nb.run("jl.values = values\nbefore = jl.resident()")
    nb.run("for _ in range(60):\n    jl.values = values\nafter = jl.resident()")
    grown = int(nb.run("after - before").result)
    assert grown < 700e6
