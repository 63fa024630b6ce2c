"""The module Polyglot, and what a Julia session starts with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import burst, julia_executor


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def test_load_puts_text_into_the_next_cell(julia: PipedExecutor) -> None:
    reply = julia.run('Polyglot.load("x = 1")').reply
    assert reply["payload"] == [{"source": "set_next_input", "text": "x = 1", "replace": False}]
    reply = julia.run('Polyglot.load("x = 2"; replace = true)').reply
    assert reply["payload"][0]["replace"] is True
    assert julia.run("1").reply["payload"] == []


def test_history_is_asked_of_python_which_has_that_of_both(julia: PipedExecutor) -> None:
    id = julia.start("Polyglot.history()")
    call = julia.wait_for("call").header
    assert (call["to"], call["op"], call["id"]) == ("python", "call", id)
    julia.send("return", call=call["call"], status="error", ename="Gone", evalue="Python is gone")
    assert "Python is gone" in julia.collect(id).error["evalue"]


def test_hooks(julia: PipedExecutor) -> None:
    code = """
    before = Polyglot.push_preexecute_hook(() -> print("before "))
    after = Polyglot.push_postexecute_hook(() -> print(" after"))
    failed = Polyglot.push_posterror_hook(() -> print(" failed"));
    """
    assert julia.run(code).stdout == " after"
    assert julia.run('print("cell")').stdout == "before cell after"
    assert julia.run('print("cell"); error()').stdout == "before cell failed"
    code = """
    Polyglot.pop_preexecute_hook(before)
    Polyglot.pop_postexecute_hook(after)
    Polyglot.pop_posterror_hook(failed)
    """
    julia.run(code)
    assert julia.run('print("cell")').stdout == "cell"


def test_a_hook_that_fails_costs_no_cell(julia: PipedExecutor) -> None:
    code = """
    before = Polyglot.push_preexecute_hook(() -> error("before fails"))
    after = Polyglot.push_postexecute_hook(() -> error("after fails"))
    failed = Polyglot.push_posterror_hook(() -> error("failed fails"));
    """
    julia.run(code)
    cell = julia.run("6 * 7")
    assert (cell.error, cell.result) == (None, "42")
    assert "before fails" in cell.stderr and "after fails" in cell.stderr
    cell = julia.run('error("the cell\'s own")')
    assert cell.error["evalue"] == "the cell's own"
    assert "before fails" in cell.stderr and "failed fails" in cell.stderr
    code = """
    Polyglot.pop_preexecute_hook(before)
    Polyglot.pop_postexecute_hook(after)
    Polyglot.pop_posterror_hook(failed)
    """
    assert julia.run(code).error is None
    assert julia.run("1").stderr == ""


def test_the_result_stands_before_what_hooks_print(julia: PipedExecutor) -> None:
    julia.run("after = Polyglot.push_postexecute_hook(() -> println(ans));")
    kinds = [output["msg_type"] for output in julia.run("6 * 7").outputs]
    assert kinds == ["execute_result", "stream"]
    julia.run("Polyglot.pop_postexecute_hook(after)")


@pytest.mark.parametrize("kind", ["pre", "post"])
def test_a_hook_can_be_interrupted(julia: PipedExecutor, kind: str) -> None:
    code = f"""
    waiting = Polyglot.push_{kind}execute_hook() do
        Polyglot.pop_{kind}execute_hook(waiting)
        println("waits")
        sleep(1000)
    end;
    """
    id = julia.start(code)
    if kind == "pre":
        julia.collect(id)
        id = julia.start("1")
    julia.wait_for_text("waits")
    with burst(julia):
        assert julia.wait_for("interrupted").header["id"] == id
    assert julia.collect(id).error["ename"] == "InterruptException"
    assert julia.run("1").result == "1"


def test_soft_scope_can_be_switched(julia: PipedExecutor) -> None:
    julia.run("n = 0; Polyglot.set_soft_scope(false)")
    assert julia.run("for i in 1:2\n    n += i\nend").error["ename"] == "UndefVarError"
    julia.run("Polyglot.set_soft_scope(true)")
    assert julia.run("for i in 1:2\n    n += i\nend\nn").result == "3"


def test_the_current_module_can_be_switched(julia: PipedExecutor) -> None:
    julia.run("module Room\nhidden = 5\nend\nPolyglot.set_current_module(Room)")
    assert julia.run("hidden").result == "5"
    assert julia.ask("complete", code="hidd", cursor_pos=4)["matches"] == ["hidden"]
    (help,) = julia.run("?Main.Polyglot.set_current_module").displays
    assert "Main.Polyglot.set_current_module(Main)" in help["text/markdown"]
    assert julia.run("Main.Polyglot.set_current_module(Main)").error is None
    assert julia.run("Polyglot.current_module() === Main").result == "true"


def test_transforms_of_packages_are_applied(julia: PipedExecutor) -> None:
    transforms = "Base.active_repl_backend.ast_transforms"
    julia.run(f"swap(x) = x == :seven ? 7 : x; push!({transforms}, swap);")
    assert julia.run("seven").result == "7"
    julia.run(f"pop!({transforms});")


def test_the_tools_of_the_repl_are_there(julia: PipedExecutor) -> None:
    assert "Julia Version" in julia.run("versioninfo()").stdout
    assert julia.run("isinteractive()").result == "true"
    assert "sum" in julia.run("@which sum([1])").result


def test_the_names_of_main_are_the_users(tmp_path: Path) -> None:
    with julia_executor(tmp_path) as julia:
        if julia.run('VERSION < v"1.12"').result == "true":
            pytest.skip("what has been used by `using` could not be assigned to before Julia 1.12")
        assert julia.run("mine = 1; names(Main)").result.split()[2:] == [
            ":Base",
            ":Core",
            ":Main",
            ":mine",
        ]
        assert julia.run("@which sum([1])").error is None  # all of Julia, to one who measures `Out`
        table = julia.run("varinfo()").result
        assert "mine" in table and "Out" not in table and "IJulia" not in table
        assert julia.run("In[1], length(Out), py isa Any, IJulia.inited").error is None
        julia.run("In = 5; py = 6; keep() = (global Polyglot = 7); keep();")
        assert julia.run("In, py, Polyglot").result == "(5, 6, 7)"


def test_edit_asks_the_client(julia: PipedExecutor, tmp_path: Path) -> None:
    cell = julia.run("@edit sum([1])")
    (payload,) = cell.reply["payload"]
    assert payload["source"] == "edit_magic"
    assert payload["filename"].endswith("base/reducedim.jl") and payload["line_number"] > 1
    assert cell.stdout == f"{payload['filename']}:{payload['line_number']}\n"
    cell = julia.run(f'using InteractiveUtils; edit("{tmp_path}")')
    assert cell.reply["payload"][0]["filename"] == str(tmp_path)
    julia.run("of_a_cell(x) = x")
    assert "source file" in julia.run("@edit of_a_cell(1)").error["evalue"]


def test_editors_of_the_user_come_first(julia: PipedExecutor) -> None:
    code = """
    ENV["JULIA_EDITOR"] = "mine"
    mine = InteractiveUtils.define_editor("mine"; wait=true) do command, path, line
        `echo edits $(basename(path))`
    end
    edit("some.jl")
    """
    julia.start(code)
    julia.wait_for_text("edits some.jl")
    julia.wait_for("reply")
    julia.run('popfirst!(InteractiveUtils.EDITOR_CALLBACKS); delete!(ENV, "JULIA_EDITOR");')


def test_the_project_is_that_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text("")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    with julia_executor(folder) as julia:
        assert julia.run("dirname(Base.active_project())").result == f'"{tmp_path}"'
    other = tmp_path / "other"
    other.mkdir()
    (other / "Project.toml").write_text("")
    with julia_executor(folder, JULIA_PROJECT=str(other)) as julia:
        assert julia.run("dirname(Base.active_project())").result == f'"{other}"'


def test_startup_files_run_and_may_fail(tmp_path: Path) -> None:
    depot = tmp_path / "depot"
    (depot / "config").mkdir(parents=True)
    (depot / "config" / "startup.jl").write_text('from_startup = 1\nerror("in startup.jl")\n')
    depots = f"{depot}:{os.environ.get('JULIA_DEPOT_PATH', '')}"
    with julia_executor(tmp_path, JULIA_DEPOT_PATH=depots) as julia:
        julia.wait_for_text("in startup.jl")
        assert julia.run("from_startup").result == "1"
    off = {"JULIA_DEPOT_PATH": depots, "POLYGLOT_STARTUP_FILE": "no"}
    with julia_executor(tmp_path, **off) as julia:
        assert julia.run("@isdefined(from_startup)").result == "false"
