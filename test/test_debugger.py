"""The debugger of Python cells: what a front end's panel asks for, and what it gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from debugger import CELL, Debugger
from ipykernel.compiler import murmur2_x86
from notebook import Notebook
from polyglot_shim.executor.cells.murmur2 import SEED, murmur2

CHECKOUT = Path(__file__).resolve().parent.parent


def test_the_kernel_says_that_it_has_one(nb: Notebook) -> None:
    assert nb.info["debugger"] is True
    assert "debugger" in nb.info["supported_features"]
    for file in (CHECKOUT / "kernelspec").glob("*/kernel.json"):
        assert json.loads(file.read_text())["metadata"]["debugger"] is True


def test_a_notebook_that_does_not_debug_pays_nothing(fresh: Notebook) -> None:
    """Nor does a front end that looks whether somebody does."""
    fresh.run("import sys, threading")
    assert fresh.value("[m for m in sys.modules if 'debugging.commands' in m]") == "[]"
    assert "polyglot-debug" not in fresh.value("[t.name for t in threading.enumerate()]")
    info = Debugger(fresh).ask("debugInfo")
    assert info["isStarted"] is False
    assert info["stoppedThreads"] == info["breakpoints"] == []
    assert fresh.value("'debugpy' in sys.modules or sys.gettrace() is not None") == "False"
    assert Debugger(fresh).respond("threads")["success"] is False  # no session is under way
    assert fresh.value("'debugpy' in sys.modules") == "False"


def test_the_names_of_cells_are_jupyters() -> None:
    """A front end computes them: MurmurHash2 of the cell's text."""
    for text in ("", "a", "ab", "abc", "x = 1\n" * 300, "λ = 'Größe'"):
        assert murmur2(text) == murmur2_x86(text, SEED)


def test_the_file_of_a_cell_holds_it_as_it_is_written(nb: Notebook) -> None:
    source = "%python\n%time x = 1\n(lambda: x).__code__.co_filename"
    assert nb.run(source).result == repr(Debugger(nb).ask("dumpCell", code=source)["sourcePath"])
    path = Debugger(nb).ask("dumpCell", code=source)["sourcePath"]
    assert Debugger(nb).ask("source", source={"path": path})["content"] == source


def test_a_session_can_be_ended_and_begun_again(nb: Notebook) -> None:
    debugger = Debugger(nb)
    for _ in range(2):
        capabilities = debugger.start()
        assert "exceptionBreakpointFilters" in capabilities
        assert debugger.ask("debugInfo")["isStarted"] is True
        debugger.break_at(CELL, 3)
        cell = nb.submit(CELL)
        debugger.wait_for_stop()
        debugger.stop()
        assert cell.wait().stdout == "6\n"
        debugger.wait_for_event("terminated")
        assert nb.run(CELL).stdout == "6\n"
        assert debugger.ask("debugInfo")["isStarted"] is False
        assert nb.value("__import__('sys').gettrace() is None") == "True"


@pytest.mark.parametrize("marker", ["", "%python\n", "\n%%python\n", "\n\n"])
def test_breakpoint_in_a_cell(nb: Notebook, debugger: Debugger, marker: str) -> None:
    """Lines count as in the cell, its marker included."""
    source = marker + CELL
    line = source.count("\n", 0, source.index("c = ")) + 1
    assert debugger.break_at(source, line)[0]["verified"]
    cell = nb.submit(source)
    debugger.wait_for_stop()
    assert debugger.ask("debugInfo")["stoppedThreads"] == [debugger.thread]
    top = debugger.frames[0]
    assert (top["line"], top["name"]) == (line, "<module>")
    assert top["source"]["path"] == debugger.ask("dumpCell", code=source)["sourcePath"]
    variables = debugger.locals()
    assert (variables["a"], variables["b"]) == ("1", "2")
    debugger.resume("continue")
    debugger.wait_for_event("continued")
    assert cell.wait().stdout == "6\n"


def test_only_the_users_frames_are_shown(nb: Notebook, debugger: Debugger) -> None:
    debugger.break_at(CELL, 2)
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    assert [frame["name"] for frame in debugger.frames] == ["<module>"]
    debugger.resume("continue")
    cell.wait()


