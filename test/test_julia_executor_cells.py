"""Julia cells: results, scope, errors, and the variables of the REPL."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor, plain


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def trace(cell) -> str:
    return plain("\n".join(cell.error["traceback"]))


def test_ready_says_what_it_is(julia: PipedExecutor) -> None:
    assert julia.ready["language"] == "julia"
    assert julia.ready["concurrent"] is False


def test_the_last_expression_is_the_result(julia: PipedExecutor) -> None:
    cell = julia.run("x = 20\nx + 1")
    assert cell.result == "21"
    assert cell.reply == {
        "status": "ok",
        "execution_count": julia.count,
        "user_expressions": {},
        "payload": [],
    }


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("1;", None),
        ("1; # why", None),
        ("1; #= why =# ", None),
        ("1 # ;", "1"),
        ('"a;"', '"a;"'),
        ("1 #= ; =#", "1"),
        ("x = 1; x + 1", "2"),
        ("';'", "';': ASCII/Unicode U+003B (category Po: Punctuation, other)"),
        ("nothing", None),
        ("", None),
        ("# nothing here", None),
        ('raw"\\";"', '"\\";"'),
        ("sum([1, 2, 3]);\n\n", None),
        ("f(a; b = 2) = a + b; f(1; b = 3)", "4"),
    ],
)
def test_a_semicolon_at_the_end_hides_the_result(
    julia: PipedExecutor, code: str, result: str | None
) -> None:
    assert julia.run(code).result == result


def test_ans_in_and_out(julia: PipedExecutor) -> None:
    julia.run("6 * 7")
    number = julia.count
    assert julia.run("ans").result == "42"
    assert julia.run(f"Out[{number}], In[{number}]").result == '(42, "6 * 7")'
    julia.run("6 * 8;")
    assert julia.run("ans").result == "48"


def test_ans_is_that_of_the_notebooks_cells(julia: PipedExecutor) -> None:
    """Front ends and tools ask for values by requests that are no part of the history."""
    julia.run("6 * 7")
    assert julia.run("1 + 1", store_history=False).result == "2"
    julia.run("2 + 2", silent=True)
    assert julia.run("ans, IJulia.ans").result == "(42, 42)"


def test_err_is_the_last_error(julia: PipedExecutor) -> None:
    julia.run("throw(DomainError(-1))")
    assert julia.run("err isa DomainError").result == "true"


def test_what_the_kernel_offers_can_be_replaced(tmp_path) -> None:
    with julia_executor(tmp_path) as julia:
        code = "Polyglot = 1; In = 2; Out = 3; err = 4; ans = 5\nPolyglot, In, Out, err"
        assert julia.run(code).result == "(1, 2, 3, 4)"
        assert julia.run("Polyglot + In + Out").result == "6"


def test_nothing_of_the_kernel_is_in_main(tmp_path) -> None:
    with julia_executor(tmp_path) as julia:
        names = julia.run("join(sort(string.(names(Main))), ' ')").result
        # From 1.9 on `ans` is no name of Main's own, from 1.12 on nothing of what a cell finds there.
        expected = '"Base Core IJulia In InteractiveUtils Main Out Polyglot py"'
        if julia.run('VERSION < v"1.12-"').result == "false":
            expected = '"Base Core Main"'
        assert names.replace(" ans", "") == expected
        assert julia.run('LOAD_PATH[2:end] == ["@", "@v#.#", "@stdlib"]').result == "true"
        assert julia.run("basename(LOAD_PATH[1])").result == '"facades"'


def test_the_environment_is_the_users(tmp_path) -> None:
    changed = {"POLYGLOT_LD_LIBRARY_PATH": "", "POLYGLOT_JULIA_BINDIR": "/of/the/user"}
    with julia_executor(tmp_path, **changed) as julia:
        assert julia.run('get(ENV, "LD_LIBRARY_PATH", "unset")').result == '"unset"'
        assert julia.run('ENV["JULIA_BINDIR"]').result == '"/of/the/user"'
        for name in (*changed, "POLYGLOT_MARK"):
            assert julia.run(f'haskey(ENV, "{name}")').result == "false"


def test_loops_may_assign_to_globals(julia: PipedExecutor) -> None:
    assert julia.run("total = 0\nfor i in 1:4\n    total += i\nend\ntotal").result == "10"


def test_macros_and_methods_take_effect_for_the_next_expression(julia: PipedExecutor) -> None:
    code = "macro twice(x) :(2 * $(esc(x))) end\nstep(x) = @twice x\nstep(4)"
    assert julia.run(code).result == "8"
    assert julia.run("using LinearAlgebra\nnorm([3, 4])").result == "5.0"
    code = 'struct Own end\nBase.show(io::IO, ::Own) = print(io, "own")\nOwn()'
    assert julia.run(code).result == "own"


def test_modules_and_docstrings_in_a_cell(julia: PipedExecutor) -> None:
    julia.run('module Inner\n"says two"\ntwo() = 2\nend\nusing .Inner: two')
    assert julia.run("two()").result == "2"


def test_the_rest_of_a_cell_does_not_run_behind_an_error(julia: PipedExecutor) -> None:
    julia.run('reached = 1\nerror("stop")\nreached = 2')
    assert julia.run("reached").result == "1"


def test_an_error_has_the_lines_of_the_cell_and_no_frame_of_the_kernel(
    julia: PipedExecutor,
) -> None:
    cell = julia.run("inner(x) = sqrt(x)\n\nfunction outer(x)\n    inner(x)\nend\nouter(-1)")
    number = julia.count
    assert cell.reply["status"] == "error"
    assert cell.error["ename"] == "DomainError"
    assert cell.error["evalue"].startswith("DomainError with -1.0:")
    assert cell.reply["traceback"] == cell.error["traceback"]
    text = trace(cell)
    assert text.startswith("ERROR: DomainError with -1.0:")
    assert f"In[{number}]:1" in text
    assert f"In[{number}]:4" in text
    # a line of its own for the place from Julia 1.6 on
    assert re.search(rf"top-level scope\s+(at|@) In\[{number}\]:6", text)
    assert text.rstrip().endswith(f"In[{number}]:6")
    assert "executor" not in text
    assert "boot.jl" not in text


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('error("boom")', "ErrorException"),
        ("undefined_name", "UndefVarError"),
        ("@undefined_macro 1", "UndefVarError"),
        ("[1][2]", "BoundsError"),
        ('1 + "a"', "MethodError"),
        ("throw(1)", "Int64"),
        ("struct E <: Exception end; throw(E())", "E"),
        ('Meta.parse("1 )")', "ParseError"),
        ('include_string(Main, "error(1)")', "ErrorException"),
        ("sqrt(-1)", "DomainError"),
    ],
)
def test_an_error_is_named_by_its_type(julia: PipedExecutor, code: str, name: str) -> None:
    cell = julia.run(code)
    assert cell.error["ename"] == name
    assert "executor" not in trace(cell)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1\n\nfor i in 1:3\n    x = )\nend", 4),
        ("1 +", 1),
        ("a = 1\nb = [1,", 2),
        ("a = 1\nend", 2),
        ('a = 1\n\nb = "unfinished', 3),
    ],
)
def test_a_syntax_error_has_its_line_and_nothing_runs(
    julia: PipedExecutor, code: str, line: int
) -> None:
    julia.run("a = 0")
    cell = julia.run(code)
    assert cell.error["ename"] == "ParseError"
    assert f"In[{julia.count}]:{line}" in cell.error["evalue"]
    assert julia.run("a").result == "0"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("a = 1\nb = 2\nundefined_name", 3),
        ("1\nusing NoSuchPackage", 2),
        ("\n\n@no_such_macro(3)", 3),
        ("function f()\n    1\n    @no_such_macro 3\nend", 3),
        ("using Test\n@test 1 == 2", 2),
    ],
)
def test_an_error_without_a_frame_has_its_line(julia: PipedExecutor, code: str, line: int) -> None:
    text = trace(julia.run(code))
    # From Julia 1.13 on `using` has a frame.
    place = re.escape(f"In[{julia.count}]:{line}")
    assert re.fullmatch(f"in expression starting at {place}|   @ {place}", text.splitlines()[-1])
    assert "LoadError" not in text


def test_a_line_is_named_once(julia: PipedExecutor) -> None:
    assert "in expression starting at" not in trace(julia.run("x = 1\nsqrt(-1)"))


def test_err_is_what_was_thrown(julia: PipedExecutor) -> None:
    julia.run("undefined_name")
    assert julia.run("err isa UndefVarError").result == "true"


def test_causes_are_shown(julia: PipedExecutor) -> None:
    cell = julia.run('try\n    error("first")\ncatch\n    error("second")\nend')
    text = trace(cell)
    assert cell.error["evalue"] == "second"
    assert text.index("second") < text.index("caused by: first")


def test_an_error_that_cannot_be_shown_is_still_an_error(julia: PipedExecutor) -> None:
    code = "struct Mute <: Exception end\nBase.showerror(::IO, ::Mute) = error()\nthrow(Mute())"
    cell = julia.run(code)
    assert cell.error["ename"] == "Mute"
    assert julia.run("1").result == "1"


def test_a_result_that_cannot_be_shown_is_an_error(julia: PipedExecutor) -> None:
    code = 'struct Shy end\nBase.show(::IO, ::Shy) = error("shy")\nShy()'
    assert julia.run(code).error["evalue"] == "shy"


def test_silent_cells_show_and_count_nothing_but_print(julia: PipedExecutor) -> None:
    cell = julia.run("quiet = 1; println(2); 3", silent=True, store_history=False)
    assert cell.stdout == "2\n"
    assert cell.result is None
    assert julia.run("quiet").result == "1"
    cell = julia.run("error()", silent=True, store_history=False)
    assert cell.error is None
    assert cell.reply["ename"] == "ErrorException"


def test_a_request_with_a_field_missing_is_answered_and_costs_nothing(
    julia: PipedExecutor,
) -> None:
    """Whatever is wrong with a request, or with its handling: the variables stay."""
    julia.run("kept = 21")
    for type in ("execute", "complete", "inspect"):
        answer = julia.ask(type, silent=False, execution_count=1)
        assert answer["status"] == "error", type
    assert julia.ask("is_complete") == {"status": "unknown"}
    julia.send("call", call=7, op="eval")
    assert julia.wait_for("return").header["status"] == "error"
    assert julia.run("kept").result == "21"


def test_user_expressions(julia: PipedExecutor) -> None:
    cell = julia.run("y = 5;", user_expressions={"a": "y + 1", "b": "undefined_name"})
    results = cell.reply["user_expressions"]
    assert results["a"] == {"status": "ok", "data": {"text/plain": "6"}, "metadata": {}}
    assert results["b"]["status"] == "error"
    assert results["b"]["ename"] == "UndefVarError"


def test_exit_ends_the_process(tmp_path) -> None:
    with julia_executor(tmp_path) as julia:
        julia.start("println(1); exit(3)")
        assert julia.wait() == 3


def test_tasks_of_the_user_go_on_between_cells(julia: PipedExecutor) -> None:
    julia.run('ticks = Channel(1)\n@async (sleep(0.05); println("ticked"); put!(ticks, 1));')
    julia.wait_for_text("ticked\n")
    assert julia.run("take!(ticks)").result == "1"


def test_a_task_that_fails_does_not_end_the_executor(julia: PipedExecutor) -> None:
    julia.run('failing = @async error("in a task");')
    assert julia.run("istaskdone(failing)").result == "true"
