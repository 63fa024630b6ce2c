"""`?`, `;` and `]` in Julia cells, and what a Julia cell offers beside the language."""

from __future__ import annotations

import os

import pytest
from languages import in_


def julia(nb, code, **options):
    return nb.run(in_("julia", code), **options)


def text_of(cell) -> str:
    return cell.stdout + str([content for _, content in cell.outputs])


# -- modes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["?sum", "# above\n?sum", "\n\n?sum"])
def test_help(nb, code):
    assert "Return the sum" in text_of(julia(nb, code)) or "sum(" in text_of(julia(nb, code))


def test_help_of_the_users_own(nb):
    julia(nb, '"""\n    own(x)\n\nDoes *its* thing.\n"""\nown(x) = x')
    shown = text_of(julia(nb, "?own"))
    assert "own(x)" in shown and "thing" in shown


def test_help_of_what_does_not_exist(nb):
    assert "o documentation found" in text_of(julia(nb, "?no_such_name"))


@pytest.mark.parametrize("code", ['?"trapezoidal matrix"', '?r"trapezoidal matri(x|ces)"i'])
def test_apropos(nb, code):
    assert "tzrzf" in text_of(julia(nb, code))


def test_help_of_the_kernels_own_functions(nb):
    assert "wait" in text_of(julia(nb, "?Polyglot.clear_output"))


def test_shell(nb, tmp_path):
    assert julia(nb, ";echo from the shell é").stdout == "from the shell é\n"
    julia(nb, f"back = pwd()\ncd({str(tmp_path)!r})".replace("'", '"'))
    assert julia(nb, ";pwd").stdout.strip() == str(tmp_path)
    julia(nb, "cd(back)")
    julia(nb, 'word = "interpolated"')
    assert julia(nb, ";echo $word").stdout == "interpolated\n"


def test_shell_failures_are_shown(nb):
    cell = nb.submit(in_("julia", ";no_such_command_at_all")).wait()
    assert "no_such_command_at_all" in cell.stdout + cell.stderr + str(cell.error)


def test_pkg(nb):
    cell = julia(nb, "]st")
    assert "Status" in text_of(cell) or "Project" in text_of(cell)


@pytest.mark.parametrize("magic", ["%time sum(1:3)", "%%timeit\n1", "%matplotlib inline"])
def test_a_python_magic_gets_a_hint(nb, magic):
    error = nb.fail(in_("julia", magic)).error
    assert "Julia" in error.evalue + error.traceback


# -- rows of "What users would miss", Julia ------------------------------------------------------


def test_history_of_both_languages(nb):
    nb.run("history_marker = 'python'")
    shown = julia(nb, "Polyglot.history(2)").result
    assert "history_marker" in shown


def test_load_text_into_the_next_cell(nb):
    payload = julia(nb, 'Polyglot.load("x = 5")').answer["payload"]
    assert payload == [{"source": "set_next_input", "text": "x = 5", "replace": False}]


def test_hooks(nb):
    code = (
        'calls = String[]\nbefore() = push!(calls, "before")\nafter() = push!(calls, "after")\n'
        'failed() = push!(calls, "failed")\nPolyglot.push_preexecute_hook(before)\n'
        "Polyglot.push_postexecute_hook(after)\nPolyglot.push_posterror_hook(failed)"
    )
    julia(nb, code)
    julia(nb, "empty!(calls)")
    nb.fail("%julia\nerror()")
    julia(nb, "Polyglot.pop_preexecute_hook(before); Polyglot.pop_postexecute_hook(after); "
              "Polyglot.pop_posterror_hook(failed)")  # fmt: skip
    assert julia(nb, "join(calls, ' ')").result == '"after before failed before"'


def test_soft_scope_can_be_switched(nb):
    loop = "soft = 0\nfor i in 1:2\n    soft += i\nend\nsoft"
    assert julia(nb, loop).result == "3"
    julia(nb, "Polyglot.set_soft_scope(false)")
    assert nb.fail(in_("julia", loop)).error.ename == "UndefVarError"
    julia(nb, "Polyglot.set_soft_scope(true)")
    assert julia(nb, loop).result == "3"


def test_the_current_module_can_be_changed(nb):
    julia(nb, "module Inner\nhidden = 5\nend\nPolyglot.set_current_module(Inner)")
    try:
        assert julia(nb, "hidden").result == "5"
        assert "hidden" in nb.complete("%julia\nhidd")["matches"]
    finally:
        julia(nb, "Main.Polyglot.set_current_module(Main)")
    assert julia(nb, "Polyglot.current_module()").result == "Main"


def test_lines_and_columns(nb):
    julia(nb, 'ENV["LINES"] = "12"; ENV["COLUMNS"] = "40"')
    try:
        assert julia(nb, "displaysize(stdout)").result == "(12, 40)"
    finally:
        julia(nb, 'delete!(ENV, "LINES"); delete!(ENV, "COLUMNS")')


def test_the_users_own_polyglot_hides_ours(launch):
    nb = launch().connect()
    assert julia(nb, "Polyglot = 5").result == "5"
    assert julia(nb, "Polyglot + 1").result == "6"


def test_startup_file(launch, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "startup.jl").write_text("from_startup = 42\n")
    depots = os.environ.get("JULIA_DEPOT_PATH", "")
    nb = launch(env={"JULIA_DEPOT_PATH": f"{tmp_path}:{depots}"}).connect()
    assert julia(nb, "from_startup").result == "42"
