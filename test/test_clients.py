"""Programs that people use: nbclient, `jupyter run`, the console."""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pexpect
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

JUPYTER = [sys.executable, "-m", "jupyter"]


def notebook(*sources: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return made


def test_nbclient(tmp_path):
    made = notebook(
        "x = 1; print('Python', x)",
        '%julia\nx = 2; println("Julia ", x)\nx',
        "x",
        '%julia\ndisplay("text/html", "<b>$x</b>")',
    )
    ran = NotebookClient(made, kernel_name="polyglot", timeout=60).execute(cwd=str(tmp_path))
    outputs = [cell.outputs for cell in ran.cells]
    assert outputs[0][0].text == "Python 1\n"
    assert [o.get("text") or o.data["text/plain"] for o in outputs[1]] == ["Julia 2\n", "2"]
    assert outputs[2][0].data["text/plain"] == "1"
    assert outputs[3][0].data["text/html"] == "<b>2</b>"
    assert [cell.execution_count for cell in ran.cells] == [1, 2, 3, 4]
    nbformat.validate(ran)


def test_nbclient_runs_in_the_notebooks_folder(tmp_path):
    made = notebook("import os; os.getcwd()", "%julia\npwd()")
    resources = {"metadata": {"path": str(tmp_path)}}
    ran = NotebookClient(made, kernel_name="polyglot", resources=resources, timeout=60).execute()
    texts = [cell.outputs[0].data["text/plain"] for cell in ran.cells]
    assert texts == [f"'{tmp_path}'", f'"{tmp_path}"']


def test_nbclient_stops_at_an_error():
    made = notebook("print(1)", '%julia\nerror("stops here")', "print(3)")
    with pytest.raises(CellExecutionError, match="stops here"):
        NotebookClient(made, kernel_name="polyglot", timeout=60).execute()
    assert made.cells[2].outputs == []


@pytest.mark.parametrize(
    ("kernel", "code", "shown"),
    [("polyglot", "print(6 * 7)", "42"), ("polyglot-julia", "println(6 * 7)", "42")],
)
def test_jupyter_run(tmp_path, kernel, code, shown):
    script = tmp_path / "script"
    script.write_text(code)
    command = [*JUPYTER, "run", "--kernel", kernel, str(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert shown in ended.stdout, ended.stderr
    assert ended.returncode == 0


def console(*arguments: str) -> pexpect.spawn:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "jupyter", "console", "--simple-prompt", *arguments],
        env=os.environ | {"TERM": "dumb"},
        encoding="utf-8",
        timeout=60,
    )
    child.expect(r"In \[\d+\]:")
    return child


def test_console():
    child = console("--kernel", "polyglot")
    child.sendline("print(6 * 7)")
    child.expect("42")
    child.expect(r"In \[\d+\]:")
    child.sendline("%julia println(7 * 9)")
    child.expect("63")
    child.expect(r"In \[\d+\]:")
    child.sendline("%julia sqrt(-1)")
    child.expect("DomainError")
    child.expect(r"In \[\d+\]:")
    child.sendline("input('name? ')")
    child.expect("name?")
    child.sendline("Ada")
    child.expect("'Ada'")
    child.expect(r"In \[\d+\]:")
    child.sendeof()
    child.expect("really want to exit")
    child.sendline("y")
    child.expect(pexpect.EOF)
    child.close()


def test_exit_closes_the_console_of_julia():
    child = console("--kernel", "polyglot-julia")
    child.sendline("println(6 * 7)")
    child.expect("42")
    child.expect(r"In \[\d+\]:")
    child.sendline("exit()")
    child.expect(pexpect.EOF)
    child.close()


def test_console_on_an_existing_kernel(nb):
    child = console("--existing", nb.kernel.manager.connection_file)
    nb.run("shared = 'by both'")
    child.sendline("print(shared)")
    child.expect("by both")
    child.expect(r"In \[\d+\]:")
    child.sendeof()
    child.close(force=True)
    assert nb.run("1").result == "1"
