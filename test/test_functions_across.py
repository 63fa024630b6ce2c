"""A function is a function on the other side."""

from __future__ import annotations

from pathlib import Path

from languages import in_
from notebook import Notebook


def test_pythons_functions_are_julias_where_julia_asks_for_one(nb: Notebook) -> None:
    code = """
    def odd(n): return n % 2 == 1
    def twice(n): return 2 * n
    def one(): return 1
    """
    nb.run(in_("python", code))
    code = """
    takes(f::Function, x) = f(x)
    @show findall(py.odd, [1, 2, 3]) takes(py.twice, 2) get!(py.one, Dict("b" => 2), "a")
    @show map(py.twice, [1, 2]) filter(py.odd, [1, 2]) sort([3, 1]; by=py.twice)
    @show [1, 2] .|> py.twice py.twice.([1, 2]);
    """
    cell = nb.run(in_("julia", code))
    assert cell.error is None
    assert "findall(py.odd, [1, 2, 3]) = [1, 3]" in cell.stdout
    assert cell.stdout.count("[2, 4]") == 3
    assert nb.run("jl.findall(odd, jl('[1, 2, 3]')).tolist()").result == "[1, 3]"


def test_pythons_functions_are_called_by_julias(nb: Notebook, tmp_path: Path) -> None:
    """Where Julia has a do-block, Python gives the function first."""
    file = tmp_path / "text"
    file.write_text("a\nb\n")
    nb.run(f"import os; file, folder = {str(file)!r}, {str(tmp_path)!r}")
    assert nb.run("jl.open(lambda io: jl.read(io, jl.String), file)").result == r"'a\nb\n'"
    assert nb.run("os.path.samefile(jl.cd(lambda: jl.pwd(), folder), folder)").result == "True"
    nb.run("rung = []\ndef ring(timer): rung.append(1)")
    nb.run(in_("julia", "timer = Timer(py.ring, 0.01)\nwhile isempty(py.rung) sleep(0.01) end"))
    nb.run("other = jl.Timer(ring, 0.01)")
    nb.run(in_("julia", "while length(py.rung) < 2 sleep(0.01) end"))


def test_julias_functions_have_what_pythons_have(nb: Notebook) -> None:
    nb.run(in_("julia", '"Adds a step."\nstep(x, by; times=1) = x + by * times'))
    code = """
    import functools, inspect
    f = jl.step
    print(f.__name__, f.__qualname__, inspect.signature(f))
    wrapped = functools.wraps(f)(lambda *args: f(*args))
    print(wrapped.__name__, "Adds a step." in wrapped.__doc__, "Adds a step." in inspect.getdoc(f))
    print(hasattr(f, "__wrapped__"), jl("x -> x^2").__name__, inspect.signature(jl.sin))
    """
    cell = nb.run(code)
    assert cell.stdout.splitlines() == [
        "step step (x, by, *, times=Ellipsis)",
        "step True True",
        "False <lambda> (*args, **kwargs)",
    ]


def test_python_may_name_the_parameters_of_a_julia_function(nb: Notebook) -> None:
    assert nb.run('jl("x -> x^2")(x=3)').result == "9"
    assert nb.run('jl("(x, y) -> x - y")(y=1, x=3)').result == "2"
    assert nb.run('jl("(x; k=1) -> x * k")(2, k=3)').result == "6"


def test_iterators_without_a_length(nb: Notebook) -> None:
    code = "list(jl('(x for x in 1:9 if isodd(x))')), sorted(jl('eachline(IOBuffer(\"b\\na\"))'))"
    assert nb.run(code).result == "([1, 3, 5, 7, 9], ['a', 'b'])"
    odd = "jl('(x for x in 1:5 if isodd(x))')"
    code = f"import numpy as np\ntuple({odd}), np.fromiter({odd}, dtype=float).tolist()"
    assert nb.run(code).result == "((1, 3, 5), [1.0, 3.0, 5.0])"
    code = "list(jl.Channel(jl('c -> (put!(c, 1); put!(c, 2))')))"
    assert nb.run(code).result == "[1, 2]"
    nb.run("def numbers():\n    yield 1\n    yield 2")
    assert nb.run(in_("julia", "print(collect(py.numbers()))")).stdout == "Any[1, 2]"


def test_names_that_pythons_parser_normalises(nb: Notebook) -> None:
    nb.run(in_("julia", "ϵ = 1"))
    assert nb.run("jl.ϵ").result == "1"
    nb.run("jl.ϵ = 2")
    assert nb.run(in_("julia", "ϵ")).result == "2"
    nb.run(in_("julia", "py.ℓ = 3"))
    assert nb.run("ℓ").result == "3"
    nb.run(in_("julia", "𝐱 = 1"))
    nb.run("jl.𝐱 = 4")
    assert nb.run(in_("julia", "𝐱, @isdefined(x)")).result == "(4, false)"


def test_names_that_julias_parser_normalises(nb: Notebook) -> None:
    """The micro sign of keyboards (U+00B5) is the Greek letter in Julia, as in Python."""
    nb.run("\u00b5 = 1")
    nb.run(in_("julia", "before = \u03bc").replace("%julia", "%julia -i \u00b5", 1))
    assert nb.run(in_("julia", "before, \u00b5")).result == "(1, 1)"
    nb.run(in_("julia", "\u00b5 = 2").replace("%julia", "%julia -o \u00b5", 1))
    assert nb.run("\u03bc, \u00b5, jl.\u00b5, jl['\u00b5']").result == "(2, 2, 2, 2)"
    nb.run("jl['\u00b5'] = 3")
    assert nb.run(in_("julia", "\u03bc")).result == "3"


