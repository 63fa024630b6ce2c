"""Julia cells and the files beside the notebook: `include`, and packages."""

from __future__ import annotations

from pathlib import Path

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor, plain


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The notebook's folder."""
    (tmp_path / "below").mkdir()
    (tmp_path / "helpers.jl").write_text('include("below/deep.jl")\nfound = "beside"\n')
    (tmp_path / "below" / "deep.jl").write_text('include("deeper.jl")\n')
    (tmp_path / "below" / "deeper.jl").write_text('deeper = "below"\n')
    return tmp_path


def result(julia: PipedExecutor, code: str) -> str | None:
    cell = julia.run(code)
    assert cell.error is None, cell.error
    return cell.result


def test_include_looks_where_the_notebook_is(folder: Path) -> None:
    """A file that is included includes others from where it is itself."""
    with julia_executor(folder) as julia:
        assert result(julia, 'include("helpers.jl")') == '"beside"'
        assert result(julia, "deeper") == '"below"'
        assert result(julia, 'cd("below"); include("deeper.jl")') == '"below"'
        assert result(julia, 'f() = include("deep.jl")\nf()') == '"below"'


def test_no_program_runs(folder: Path) -> None:
    """To a cell all is as at the prompt: scripts ask whether they are the program."""
    (folder / "script.jl").write_text("abspath(PROGRAM_FILE) == @__FILE__\n")
    with julia_executor(folder) as julia:
        assert result(julia, 'include("script.jl")') == "false"
        assert result(julia, "PROGRAM_FILE, Base.source_path(nothing), ARGS") == (
            '("", nothing, String[])'
        )
        assert result(julia, "@__DIR__") == f'"{folder}"'


def test_an_error_in_a_file_has_its_place(folder: Path) -> None:
    (folder / "broken.jl").write_text("fine = 1\n\nnot_defined\n")
    with julia_executor(folder) as julia:
        error = julia.run('\ninclude("broken.jl")').error
    assert error["ename"] == "UndefVarError"
    shown = plain("\n".join(error["traceback"]))
    assert "broken.jl:3" in shown
    assert "In[1]:2" in shown


def test_a_package_in_the_notebooks_folder_can_be_used(folder: Path) -> None:
    """The folder's project is the active one, as with `julia --project=@.`."""
    uuid = "3f0dd361-4fe0-5fc6-8523-80b14ec94d85"
    (folder / "Project.toml").write_text(f'name = "Mine"\nuuid = "{uuid}"\nversion = "0.1.0"\n')
    (folder / "src").mkdir()
    (folder / "src" / "Mine.jl").write_text("module Mine\nexport mine\nmine() = 42\nend\n")
    with julia_executor(folder) as julia:
        assert result(julia, "using Mine\nmine()") == "42"
