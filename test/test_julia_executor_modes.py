"""The modes of the REPL in Julia cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor, python_executor
from julia_pipes import julia_executor, plain


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    home = tmp_path_factory.mktemp("home")
    (home / "folder").mkdir()
    with julia_executor(home, SHELL="/bin/sh") as executor:
        yield executor


def help_of(julia: PipedExecutor, code: str) -> dict:
    (bundle,) = julia.run(code).displays
    return bundle


def test_help_is_rendered(julia: PipedExecutor) -> None:
    bundle = help_of(julia, "?joinpath")
    assert "Join path components" in plain(bundle["text/plain"])
    assert "<code>joinpath" in bundle["text/html"]
    assert "joinpath" in bundle["text/markdown"]


def test_comments_may_stand_above(julia: PipedExecutor) -> None:
    assert (
        "Join path" in help_of(julia, "# a remark\n\n#= and\nanother =#\n  ?joinpath")["text/html"]
    )


def test_help_of_what_a_cell_defines(julia: PipedExecutor) -> None:
    julia.run('"doubles it"\ntwice(x) = 2x')
    assert "doubles it" in help_of(julia, "?twice")["text/plain"]
    assert "Removes the output" in plain(help_of(julia, "?Polyglot.clear_output")["text/plain"])
    assert "for" in help_of(julia, "?for")["text/markdown"]
    assert "@time" in help_of(julia, "?@time")["text/markdown"]


def test_help_searches(julia: PipedExecutor) -> None:
    assert "joinpath" in help_of(julia, '?"path components"')["text/plain"]
    assert "joinpath" in help_of(julia, '?r"Join path comp"')["text/plain"]


def test_shell(julia: PipedExecutor) -> None:
    cell = julia.run("; echo one | tr a-z A-Z; echo two >&2")
    assert cell.stdout == "ONE\n"
    assert cell.stderr == "two\n"
    assert cell.result is None


def test_shell_of_several_lines_sees_variables_and_keeps_the_folder(julia: PipedExecutor) -> None:
    julia.run('word = "from Julia"; words = ["a", "b"];')
    cell = julia.run('# shell\n;cd folder\n;for w in $words; do echo $w; done\necho "$word" $HOME')
    assert cell.stdout.startswith("a\nb\nfrom Julia /")
    assert julia.run("basename(pwd())").result == '"folder"'
    julia.run(";cd ..")
    assert julia.run('basename(pwd()) == "folder"').result == "false"


def test_a_failed_command_is_an_error(julia: PipedExecutor) -> None:
    cell = julia.run(";exit 3")
    assert cell.error["evalue"] == "the shell command ended with exit code 3"
    assert cell.error["traceback"] == [cell.error["traceback"][0]]


def test_packages(julia: PipedExecutor) -> None:
    cell = julia.run("]status")
    assert "Project.toml" in plain(cell.stdout + cell.stderr)
    assert cell.error is None
    assert julia.run("]no_such_command").error is not None


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("%timeit sum(1:3)", "@btime"),
        ("%%time\nsum(1:3)", "@time"),
        ("# plots\n%matplotlib inline", "a plot that a cell gives is shown"),
        ("%unheard_of", "%python"),
    ],
)
def test_a_python_magic_gets_a_hint(julia: PipedExecutor, code: str, way: str) -> None:
    error = julia.run(code).error
    assert error["ename"] == "MagicError"
    assert way in error["evalue"]


# What IPython's magics do to IPython itself, or to Python.
NOT_JULIAS = (
    "! alias alias_magic autoawait autocall automagic autosave bookmark code_wrap colors "
    "connect_info dhist dirs doctest_mode gui julia killbgscripts ldir lf lk logoff logon logstart "
    "logstate logstop lx magic notebook page pastebin pypy python python2 python3 quickref "
    "qtconsole rehashx reset_selective subshell unalias unload_ext xmode "
)


def test_every_other_magic_has_a_hint(julia: PipedExecutor, tmp_path) -> None:
    listed = "{name for kind in get_ipython().magics_manager.magics.values() for name in kind}"
    with python_executor(tmp_path) as python:
        magics = ast.literal_eval(python.run(listed).result)
    for magic in {name.lstrip("%") for name in magics}.difference(NOT_JULIAS.split()):
        assert "The Julia way is" in julia.run(f"%{magic}").error["evalue"], magic


def test_julia_code_is_no_mode(julia: PipedExecutor) -> None:
    assert julia.run("# ?help\n1 + 1").result == "2"
    assert julia.run("[1;\n2] == [1, 2]").result == "true"
    assert julia.run("7 % 4").result == "3"
