"""Calls and objects that cross between Julia and Python cells of one notebook."""

from __future__ import annotations

import pytest
from languages import both, in_

# -- calls -------------------------------------------------------------------------------------


def test_python_calls_julia(nb):
    nb.run("%julia\nf(x, ys; key = 0) = (x, ys, key)")
    assert nb.run("jl.f(1, [2, 3], key=4)").result == "(1, [2, 3], 4)"
    assert nb.run("jl('xs = [1, 2, 3]; sum(xs .^ 2)')").result == "14"
    assert nb.run("jl.sqrt.broadcast([4.0, 9.0])").result == "array([2., 3.])"
    nb.run("stack = jl('Ref(Int[])'); jl['setindex!'](stack, [5])")
    assert nb.run("stack.x").result == "array([5])"
    nb.run("%julia\nusing LinearAlgebra")
    assert nb.run("import numpy as np\njl.LinearAlgebra.norm(np.array([3.0, 4.0]))").result == "5.0"


def test_julia_calls_python(nb):
    nb.run("import numpy as np\ndef g(x, *more, key=0): return (x, more, key)")
    assert nb.run("%julia\npy.g(1, 2, 3; key = 4)").result == "(1, (2, 3), 4)"
    assert nb.run("%julia\npy.np.linalg.eigvals([2.0 0.0; 0.0 3.0])").result.endswith("2.0\n 3.0")
    assert nb.run('%julia\npyimport("math").factorial(20)').result == "2432902008176640000"


def test_python_code_in_julia_cells(nb):
    assert nb.run('%julia\npy"[n ** 2 for n in range(3)]"').result.endswith("0\n 1\n 4")
    nb.run('%julia\npy"""\ndef twice(x):\n    return 2 * x\n"""')
    assert nb.run("twice(4)").result == "8"
    assert nb.run('%julia\nn = 5; py"twice($n) + $(n + 1)"').result == "16"


def test_calls_nest(nb):
    nb.run("%julia\ndown(f, n) = n == 0 ? 0 : 1 + f(n - 1)")
    nb.run("def down(n): return jl.down(down, n)")
    assert nb.run("down(20)").result == "20"
    assert nb.run("%julia\ndown(py.down, 9)").result == "9"


def test_output_of_the_called_side_is_the_cells(nb):
    nb.run('%julia\nfunction loud(f); println("julia"); f(); println("again"); end')
    cell = nb.run("print('first')\njl.loud(lambda: print('python'))\nprint('last')")
    assert cell.stdout == "first\njulia\npython\nagain\nlast\n"


def test_a_print_may_call_the_other_language_which_prints(nb):
    nb.run('%julia\nprints() = (println("in Julia"); 3)')
    nb.run("class Shown:\n    def __repr__(self): return f'shown {jl.prints()}'\nshown = Shown()")
    cell = nb.run('%julia\nprintln(py.shown)\nwait(@async println("and on"))')
    assert cell.stdout == "in Julia\nshown 3\nand on\n"


def test_the_called_side_can_ask(nb):
    nb.run("%julia\nasks() = readline()")
    assert nb.run("jl.asks() + '!'", answers=["typed"]).result == "'typed!'"
    nb.run("def asks(): return input('? ')")
    assert nb.run("%julia\npy.asks()", answers=["more"]).result == '"more"'


# -- errors ------------------------------------------------------------------------------------


def test_a_julia_error_in_python(nb):
    nb.run("%julia\nstruct Own <: Exception; code::Int; end\nthrower(c) = throw(Own(c))")
    cell = nb.fail("jl.thrower(7)")
    assert cell.error.ename == "JuliaError"
    shown = cell.error.traceback
    assert "Own(7)" in shown and "thrower" in shown and "polyglot_shim" not in shown
    caught = "try: jl.thrower(8)\nexcept jl.Error as e: found = e.julia_type, e.exception.code"
    nb.run(caught)
    assert nb.run("found").result == "('Own', 8)"


