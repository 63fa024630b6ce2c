"""The start of the executor: the user's profile, and what must not keep it from starting."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from executor_pipes import python_executor


def profile(home: Path) -> Path:
    folder = home / "ipython" / "profile_default"
    (folder / "startup").mkdir(parents=True)
    return folder


def test_startup_files_and_configuration(tmp_path: Path) -> None:
    folder = profile(tmp_path)
    (folder / "startup" / "10-mine.py").write_text("from_startup = 'started'\n")
    (folder / "startup" / "20-magic.ipy").write_text("from_shell = !echo shell\n")
    (folder / "ipython_config.py").write_text(
        "c = get_config()\n"
        "c.InteractiveShellApp.exec_lines = ['from_config = 1']\n"
        "c.InteractiveShellApp.extensions = ['autoreload']\n"
        "c.InteractiveShell.ast_node_interactivity = 'all'\n"
        "c.InlineBackend.figure_formats = {'svg'}\n"
    )
    (folder / "ipython_kernel_config.py").write_text(
        "c = get_config()\nc.InteractiveShellApp.exec_files = []\n"
        "c.InteractiveShellApp.exec_lines.append('from_kernel_config = 2')\n"
    )
    with python_executor(tmp_path) as python:
        cell = python.run("from_startup\nfrom_shell, from_config, from_kernel_config")
        results = [
            message["content"]["data"]["text/plain"] for message in cell.messages("execute_result")
        ]
        assert results == ["'started'", "(['shell'], 1, 2)"]
        assert "autoreload" in (
            python.run("list(get_ipython().extension_manager.loaded)").result or ""
        )


def test_a_failing_startup_file_keeps_nothing_from_working(tmp_path: Path) -> None:
    folder = profile(tmp_path)
    (folder / "startup" / "bad.py").write_text("1/0\n")
    (folder / "ipython_config.py").write_text("this is no python\n")
    with python_executor(tmp_path) as python:
        assert python.run("1 + 1").result == "2"


def test_modules_in_the_notebook_folder_do_not_get_in_the_way(tmp_path: Path) -> None:
    for name in ("random", "comm", "json", "traitlets", "IPython", "numbers"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')\n")
    (tmp_path / "local.py").write_text("value = 'local'\n")
    with python_executor(tmp_path) as python:
        assert python.run("import local; local.value").result == "'local'"


def stand_in_for_the_standard_library(folder: Path) -> None:
    """A file for each module of Python's own, beside the notebook."""
    for name in sys.stdlib_module_names - set(sys.builtin_module_names):
        if not name.startswith("_"):
            (folder / f"{name}.py").write_text(f"raise SystemError('the wrong {name}')\n")


def test_no_module_of_pythons_own_is_taken_from_the_notebook_folder(tmp_path: Path) -> None:
    """Such as `token.py`, `enum.py`: neither by the start nor by what cells do every day."""
    stand_in_for_the_standard_library(tmp_path)
    with python_executor(tmp_path) as python:
        assert python.run("1 + 1").result == "2"
        assert (python.run("def f(x):\n    return 1 / x\nf(0)").error or {})["ename"] == (
            "ZeroDivisionError"
        )
        assert python.run("!echo from the shell").stdout == "from the shell\n"
        assert "f(x)" in str(python.run("f?").reply["payload"])
        assert python.run("import asyncio\nawait asyncio.sleep(0, 'awaited')").result == "'awaited'"
        assert python.ask("complete", code="f.__na", cursor_pos=6)["matches"] == ["__name__"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="python -m itself looks in the folder")
def test_the_kernel_starts_among_modules_named_like_pythons_own(
    launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_for_the_standard_library(tmp_path)
    monkeypatch.chdir(tmp_path)
    nb = launch().connect()
    assert nb.run("import os; 'PYTHONSAFEPATH' in os.environ").result == "False"
    assert nb.run("!python -c 'import token'").stdout.endswith("SystemError: the wrong token\n")


def test_cells_sent_together_run_one_after_another(tmp_path: Path) -> None:
    with python_executor(tmp_path) as python:
        ids = [python.start(f"{n}") for n in range(3)]
        assert [python.collect(id).result for id in ids] == ["0", "1", "2"]


def test_an_unwritable_home(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    with python_executor(tmp_path, IPYTHONDIR=str(nowhere / "ipython")) as python:
        assert python.run("1").result == "1"


def test_the_users_backend_is_respected(tmp_path: Path) -> None:
    with python_executor(tmp_path, MPLBACKEND="agg") as python:
        assert python.run("import os; os.environ['MPLBACKEND']").result == "'agg'"
