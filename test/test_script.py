"""`jupyter nbconvert --to script` makes a script that runs, and says which cells are not in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook import Notebook
from polyglot_shim.find_julia import find_julia


def convert(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "script", file],
        capture_output=True,
        text=True,
        check=True,
    )


def write(file: Path, language_info: dict, *sources: str) -> Path:
    cells = [new_markdown_cell("# A heading"), *map(new_code_cell, sources)]
    metadata = {"language_info": language_info}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), file)
    return file


@pytest.fixture
def python_info(nb: Notebook) -> dict:
    """What the kernel tells of its language, as clients write it into the notebook."""
    return nb.ask("kernel_info_request").answer["language_info"]


def test_a_python_script(python_info: dict, tmp_path: Path) -> None:
    cells = (
        "from __future__ import annotations\nx = 1",
        "%julia -o y\ny = [1, 2]\nif true end",
        "%python x += 1\n!echo shell",
        "%python -i y,z=y\nprint(x)",
        "% julia\n1 +",
    )
    done = convert(write(tmp_path / "mixed.ipynb", python_info, *cells))
    script = tmp_path / "mixed.py"
    text = script.read_text()
    assert (
        "each at its place: cell 3, 6." in text and "each at its place: cell 3, 6." in done.stderr
    )
    assert "# A Julia cell: left out of this script\n# %julia -o y\n# y = [1, 2]\n" in text
    assert "# from Julia, which is not part of this script: y, z\nprint(x)" in text
    assert "# # A heading" in text
    compile(text, script, "exec")
    runs = text.replace("get_ipython()", "# ")
    script.write_text(runs)
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == "2\n"


def test_a_script_of_one_language_says_nothing(python_info: dict, tmp_path: Path) -> None:
    done = convert(write(tmp_path / "plain.ipynb", python_info, "x = 1", "print(x)"))
    assert "WARNING" not in done.stderr
    assert "left out" not in (tmp_path / "plain.py").read_text()


def test_a_julia_script(tmp_path: Path) -> None:
    info = {"name": "julia", "file_extension": ".jl", "nbconvert_exporter": "polyglot"}
    cells = ("x = 1", "%python\nif x:\n    y = 2", "%julia println(x + 1)")
    convert(write(tmp_path / "mixed.ipynb", info, *cells))
    script = tmp_path / "mixed.jl"
    assert "# A Python cell: left out of this script\n# %python\n# if x:\n" in script.read_text()
    ran = subprocess.run(
        [find_julia().path, "--startup-file=no", script], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "2\n"
