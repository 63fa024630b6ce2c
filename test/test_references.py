"""Objects that stay in their language: operators between two of them, and what else they can do."""

from __future__ import annotations

import pytest


@pytest.fixture
def both(nb):
    """An object of each language that the other one cannot convert."""
    nb.run(
        "%julia\nmutable struct Mine; x; end\nmine = Mine(1)\n"
        "Base.:+(m::Mine, n::Int) = Mine(m.x + n)"
    )
    nb.run("mine = jl.mine")
    nb.run(
        "class Plain: pass\n"
        "class Answers:\n"
        "    def __eq__(self, other): return f'eq {other.x}'\n"
        "    def __lt__(self, other): return f'lt {other.x}'\n"
        "    def __gt__(self, other): return f'gt {other.x}'\n"
        "    def __radd__(self, other): return f'radd {other.x}'\n"
        "plain, answers = Plain(), Answers()"
    )
    return nb


# -- operators ---------------------------------------------------------------------------------


def test_objects_that_do_not_know_each_other_are_unequal(both):
    assert both.run("mine == plain, mine != plain, plain == mine").result == "(False, True, False)"
    assert both.run("mine in [plain, mine], mine in [plain]").result == "(True, False)"
    assert both.run("%julia\n(py.plain == mine, mine == py.plain)").result == "(false, false)"
    assert both.run("%julia\n(mine != py.plain, mine in Any[py.plain])").result == "(true, false)"


def test_the_other_objects_own_method_answers(both):
    assert both.run("mine == answers, answers == mine").result == "('eq 1', 'eq 1')"
    assert both.run("mine + answers, mine < answers").result == "('radd 1', 'gt 1')"
    assert both.run("%julia\n(mine + py.answers, py.answers < mine)").result == '("radd 1", "lt 1")'
    assert both.run("(mine + 1).x").result == "2"


def test_an_operator_that_neither_knows_is_an_error(both):
    error = both.fail("mine + plain").error
    assert "TypeError: add: not supported between Julia's Mine and Python's Plain" in error.evalue
    error = both.fail("%julia\npy.plain < mine").error
    assert "lt: not supported between Python's Plain and Julia's Mine" in error.evalue


def test_tools_look_at_julia_functions(both):
    assert both.run("import inspect; str(inspect.signature(jl.sin))").result.startswith('"(*args')
    both.run("jl.sin?")
    assert both.inspect("jl.sin")["found"]
    both.run("import numpy as np")
    squares = both.run("%julia\npy.np.vectorize(x -> x^2)([1, 2, 3])").result
    assert squares.endswith(" 1\n 4\n 9")


def test_calls_without_end_are_an_error_and_no_more(both):
    both.run("import sys; limit = sys.getrecursionlimit(); sys.setrecursionlimit(400)")
    both.run("%julia\nbounce(f, x) = f(x)")
    both.run("def endless(x): return jl.bounce(endless, x)")
    assert "RecursionError" in both.fail("endless(1)").error.evalue
    assert both.run("sys.setrecursionlimit(limit); jl.mine.x").result == "1"


def test_a_method_error_does_not_list_the_kernels_methods(nb):
    error = nb.fail('%julia\n1 + "a"').error
    assert "no method matching +" in error.evalue and "Closest candidates" in error.evalue
    assert "PyObject" not in error.evalue and "PyObject" not in error.traceback
    nb.run("%julia\ntakes(o::typeof(py.print), n::Int) = n")
    assert "takes(::" in nb.fail('%julia\ntakes(py.print, "a")').error.evalue


# -- letting go ----------------------------------------------------------------------------------


def test_an_object_that_is_handed_back_is_the_object(nb):
    nb.run("def same(x): return x\ndef first(xs): return xs[0]")
    assert (
        nb.run("%julia\npy.same(sin) === sin, py.first([cos, 1]) === cos").result == "(true, true)"
    )
    nb.run("import math")
    assert nb.run("jl.identity(math) is math, jl.first([math, 1]) is math").result == "(True, True)"


def test_tasks_lend_and_let_go_of_objects_at_once(nb):
    nb.run("def same(x): return x")
    assert nb.run("%julia\nall(asyncmap(f -> py.same(f) === f, fill(sin, 20)))").result == "true"
    nb.run("import time\nfrom concurrent.futures import ThreadPoolExecutor")
    nb.run("with ThreadPoolExecutor(3) as pool: found = list(pool.map(jl.identity, [time] * 20))")
    assert nb.run("all(x is time for x in found)").result == "True"
