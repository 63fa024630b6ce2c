"""A loop of `jl.f(1)` asks for `f` once; it never calls an old `f` for that."""

from __future__ import annotations

import pytest
from languages import both, in_


def test_a_function_is_the_same_object_for_as_long_as_a_cell_runs(nb):
    nb.run("%julia\nadd(x) = x + 1")
    nb.run("def double(x): return 2 * x")
    assert nb.run("jl.add is jl.add, jl.add(1), jl.add(2)").result == "(True, 2, 3)"
    assert nb.run("%julia\npy.double === py.double, py.double(1)").result == "(true, 2)"


CHANGED_BY = {
    "python": {
        "code": "jl('changing = () -> 2')",
        "an assignment": "jl.changing = jl.second",
        "a function over there": "jl.change()",
        "an error over there": "try: jl.change_and_fail()\nexcept jl.Error: pass",
    },
    "julia": {
        "code": 'py"""changing = lambda: 2"""',
        "an assignment": "py.changing = py.second",
        "a function over there": "py.change()",
        "an error over there": "try; py.change_and_fail() catch end",
    },
}
PREPARED = {
    "python": (
        "%julia\nchanging = () -> 1; second = () -> 2\n"
        "change() = (global changing = second; nothing)\nchange_and_fail() = (change(); error())"
    ),
    "julia": (
        "changing = lambda: 1\nsecond = lambda: 2\n"
        "def change():\n    global changing\n    changing = second\n"
        "def change_and_fail():\n    change()\n    raise ValueError"
    ),
}
OTHER = {"python": "jl", "julia": "py"}


@pytest.mark.parametrize("how", CHANGED_BY["python"])
@both
def test_it_is_the_new_one_when_the_name_was_given_to_another(nb, language, how):
    nb.run(PREPARED[language])
    other = OTHER[language]
    cell = nb.run(
        in_(
            language,
            f"before = {other}.changing; first = before()\n{CHANGED_BY[language][how]}\n"
            f"after = {other}.changing\nprint([first, before(), after(), {other}.changing()])",
        )
    )
    assert cell.stdout.strip() == "[1, 1, 2, 2]"


@both
def test_it_is_the_new_one_in_the_next_cell(nb, language):
    nb.run(PREPARED[language])
    other, call = OTHER[language], in_(language, f"{OTHER[language]}.changing()")
    assert nb.run(call).result == "1"
    nb.run(in_({"jl": "julia", "py": "python"}[other], "change()"))
    assert nb.run(call).result == "2"


def test_a_name_that_is_gone(nb):
    nb.run("going = lambda: 1")
    cell = nb.fail('%julia\nprintln(py.going())\npy"""del going"""\npy.going')
    assert cell.stdout == "1\n"
    assert "'going' is not defined" in cell.error.evalue


def test_a_thread_that_changes_it_meanwhile(nb):
    """Nothing tells of it; the call finds what the name stands for when it is made."""
    nb.run(
        "import threading\nmay_turn, has_turned = threading.Event(), threading.Event()\n"
        "turning = lambda: 1\n"
        "def turn():\n    global turning\n"
        "    may_turn.wait()\n    turning = lambda: 2\n    has_turned.set()\n"
        "threading.Thread(target=turn).start()\n"
        "def let_it(): may_turn.set(); has_turned.wait()"
    )
    assert nb.run("%julia\npy.turning(), py.let_it(), py.turning()").result == "(1, nothing, 2)"


def test_code_that_is_called_from_over_there_sees_what_its_caller_changed(nb):
    nb.run("def calls_back(f): return f()")
    nb.run("%julia\nfunction look() return py.shown() end")
    cell = nb.run(
        "seen = []\n"
        "for shown in (lambda: 1, lambda: 2, lambda: 3):\n    seen.append(jl.look())\nseen"
    )
    assert cell.result == "[1, 2, 3]"


def test_objects_live_no_longer_than_the_cell(nb):
    nb.run(
        "import weakref\nclass Held: pass\nheld = Held()\nis_alive = weakref.ref(held)\n"
        "def let_go():\n    global held\n    del held\n    return is_alive() is None"
    )
    assert nb.run("%julia\npy.held === py.held").result == "true"
    nb.run("%julia\nGC.gc()")
    assert nb.run("let_go()").result == "True"


@both
def test_the_other_side_that_starts_afresh(launch, language):
    nb = launch().connect()
    other, there = OTHER[language], {"python": "julia", "julia": "python"}[language]
    make = {"julia": "%julia\nf() = 1", "python": "f = lambda: 1"}[there]
    nb.run(make)
    assert nb.run(in_(language, f"{other}.f()")).result == "1"
    end = {"julia": "ccall(:_exit, Cvoid, (Cint,), 3)", "python": "import os; os._exit(3)"}
    nb.fail(in_(there, end[there]))
    nb.run(make.replace("1", "2"))
    assert nb.run(in_(language, f"{other}.f()")).result == "2"
