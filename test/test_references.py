"""Objects that stay in their language: operators between two of them, and what else they can do."""

from __future__ import annotations

import pytest


@pytest.fixture
def both(nb):
    """An object of each language that the other one cannot convert."""
    nb.run(
        "%julia\nmutable struct Lent; x; end\nmine = Lent(1)\n"
        "Base.:+(m::Lent, n::Int) = Lent(m.x + n)"
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
    assert "TypeError: add: not supported between Julia's Lent and Python's Plain" in error.evalue
    error = both.fail("%julia\npy.plain < mine").error
    assert "lt: not supported between Python's Plain and Julia's Lent" in error.evalue


def test_tools_look_at_julia_functions(both):
    both.run("import inspect")
    assert both.run("str(inspect.signature(jl.sin))").result == "'(*args, **kwargs)'"
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


# -- what Python's own functions and syntax do with an object of Julia's -------------------------


def test_a_number_that_stays_in_julia_is_rounded_divided_and_formatted(nb):
    nb.run('%julia\nlong = BigFloat("2.75", 200)')
    nb.run("long = jl.long")
    assert nb.run("round(long), float(round(long, 1))").result == "(3, 2.8)"
    nb.run("whole, rest = divmod(long, 2)")
    assert nb.run("float(whole), float(rest)").result == "(1.0, 0.75)"
    assert nb.run("[float(x) for x in divmod(4, long)]").result == "[1.0, 1.25]"
    assert nb.run("f'{long:.1f} {long:.0%} {jl.sin:>5}'").result == "'2.8 275%   sin'"


def test_copies_of_a_julia_object(both):
    both.run("import copy")
    both.run("other = copy.deepcopy(mine); other.x = 5")
    assert both.run("mine.x, other.x, copy.copy(jl.sin) == jl.sin").result == "(1, 5, True)"
    assert "no method matching copy(::Lent)" in both.fail("copy.copy(mine)").error.evalue


def test_a_slice_is_a_range_of_julias(nb):
    nb.run("%julia\nusing SparseArrays\nsparse_one = sparsevec([1, 3], [1.5, 2.5], 4)")
    nb.run("%julia\nsparse_two = sparse([1.0 2.0; 3.0 4.0])")
    nb.run("one, two, show = jl.sparse_one, jl.sparse_two, lambda x: jl.collect(x).tolist()")
    assert nb.run("show(one[1:3]), show(one[3:])").result == "([1.5, 0.0, 2.5], [2.5, 0.0])"
    assert nb.run("show(two[2:, :]), show(two[:1, 2])").result == "([[3.0, 4.0]], [2.0])"
    assert nb.run("show(one[range(1, 4, 2)])").result == "[1.5, 2.5]"
    nb.run("one[1:2] = [7.0, 8.0]")
    assert nb.run("show(one)").result == "[7.0, 8.0, 2.5, 0.0]"
    assert "index by a range" in nb.fail("one[1:4:2]").error.evalue


def test_names_of_a_module_are_assigned(nb):
    nb.run("jl.Main.assigned = 4")
    assert nb.run("jl.assigned").result == "4"


# -- what Julia's own functions do with an object of Python's ------------------------------------


@pytest.fixture
def row(nb):
    """A sequence and a mapping that Julia cannot convert."""
    nb.run(
        "class Row:\n"
        "    def __init__(self): self.items = [1, 2, 3]\n"
        "    def __len__(self): return len(self.items)\n"
        "    def __getitem__(self, i): return self.items[i]\n"
        "    def __bool__(self): return False\n"
        "    def append(self, item): self.items.append(item)"
    )
    nb.run("row = Row()\nimport os; os.environ['POLYGLOT_TEST'] = 'there'")
    nb.run("%julia\nrow = py.row; environment = py.os.environ")
    return nb


def test_a_python_sequence_in_julia(row):
    assert row.run("%julia\n(row[begin], row[end], last(row))").result == "(1, 3, 3)"
    assert row.run("%julia\n(keys(row), get(row, 7, :none))").result == "(0:2, :none)"
    assert row.run("%julia\ncollect(pairs(row))").result.endswith("0 => 1\n 1 => 2\n 2 => 3")
    assert row.run("%julia\nlast(push!(row, 4, 5)), length(row)").result == "(5, 5)"
    assert row.run("%julia\nBool(row)").result == "false"


def test_a_python_mapping_in_julia(row):
    shown = row.run('%julia\n(get(environment, "POLYGLOT_TEST", 1), get(environment, "NO", 1))')
    assert shown.result == '("there", 1)'
    assert row.run('%julia\n"POLYGLOT_TEST" in keys(environment)').result == "true"
    assert row.run('%julia\nDict(pairs(environment))["POLYGLOT_TEST"]').result == '"there"'


def test_copies_of_a_python_object_are_pythons(row):
    row.run("%julia\npair = deepcopy((row, row)); shallow = copy(row); push!(row, 4); nothing")
    assert row.run("%julia\n(length(pair[1]), length(shallow))").result == "(3, 4)"
    assert row.run("%julia\npair[1] == pair[2]").result == "true"
    row.run("%julia\npair = nothing; GC.gc(); GC.gc()")
    assert row.run("%julia\nlength(row)").result == "4"


# -- errors --------------------------------------------------------------------------------------


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