def test_a_function_in_the_place_of_what_is_looked_into(nb: Notebook) -> None:
    """`get(f, collection, key)` calls `f` where there is no such key."""
    nb.run("def default(): return 7")
    for code in ("Dict(1 => 2)", "Dict()", "(a=1,)", "ENV", "IdDict()"):
        found = nb.run(
            in_(
                "julia",
                f"get(py.default, {code}, :missing_key)"
                if code != "ENV"
                else 'get(py.default, ENV, "NO_SUCH_VARIABLE")',
            )
        )
        assert found.result == "7"
    assert (
        nb.run("jl.get(default, {'a': 1}, 'a'), jl.get(default, {'a': 1}, 'b')").result == "(1, 7)"
    )
    assert nb.run(in_("julia", 'get(py.dict(a=1), "b", 5)')).result == "5"


def test_parameters_with_a_default_may_be_named(nb: Notebook) -> None:
    nb.run(in_("julia", "scaled(a, b=2; by=1) = (a + b) * by"))
    calls = [
        "(1)",
        "(a=1)",
        "(1, b=3)",
        "(a=1, b=3)",
        "(b=3, a=1)",
        "(a=1, by=2)",
        "(1, b=3, by=2)",
    ]
    assert nb.run(", ".join(f"jl.scaled{call}" for call in calls)).result == "(3, 3, 4, 4, 4, 6, 8)"
    assert "no method" in nb.fail("jl.scaled(1, c=3)").error.evalue
    nb.run("from ipywidgets import interact")
    assert nb.run("interact(jl.scaled, a=(1, 3));").displays[0]["text/plain"] == "4"


def test_pandas_takes_a_function_for_one(nb: Notebook) -> None:
    nb.run("import pandas as pd\nfrom collections.abc import Iterable\ns = pd.Series([1, -2])")
    for call in ("s.apply(jl.abs)", "s.map(jl.abs)", "s.to_frame().x.apply(jl.abs)"):
        call = call.replace("to_frame()", "to_frame('x')")
        assert nb.run(f"{call}.tolist()").result == "[1, 2]"
    assert nb.run("isinstance(jl.abs, Iterable), int(s.agg(jl.sum))").result == "(False, -1)"
    assert "TypeError" in nb.run("try: iter(jl.abs)\nexcept TypeError as e: print(repr(e))").stdout


def test_an_iterator_of_iterators(nb: Notebook) -> None:
    assert nb.run("list(jl('Iterators.flatten([1:2, 3:3])'))").result == "[1, 2, 3]"
    assert nb.run("sorted(jl('Iterators.flatten(((4, 5), 1:1))'))").result == "[1, 4, 5]"


def test_a_function_without_a_name_has_no_docstring(nb: Notebook) -> None:
    assert nb.run("print(jl('x -> x').__doc__)").stdout == "None\n"
    assert "sine" in nb.run("print(jl.sin.__doc__)").stdout


def test_help_across_languages(nb: Notebook) -> None:
    nb.run('def tell(x):\n    "Tells x."\nimport math')
    (help,) = nb.run(in_("julia", "?py.tell")).displays
    assert "Tells x." in help["text/plain"] and "tell(x)" in help["text/plain"]
    nb.run(in_("julia", 'maths = pyimport("math")'))
    (help,) = nb.run(in_("julia", "?maths.sqrt")).displays
    assert "square root" in help["text/plain"]


def test_help_by_a_name_that_python_alone_has(nb: Notebook) -> None:
    nb.run("import math")
    (help,) = nb.run(in_("julia", "?math.sqrt")).displays
    assert "square root" in help["text/plain"]
    assert "UndefVarError" in nb.fail(in_("julia", "?neither.sqrt")).error.traceback


def test_interact_takes_a_julia_function(nb: Notebook) -> None:
    shown = nb.run('from ipywidgets import interact; interact(jl("x -> x^2"), x=(0, 3));').displays
    assert any("widget-view" in mime for bundle in shown for mime in bundle)
    code = 'pyimport("ipywidgets").interact(x -> x^2, x=(0, 3));'
    shown = nb.run(in_("julia", code)).displays
    assert any("widget-view" in mime for bundle in shown for mime in bundle)


def test_an_attribute_that_julia_has_not_is_an_attribute_error(nb: Notebook) -> None:
    code = """
    try: jl.sin.widget = 1
    except AttributeError as error: print(type(error).__name__)
    """
    assert nb.run(code).stdout == "JuliaError\n"


def test_tracebacks_have_the_users_frames_through_any_number_of_crossings(nb: Notebook) -> None:
    nb.run("def divide(x): return 1 / x\ndef relay(x): return jl.back(divide, x)")
    nb.run(in_("julia", "back(f, x) = f(x)\nforth(x) = py.relay(x)"))
    for code in ("jl.forth(0)", in_("julia", "forth(0)")):
        text = nb.fail(code).error.traceback
        assert "divide" in text and "relay" in text and "back" in text and "forth" in text
        assert "executor/bridge" not in text and "executor/pipes" not in text