def test_a_python_error_in_julia(nb):
    nb.run("def fails(): return {}['absent']")
    cell = nb.fail("%julia\npy.fails()")
    assert cell.error.ename == "PyError"
    shown = cell.error.traceback
    assert "KeyError" in shown and "return {}['absent']" in shown and "bridge" not in shown
    caught = "%julia\ntry py.fails() catch e; (e isa Polyglot.PyError, e.type, e.message) end"
    assert nb.run(caught).result == '(true, "KeyError", "\'absent\'")'


def test_an_error_that_went_through_both_names_its_cause(nb):
    nb.run("%julia\nthrough(f) = f()")
    nb.run("def fails(): raise LookupError('deep')")
    nb.run("try: jl.through(fails)\nexcept jl.Error as e: cause = e.__cause__")
    assert nb.run("repr(cause)").result == "\"LookupError('deep')\""


@both
def test_recursion_through_both_languages_works_or_ends_in_one_clean_error(nb, language):
    nb.run("%julia\nkept = 3\nturns(n) = n == 0 ? 0 : 1 + py.turns(n - 1)")
    nb.run("kept = 3\ndef turns(n): return 0 if n == 0 else 1 + jl.turns(n - 1)")
    assert nb.run(in_(language, "turns(100)")).result == "100"
    cell = nb.fail(in_(language, "turns(100_000)"))
    assert any(name in cell.error.evalue for name in ("RecursionError", "StackOverflowError"))
    assert len(cell.error.evalue) < 1000
    assert len(cell.error.traceback) < 500_000
    assert nb.run("kept").result == nb.run("%julia\nkept").result == "3"


def test_what_cannot_cross_names_itself_and_changes_nothing(nb):
    nb.run("jl.kept = 1")
    error = nb.fail(r"jl.kept = {'k': [0, ('x\udfff',)]}").error
    assert "kept['k'][1][0] (str)" in error.evalue and "surrogate" in error.evalue
    assert nb.run("jl.kept").result == "1"
    nb.run("loop = []; loop.append(loop)")
    assert "kept[0] (list): it contains itself" in nb.fail("jl.kept = loop").error.evalue
    nb.run("%julia\nbad = (a = 1, b = [1, String([0xff])])")
    assert "bad.b[2] (String)" in nb.fail("jl.bad").error.evalue


# -- objects that stay where they are ----------------------------------------------------------


def test_a_julia_object_in_python(nb):
    nb.run(
        "%julia\nmutable struct Box; value; end\n"
        'Base.show(io::IO, ::MIME"text/html", b::Box) = print(io, "<b>", b.value, "</b>")\n'
        "Base.iterate(b::Box, i = 1) = i > 3 ? nothing : (i, i + 1)\n"
        "Base.length(::Box) = 3\nBase.:+(b::Box, n::Int) = Box(b.value + n)\nbox = Box(5)"
    )
    cell = nb.run("box = jl.box; box")
    assert cell.data["text/plain"] == "Box(5)" and cell.data["text/html"] == "<b>5</b>"
    assert (
        nb.run("box.value, list(box), len(box), (box + 2).value").result == "(5, [1, 2, 3], 3, 7)"
    )
    nb.run("box.value = 'changed'")
    assert nb.run("%julia\nbox.value").result == '"changed"'
    assert nb.run("'value' in dir(box), jl.box is jl.box or jl.box == box").result == "(True, True)"
    assert nb.run("jl.identity(box) == box, jl('b -> b === box')(box)").result == "(True, True)"


