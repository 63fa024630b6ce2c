"""Markers, counters, line numbers, results and errors of cells."""

from __future__ import annotations

import os
import re

import pytest
from languages import both, in_
from notebook import Kernel

# -- markers -----------------------------------------------------------------------------------

JULIA = "VERSION isa VersionNumber"
PYTHON = "__import__('sys').version_info.major == 3"


@pytest.mark.parametrize(
    "marker",
    ["%julia\n", "%%julia\n", "%julia ", "%julia\t", "\n\n%julia\n", "  %julia\n", " \t%%julia ",
     "%julia\r\n", "%julia  \n"],
)  # fmt: skip
def test_julia_markers(nb, marker):
    assert nb.run(marker + JULIA).result == "true"


@pytest.mark.parametrize("marker", ["", "%python\n", "%%python\n", "%python ", "\n %python\n"])
def test_python_markers(nb, marker):
    assert nb.run(marker + PYTHON).result == "True"


@pytest.mark.parametrize(
    "marker",
    ["%Julia", "%JULIA", "%%Python", "%julia -x y", "%julia --what", "%julia;1 + 1", "%julia: 1",
     "%python?", "% julia", "%%  python", "%%%julia", "\ufeff%julia", "\n\ufeff%%python"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["polyglot", "polyglot-julia"])
def test_a_wrong_marker_is_told_the_right_one(kernels, name, marker):
    nb = kernels[name]
    nb.run("kept = 1")
    error = nb.fail(f"{marker}\nkept = 2").error
    assert error.ename == "MarkerError"
    assert "write %julia or %python on the cell's first line" in error.evalue
    assert nb.run("kept").result == "1"


@pytest.fixture(scope="module")
def kernels(tmp_path_factory, environment):
    """A notebook on a kernel of each default language."""
    folder = tmp_path_factory.mktemp("markers")
    names = ("polyglot", "polyglot-julia")
    started = {name: Kernel(name, folder / f"{name}.log").start() for name in names}
    yield {name: kernel.connect() for name, kernel in started.items()}
    for kernel in started.values():
        kernel.stop()


@pytest.mark.parametrize("marker", ["%julia", "%%julia", "%python", "%%python"])
@pytest.mark.parametrize("name", ["polyglot", "polyglot-julia"])
def test_a_marker_below_the_first_line_is_told_where_it_belongs(kernels, name, marker):
    nb = kernels[name]
    cell = nb.fail(f"# a comment\n{marker}\nkept = 2")
    assert "on the cell's first line" in cell.answer["evalue"]


@pytest.mark.parametrize("marker", ["%julia", "%%python"])
def test_a_marker_in_a_julia_cell_keeps_it_from_running(nb, marker):
    nb.run("%julia\nkept = 1")
    cell = nb.fail(f"%julia\nkept = 2\n{marker}\nkept = 3")
    assert "on the cell's first line" in cell.error.evalue
    assert nb.run("%julia\nkept").result == "1"


def test_a_marker_below_a_cell_magic(nb):
    assert "on the cell's first line" in nb.submit("%%time\n%%python\n1").wait().stderr


def test_other_percent_lines_belong_to_the_language(nb):
    assert nb.run("%precision 3").result == "'%.3f'"
    nb.run("%precision")
    assert nb.run("%%capture taken\nprint(5)").stdout == ""
    assert nb.run("taken.stdout").result == "'5\\n'"
    assert nb.run("%julia\n7 % 4").result == "3"


def test_a_marker_is_only_one_on_the_first_line(nb):
    assert "%julia" in nb.fail("1\n%julia\n2").stderr
    assert "%%julian" in nb.fail("%%julian\n1").stderr
    assert nb.run("x = '''\n%julia\n'''; x").result == "'\\n%julia\\n'"


def test_input_shows_the_cell_as_it_was_sent(nb):
    cell = nb.run("%julia 1 + 1")
    assert [m["content"]["code"] for m in cell.iopub if "code" in m["content"]] == ["%julia 1 + 1"]


# -- one counter -------------------------------------------------------------------------------


def test_one_counter_for_both_languages(nb):
    first = nb.run("1").count
    assert nb.run("%julia\n1").count == first + 1
    assert nb.fail("%julia\nerror()").count == first + 2
    assert nb.fail("1/0").count == first + 3
    assert nb.fail("%Julia").count == first + 4
    assert nb.run("1").count == first + 5


# -- Python ------------------------------------------------------------------------------------


def test_python_results(nb):
    assert nb.run("1; 2").result == "2"
    assert nb.run("3;").result is None
    assert nb.run("None").result is None
    nb.run("[1, 2]")
    assert nb.run("_").result == "[1, 2]"
    count = nb.run("'kept'").count
    assert nb.run(f"Out[{count}]").result == "'kept'"
    assert nb.run(f"In[{count}]").result == repr("'kept'")


def test_python_top_level_await(nb):
    assert nb.run("import asyncio\nawait asyncio.sleep(0, 'done')").result == "'done'"


def test_python_help_is_a_payload(nb):
    payload = nb.run("len?").answer["payload"]
    assert payload[0]["source"] == "page" and "len" in payload[0]["data"]["text/plain"]


def test_python_exit_asks_the_client(launch):
    nb = launch().connect()
    assert nb.run("exit").answer["payload"][0]["source"] == "ask_exit"
    assert nb.run("1").result == "1"


def test_python_shell_commands(nb):
    assert "shell says é" in nb.run("!echo shell says é").stdout
    assert nb.run("lines = !printf 'a\\nb\\n'\nlist(lines)").result == "['a', 'b']"


def test_python_tracebacks_name_the_line_of_the_cell(nb):
    error = nb.fail("\n%python\nx = 1\n\nraise ValueError('é')").error
    assert (error.ename, error.evalue) == ("ValueError", "é")
    assert re.search(r"line 5|----> 5 ", error.traceback), error.traceback
    assert "executor" not in error.traceback
    assert any("\x1b[" in line for line in error.lines), "no colours"


def test_python_syntax_errors(nb):
    error = nb.fail("%python\n\nif x\n  pass").error
    assert error.ename == "SyntaxError"
    assert "line 3" in error.traceback


def test_python_errors_in_functions_of_earlier_cells(nb):
    nb.run("%python\n\ndef deep():\n    return 1 / 0")
    error = nb.fail("deep()").error
    assert error.ename == "ZeroDivisionError"
    assert "return 1 / 0" in error.traceback and "deep()" in error.traceback


def test_python_main_is_the_users(nb):
    assert nb.run("__name__").result == "'__main__'"
    assert nb.run("class C: pass\nimport pickle; type(pickle.loads(pickle.dumps(C())))").result
    assert nb.run("import sys; sys.argv[1:]").result == "[]"


# -- Julia -------------------------------------------------------------------------------------


def test_julia_results(nb):
    assert nb.run("%julia\n1; 2").result == "2"
    assert nb.run("%julia\n3;").result is None
    assert nb.run("%julia\n3; # a comment").result is None
    assert nb.run('%julia\n"a;"').result == '"a;"'
    assert nb.run("%julia\nnothing").result is None
    assert nb.run("%julia\n[1, 2]").result == "2-element Array{Int64,1}:\n 1\n 2" or nb.run(
        "%julia\n[1, 2]"
    ).result.startswith("2-element Vector{Int64}:")
    nb.run("%julia\n6 * 7")
    assert nb.run("%julia\nans").result == "42"
    count = nb.run('%julia\n"kept"').count
    assert nb.run(f"%julia\nOut[{count}]").result == '"kept"'
    assert "kept" in nb.run(f"%julia\nIn[{count}]").result


def test_julia_soft_scope(nb):
    nb.run("%julia\ntotal = 0\nfor i in 1:4\n    total += i\nend")
    assert nb.run("%julia\ntotal").result == "10"


def test_julia_runs_a_cell_expression_by_expression(nb):
    code = "macro twice(x) :(2 * $(esc(x))) end\n@twice 21"
    assert nb.run(in_("julia", code)).result == "42"
    assert nb.run("%julia\nusing Statistics\nmean([1, 3])").result == "2.0"
    assert nb.run("%julia\nf(x) = 1\na = f(0)\nf(x) = 2\n(a, f(0))").result == "(1, 2)"


def test_julia_is_safe_for_world_age(nb):
    code = 'struct Shown end\nBase.show(io::IO, ::Shown) = print(io, "shown")\nShown()'
    assert nb.run(in_("julia", code)).result == "shown"


def test_julia_keeps_what_came_before_an_error(nb):
    cell = nb.fail('%julia\nbefore = 5\nprintln("printed")\nerror("é")\nbefore = 6')
    assert cell.outputs == [("stdout", "printed\n"), ("error", "ErrorException")]
    assert cell.error.evalue == "é"
    assert nb.run("%julia\nbefore").result == "5"


@pytest.mark.parametrize(
    ("code", "ename"),
    [
        ('error("x")', "ErrorException"),
        ("undefined_name", "UndefVarError"),
        ("sqrt(-1)", "DomainError"),
        ("1 ÷ 0", "DivideError"),
        ("[1][2]", "BoundsError"),
        ("sin()", "MethodError"),
        ("throw(5)", "Int64"),
        ("@no_such_macro 1", "UndefVarError"),
    ],
)
def test_julia_errors_have_their_own_names(nb, code, ename):
    error = nb.fail(in_("julia", code)).error
    assert error.ename == ename
    assert "LoadError" not in error.traceback.splitlines()[0]


def test_julia_tracebacks_are_clean(nb):
    nb.run('%julia\n\nfunction deep(x)\n    error("inside")\nend')
    error = nb.fail("%julia\ny = 1\n\ndeep(1)").error
    assert re.search(r"deep\(.*\)[^\n]*(\n[^\n]*)?:4\b", error.traceback), error.traceback
    assert re.search(r":4\b", error.traceback.split("deep", 1)[1]), error.traceback
    for hidden in ("include_string", "PolyglotKernel", "executor", "eval("):
        assert hidden not in error.traceback
    assert any("\x1b[" in line for line in error.lines), "no colours"


@pytest.mark.parametrize("code", ["f(", "1 +* 2", "end", "x = [1, 2", '"open'])
def test_julia_parse_errors_name_the_line(nb, code):
    error = nb.fail(f"%julia\nkept = 1\n{code}").error
    assert error.ename in ("ParseError", "ErrorException")
    assert re.search(r"(:|line )3\b", error.traceback), error.traceback


def test_julia_err_holds_the_last_error(nb):
    nb.fail('%julia\nerror("held")')
    assert "held" in nb.run("%julia\nerr").result


def test_julia_starts_in_the_users_project(launch, tmp_path):
    (tmp_path / "Project.toml").write_text('name = "Mine"\n')
    project = str(tmp_path / "Project.toml")
    nb = launch(env={"JULIA_PROJECT": str(tmp_path)}).connect()
    assert nb.run("%julia\nprint(Base.active_project())").stdout == project
    assert "PolyglotKernel" not in nb.run("%julia\nprint(names(Main))").stdout
    assert "olyglot" not in nb.run("%julia\nprint(Base.load_path(), LOAD_PATH)").stdout
    assert nb.run('%julia\nprint(any(startswith("POLYGLOT_MARK"), keys(ENV)))').stdout == "false"


def test_a_failing_display_is_an_error_and_no_more(nb):
    code = 'struct Bad end\nBase.show(io::IO, ::Bad) = error("no show")\nBad()'
    assert "no show" in nb.fail(in_("julia", code)).error.evalue
    code = "class Bad:\n    def __repr__(self): raise RuntimeError('no repr')\nBad()"
    assert nb.fail(code).error.evalue == "no repr"
    assert nb.run("1").result == nb.run("%julia\n1").result == "1"


# -- both --------------------------------------------------------------------------------------


@both
def test_unicode_everywhere(nb, language):
    text = "é € 🎉 e\u0301 \u2028 \x7f"
    cell = nb.run(
        in_(
            language,
            f'π = "{text}"; println(π)' if language == "julia" else (f'π = "{text}"; print(π)'),
        )
    )
    assert cell.stdout == text + "\n"
    length = "length(π)" if language == "julia" else "len(π)"
    assert nb.run(in_(language, length)).result == str(len(text))


@both
def test_carriage_returns_and_nul_characters_are_kept(nb, language):
    code = 'print("a\\rb\\r\\nc\\0d\\ve\\n")'
    assert nb.run(in_(language, code)).stdout.rstrip("\n") == "a\rb\r\nc\0d\ve"


@both
def test_the_environment_is_the_users(nb, language, monkeypatch):
    code = (
        "import os; print([k for k in os.environ if k.startswith('POLYGLOT_')])"
        if language == "python"
        else 'print([k for k in keys(ENV) if startswith(k, "POLYGLOT_")])'
    )
    shown = nb.run(in_(language, code)).stdout
    for name in ("MARK", "LD_LIBRARY_PATH", "JULIA_BINDIR", "OPENBLAS"):
        assert f"POLYGLOT_{name}" not in shown


def test_julias_openblas_does_not_slow_numpy(nb):
    """Julia sets it for itself; newer ones set the number of threads, too."""
    ours = sorted(name for name in os.environ if "BLAS" in name)
    assert nb.value("sorted(k for k in __import__('os').environ if 'BLAS' in k)") == repr(ours)


@both
def test_variables_stay(nb, language):
    nb.run(in_(language, "kept_number = 41"))
    assert nb.run(in_(language, "kept_number + 1")).result == "42"


@both
def test_a_subprocess_has_no_input(nb, language):
    """Descriptor 0 is empty: what reads it ends at once, and does not wait for ever."""
    code = "import subprocess; subprocess.run(['cat'])" if language == "python" else "run(`cat`)"
    assert nb.run(in_(language, code)).stdout == ""