def test_a_function_of_an_earlier_cell(fresh: Notebook) -> None:
    """It was defined before anybody debugged."""
    definition = "%python\ndef double(x):\n    y = 2 * x\n    return y"
    fresh.run(definition)
    debugger = Debugger(fresh)
    debugger.start()
    debugger.break_at(definition, 4)
    cell = fresh.submit("double(21)")
    debugger.wait_for_stop()
    assert debugger.locals() == {"x": "21", "y": "42"}
    assert [frame["name"] for frame in debugger.frames] == ["double", "<module>"]
    debugger.resume("continue")
    assert cell.wait().result == "42"


def test_breakpoint_in_an_imported_file(nb: Notebook, debugger: Debugger, tmp_path: Path) -> None:
    module = tmp_path / "halves.py"
    module.write_text("def half(x):\n    y = x / 2\n    return y\n")
    nb.run(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import halves")
    debugger.break_in(str(module), 3)
    cell = nb.submit("halves.half(10)")
    debugger.wait_for_stop()
    assert debugger.locals() == {"x": "10", "y": "5.0"}
    debugger.ask(
        "copyToGlobals",
        srcVariableName="y",
        dstVariableName="kept",
        srcFrameId=debugger.frames[0]["id"],
    )
    assert debugger.ask("source", source={"path": str(module)})["content"] == module.read_text()
    modules = debugger.ask("modules")["modules"]
    assert str(module) in [each["path"] for each in modules]
    debugger.resume("continue")
    cell.wait()
    assert nb.value("kept") == "5.0"


def test_steps(nb: Notebook, debugger: Debugger) -> None:
    code = "def f(x):\n    return x + 1\na = f(1)\nb = f(2)\nprint(a, b)"
    debugger.break_at(code, 3)
    cell = nb.submit(code)
    debugger.wait_for_stop()
    for command, line in (("stepIn", 2), ("stepOut", 3), ("next", 4), ("next", 5)):
        debugger.resume(command)
        debugger.wait_for_stop("step")
        assert debugger.line == line, command
    debugger.resume("next")
    assert cell.wait().stdout == "2 3\n"
    assert nb.run("print('the next cell')\nprint('is not stepped')").status == "ok"


def test_a_step_into_a_package(nb: Notebook, debugger: Debugger) -> None:
    code = "import jsonpointer\nprint(jsonpointer.resolve_pointer({'a': 1}, '/a'))"
    debugger.break_at(code, 2)
    cell = nb.submit(code)
    debugger.wait_for_stop()
    debugger.resume("stepIn")
    debugger.wait_for_stop("step")
    assert debugger.frames[0]["source"]["path"].endswith("jsonpointer.py")
    debugger.resume("stepOut")
    debugger.wait_for_stop("step")
    debugger.resume("continue")
    assert cell.wait().stdout == "1\n"


def test_a_step_into_the_standard_library_steps_over(nb: Notebook, debugger: Debugger) -> None:
    """IPython is at home there, too: a step out of a cell would end in it."""
    code = "import colorsys\ncolorsys.rgb_to_hsv(0, 0, 0)\nprint('next')"
    debugger.break_at(code, 2)
    cell = nb.submit(code)
    debugger.wait_for_stop()
    debugger.resume("stepIn")
    debugger.wait_for_stop("step")
    assert (debugger.line, len(debugger.frames)) == (3, 1)
    debugger.resume("continue")
    cell.wait()


def test_only_the_users_code_on_request(nb: Notebook) -> None:
    debugger = Debugger(nb)
    debugger.start(justMyCode=True)
    code = "import jsonpointer\njsonpointer.resolve_pointer({'a': 1}, '/a')\nprint('next')"
    debugger.break_at(code, 2)
    cell = nb.submit(code)
    debugger.wait_for_stop()
    debugger.resume("stepIn")
    debugger.wait_for_stop("step")
    assert debugger.line == 3
    debugger.resume("continue")
    cell.wait()
    debugger.stop()


def test_evaluate_and_set_variables(nb: Notebook, debugger: Debugger) -> None:
    debugger.break_at(CELL, 3)
    cell = nb.submit(CELL)
    debugger.wait_for_stop()
    assert debugger.evaluate("a + b") == "3"
    frame = debugger.frames[0]["id"]
    debugger.ask("setExpression", expression="b", value="39", frameId=frame)
    assert debugger.evaluate("b") == "39"
    unknown = {"expression": "nothing", "frameId": frame, "context": "repl"}
    assert debugger.respond("evaluate", **unknown)["success"] is False
    debugger.resume("continue")
    assert cell.wait().stdout == "80\n"


def test_a_condition(nb: Notebook, debugger: Debugger) -> None:
    code = "for i in range(10):\n    j = i\nprint(j)"
    path = debugger.ask("dumpCell", code=code)["sourcePath"]
    breakpoints = [{"line": 2, "condition": "i == 7"}]
    debugger.ask("setBreakpoints", source={"path": path}, breakpoints=breakpoints)
    cell = nb.submit(code)
    debugger.wait_for_stop()
    assert debugger.locals()["i"] == "7"
    debugger.resume("continue")
    cell.wait()


def test_break_on_exceptions(nb: Notebook, debugger: Debugger) -> None:
    debugger.ask("setExceptionBreakpoints", filters=["raised"])
    cell = nb.submit("x = 0\n1 / x")
    debugger.wait_for_stop("exception")
    assert debugger.line == 2
    debugger.ask("setExceptionBreakpoints", filters=[])
    debugger.resume("continue")
    assert cell.wait().error.ename == "ZeroDivisionError"


ORDINARY = (
    *("1", "%lsmagic", "x?", "%%time\n1", "jl.x = 3\njl.x", "class A:\n    pass\nA()"),
    *("import fractions\nfractions.Fraction(1, 3)", "await __import__('asyncio').sleep(0)"),
)


def test_exceptions_of_ipython_stop_nothing(nb: Notebook, debugger: Debugger) -> None:
    """It raises and catches many for each cell."""
    debugger.ask("setExceptionBreakpoints", filters=["raised", "uncaught"])
    for code in ORDINARY:
        nb.run(code)
    nb.fail("1 +")
    debugger.ask("setExceptionBreakpoints", filters=[])


def test_variables_while_nothing_stands(nb: Notebook, debugger: Debugger) -> None:
    nb.run("text = 'word'; numbers = [1, 2, [3, 4]]; _private = 5")
    found = {v["name"]: v for v in debugger.ask("inspectVariables")["variables"]}
    assert found["text"]["value"] == "'word'"
    assert found["text"]["type"] == "str"
    assert "_private" in found
    assert not {"In", "Out", "_i", "_i1", "get_ipython", "exit", "_oh", "__name__"} & set(found)
    inside = debugger.variables(found["numbers"]["variablesReference"])
    assert (inside["0"], inside["2"]) == ("1", "[3, 4]")


def test_variables_as_a_cell_would_show_them(nb: Notebook, debugger: Debugger) -> None:
    nb.run("class Rich:\n    def _repr_html_(self):\n        return '<b>rich</b>'\nrich = Rich()")
    shown = debugger.ask("richInspectVariables", variableName="rich")
    assert shown["data"]["text/html"] == "<b>rich</b>"
    code = "def f():\n    local = Rich()\n    return 1\nf()"
    debugger.break_at(code, 3)
    cell = nb.submit(code)
    debugger.wait_for_stop()
    frame = debugger.frames[0]["id"]
    shown = debugger.ask("richInspectVariables", variableName="local", frameId=frame)
    assert shown["data"]["text/html"] == "<b>rich</b>"
    assert (
        debugger.respond("richInspectVariables", variableName="f(", frameId=frame)["success"]
        is False
    )
    debugger.resume("continue")
    cell.wait()


def test_requests_that_make_no_sense(nb: Notebook, debugger: Debugger) -> None:
    assert debugger.respond("noSuchCommand")["success"] is False
    assert debugger.respond("dumpCell")["success"] is False
    assert debugger.respond("variables", variablesReference=987654)["success"] is False
    assert debugger.ask("debugInfo")["isStarted"] is True
