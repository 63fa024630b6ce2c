"""The notebook's folder is deleted, or has files whose names are those of modules."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from conftest import kernel_spec
from languages import LANGUAGES, both, in_
from test_crash import OTHER

END = {"python": "import os; os._exit(1)", "julia": "ccall(:_exit, Cvoid, (Cint,), 1)"}
WHERE = {"python": "import os; print(os.getcwd())", "julia": "println(pwd())"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "project" / "notebooks"
    made.mkdir(parents=True)
    return made


@both
def test_the_folder_is_deleted_while_cells_run(launch, folder, language):
    nb = launch(cwd=str(folder)).connect()
    nb.run(in_(language, "kept = 34"))
    folder.rmdir()
    assert nb.run(in_(language, "kept")).result == "34"
    assert (
        nb.run(in_(language, "println(1)" if language == "julia" else "print(1)")).stdout == "1\n"
    )
    assert nb.fail(in_(language, "undefined_name")).error.evalue
    assert nb.complete(in_(language, "kep"))["matches"] == ["kept"]


@both
def test_a_language_starts_again_when_the_folder_is_gone(launch, folder, language):
    """It does so in what of the path is still there."""
    nb = launch(cwd=str(folder)).connect()
    nb.run(in_(OTHER[language], "kept = 34"))
    folder.rmdir()
    nb.fail(in_(language, END[language]))
    assert nb.run(in_(language, "1 + 1")).result == "2"
    assert nb.run(in_(language, WHERE[language])).stdout.strip() == str(folder.parent)
    assert nb.run(in_(OTHER[language], "kept")).result == "34"


def test_a_kernel_starts_when_the_folder_is_gone(launch, environment, folder):
    spec = kernel_spec("python")
    lose = 'cd "$0" && rmdir "$0" && exec "$@"'
    spec["argv"] = ["/bin/sh", "-c", lose, str(folder), *spec["argv"]]
    home = environment / "jupyter" / "kernels" / "folderless"
    home.mkdir(parents=True)
    (home / "kernel.json").write_text(json.dumps(spec))
    nb = launch("folderless").connect()
    shutil.rmtree(home)  # it is for this test alone
    for language in LANGUAGES:
        assert nb.run(in_(language, "1 + 1")).result == "2"
        assert nb.run(in_(language, WHERE[language])).stdout.strip() == str(folder.parent)


def test_modules_of_the_users_do_not_stand_in_for_the_kernels(launch, folder):
    for name in ("traceback", "token", "atexit", "json", "asyncio", "resource", "fcntl", "shutil"):
        (folder / f"{name}.py").write_text("raise RuntimeError('a module of the user')")
    nb = launch(cwd=str(folder)).connect()
    assert nb.run("1 + 1").result == "2"
    assert sys.version.split()[0] in nb.run("import sys; print(sys.version)").stdout