def test_a_python_object_in_julia(nb):
    nb.run(
        "class Box:\n    def __init__(self, value): self.value = value\n"
        "    def _repr_html_(self): return f'<b>{self.value}</b>'\n"
        "    def __repr__(self): return f'Box({self.value})'\n"
        "    def __len__(self): return 3\n    def __iter__(self): return iter('abc')\n"
        "    def __getitem__(self, key): return key\n"
        "    def __add__(self, other): return Box(self.value + other)\n"
        "    def __call__(self, *a, **k): return a, k\n"
        "box = Box(5)"
    )
    cell = nb.run("%julia\nbox = py.box")
    assert cell.data["text/plain"] == "Box(5)" and cell.data["text/html"] == "<b>5</b>"
    shown = nb.run(
        '%julia\n(box.value, collect(box), length(box), box["k"], (box + 2).value)'
    ).result
    assert shown == '(5, Any["a", "b", "c"], 3, "k", 7)'
    nb.run("%julia\nbox.value = [1, 2]")
    assert nb.run("box.value").result == "array([1, 2])"
    assert nb.run("%julia\n:value in propertynames(box), py.box == box").result == "(true, true)"
    assert nb.run('%julia\npy"lambda b: b is box"(box)').result == "true"


def test_an_object_lives_as_long_as_the_other_side_holds_it(nb):
    nb.run(
        "%julia\nended = Ref(0)\nmutable struct Mortal; end\n"
        "mortal() = finalizer(_ -> (ended[] += 1), Mortal())"
    )
    nb.run("m = jl.mortal()")
    assert nb.run("%julia\nGC.gc(); GC.gc(); ended[]").result == "0"
    nb.run("del m")
    assert nb.run("%julia\nGC.gc(); GC.gc(); ended[]").result == "1"
    nb.run("import weakref\nclass Mortal: pass\nm = Mortal(); w = weakref.ref(m)")
    nb.run("%julia\nm = py.m; nothing")
    assert nb.run("del m; w() is None").result == "False"
    nb.run("%julia\nm = nothing; ans = nothing; GC.gc(); GC.gc(); nothing")
    assert nb.run("w() is None").result == "True"


@pytest.mark.parametrize(
    ("owner", "make", "end", "use"),
    [
        ("julia", "r = jl('Ref(1)')", "%julia\nexit()", "r.x"),
        ("python", "%julia\nr = py.print", "import os; os._exit(1)", "%julia\nr(1)"),
    ],
)
def test_after_a_restart_a_reference_says_so(fresh, owner, make, end, use):
    fresh.run("1")
    fresh.run("%julia\n1")
    fresh.run(make)
    fresh.fail(end)
    assert "restarted" in fresh.fail(use).error.evalue


def test_the_death_of_the_called_side_is_an_error(fresh):
    fresh.run("%julia\ndies() = exit(4)")
    assert "exit code 4" in fresh.fail("jl.dies()").error.evalue
    assert fresh.run("jl.sqrt(4.0)").result == "2.0"


# -- interrupts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("define", "call", "ename", "after"),
    [
        (
            '%julia\nkept = 3; spins() = (println("on"); while true; end)',
            "kept = 4\njl.spins()",
            "KeyboardInterrupt",
            "kept, jl.kept",
        ),
        (
            "kept = 3\ndef spins():\n    print('on')\n    while True: pass",
            "%julia\nkept = 4; py.spins()",
            "InterruptException",
            "jl.kept, kept",
        ),
    ],
    ids=["python waits for julia", "julia waits for python"],
)
def test_an_interrupt_stops_the_innermost_and_unwinds_both(nb, define, call, ename, after):
    nb.run(define)
    cell = nb.submit(call).wait_for_stdout("on")
    nb.interrupt()
    assert cell.wait().error.ename == ename
    assert nb.run(after).result == "(4, 3)"


def test_an_interrupt_of_nested_calls(nb):
    nb.run('%julia\ninto(f, n) = n == 0 ? (println("on"); sleep(100)) : f(n - 1)')
    nb.run("def into(n): return jl.into(into, n)")
    cell = nb.submit("into(3)").wait_for_stdout("on")
    nb.interrupt()
    assert cell.wait().error.ename == "KeyboardInterrupt"
    assert nb.run("jl.sqrt(9.0)").result == "3.0"
    assert nb.run("%julia\npy.abs(-2)").result == "2"


# -- the table of variables, history -----------------------------------------------------------


