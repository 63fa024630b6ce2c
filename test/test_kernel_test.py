# ruff: noqa: RUF012  (the suite wants plain class attributes)
"""jupyter_kernel_test, the community's own suite, once for each language: no test is skipped."""

from __future__ import annotations

import jupyter_kernel_test as suite
import pytest

pytestmark = pytest.mark.usefixtures("environment")


class TestPythonCells(suite.KernelTests):
    kernel_name = "polyglot"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = [
        {"text": "zi", "matches": {"zip"}},
        {"text": "str.isalp", "matches": {"isalpha"}},
    ]
    complete_code_samples = ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n"]
    incomplete_code_samples = ["print('''hello", "def f(x):\n  x*2", "for i in range(3):"]
    invalid_code_samples = ["import = 7q", ")"]
    code_page_something = "zip?"
    code_generate_error = "raise ValueError"
    code_execute_result = [
        {"code": "6*7", "result": "42"},
        {"code": "list(range(3))", "result": "[0, 1, 2]"},
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "'é'", "result": "'é'"},
    ]
    code_display_data = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>x</b>'))",
         "mime": "text/html"},
        {"code": "from IPython.display import Math, display; display(Math('x'))",
         "mime": "text/latex"},
    ]  # fmt: skip
    code_history_pattern = "1?+?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"


class TestJuliaCells(suite.KernelTests):
    kernel_name = "polyglot-julia"
    language_name = "julia"
    file_extension = ".jl"
    code_hello_world = 'println("hello, world")'
    code_stderr = 'println(stderr, "test")'
    completion_samples = [
        {"text": "printl", "matches": {"println"}},
        {"text": "\\alph", "matches": {"\\alpha"}},
        {"text": "Base.isidentifi", "matches": {"isidentifier"}},
    ]
    complete_code_samples = ["1", 'println("hello, world")', "f(x) = 2x", "for i in 1:3 end"]
    incomplete_code_samples = ["f(x", "for i in 1:3", 'x = """a', "begin"]
    invalid_code_samples = ["1 +* 2", "end", ")"]
    # Julia's help is an output of the cell; the pager is Python's.
    code_page_something = "%python zip?"
    code_generate_error = 'error("x")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"é"', "result": '"é"'},
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "collect(1:2)[1]", "result": "1"},
    ]
    code_display_data = [
        {"code": 'display("text/html", "<b>x</b>")', "mime": "text/html"},
        {"code": 'display("x")', "mime": "text/plain"},
    ]
    code_history_pattern = "1?+?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "zip"
    code_clear_output = "Polyglot.clear_output()"


class TestWelcome(suite.IopubWelcomeTests):
    kernel_name = "polyglot"
    support_iopub_welcome = True