def test_variables_of_both_languages(nb):
    nb.run("import numpy as np\ntable_py = np.zeros((2, 3)); table_html = '<b>'")
    nb.run("%julia\ntable_jl = [1 2; 3 4]")
    matrix = nb.value("jl('string(Matrix{Int})')").strip("'")  # Array{Int64,2} before Julia 1.6
    for code in ("%variables", "%julia\nPolyglot.variables()"):
        shown = nb.run(code).data
        lines = [line.split() for line in shown["text/plain"].splitlines()]
        assert ["table_py", "Python", "numpy.ndarray", "2\u00d73"] in [line[:4] for line in lines]
        assert ["table_jl", "Julia", matrix, "2\u00d72"] in [line[:4] for line in lines]
        assert "<td style='text-align:left'>table_jl</td>" in shown["text/html"]
        assert "&lt;b&gt;" in shown["text/html"]


def test_history_in_julia_has_the_earlier_cells_of_both(nb):
    first = nb.run("'python cell'").count
    nb.run("%julia\n:julia_cell")
    shown = nb.run("%julia\nstring(Polyglot.history(2))").result
    assert f"{first} => " in shown and "'python cell'" in shown and ":julia_cell" in shown
    assert "history" not in shown


# -- completion --------------------------------------------------------------------------------


def test_completion_of_what_is_in_the_other_language(nb):
    nb.run("%julia\nusing LinearAlgebra\nmutable struct Hull; keel; mast; end\nhull = Hull(1, 2)")
    nb.run("import string\nhull = jl.hull")
    nb.run("dir(jl), dir(hull)")  # Julia has compiled what it takes
    assert nb.complete("jl.hul")["matches"][0].endswith("hull")
    assert nb.complete("hull.ke")["matches"][0].endswith("keel")
    assert nb.complete("x = jl.LinearAlgebra.nor")["matches"][0].endswith("norm")
    answer = nb.complete("%julia\npy.string.ascii_l")
    assert answer["matches"] == ["ascii_letters", "ascii_lowercase"]
    assert (answer["cursor_start"], answer["cursor_end"]) == (17, 24)
    assert "string" in nb.complete("%julia\npy.stri")["matches"]
    nb.run("%julia\ns = py.string; nothing")
    assert nb.complete("%julia\ns.whites")["matches"] == ["whitespace"]


def test_a_question_about_the_other_language_leaves_its_own_questions_alone(nb):
    nb.run("%julia\nmutable struct Slow; end\nslow = Slow(); parted = (field = 1,)")
    nb.run("%julia\nBase.propertynames(::Slow) = (sleep(0.5); [:there])")
    nb.run("slow = jl.slow")
    below = nb.request("complete_request", {"code": "slow.th", "cursor_pos": 7})
    own = nb.request("complete_request", {"code": "%julia\nparted.fie", "cursor_pos": 17})
    assert own.wait().answer["matches"] == ["field"]
    assert [name for name in below.wait().answer["matches"] if name.endswith("there")]


def test_completion_does_not_wait_for_a_busy_language(nb):
    cell = nb.submit('%julia\nprintln("on"); while true; sleep(0.01); end').wait_for_stdout("on")
    assert nb.complete("jl.LinearAlgebra.nor")["status"] == "ok"
    assert not cell.finished
    nb.interrupt()
    cell.wait()
    assert nb.run("jl.sqrt(4.0)").result == "2.0"


def test_completion_of_python_names_does_not_wait_for_busy_python(nb):
    """It hears at once that Python is busy, and does not wait until its limit, a second."""
    nb.run("import os")
    assert "path" in nb.complete("%julia\npy.os.pat")["matches"]
    cell = nb.submit("import time; print('on')\nwhile True: time.sleep(0.01)").wait_for_stdout("on")
    question = nb.request(
        "complete_request", {"code": "%julia\npy.os.pat", "cursor_pos": 17}
    ).wait()
    assert question.answer["matches"] == []
    assert (question.reply["header"]["date"] - question.header["date"]).total_seconds() < 1.0
    nb.interrupt()
    cell.wait()
