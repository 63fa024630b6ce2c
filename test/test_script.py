"""`jupyter nbconvert --to script` makes a script that runs, and says which cells are not in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook import Notebook
from polyglot_shim.find_julia import find_julia

ROOT = Path(__file__).resolve().parent.parent


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


def test_what_takes_from_the_other_language_is_left_out_too(
    python_info: dict, tmp_path: Path
) -> None:
    cells = (
        "x = 1",
        "%julia -i x -o w,total=n\nw, n = 2x, 3",
        "y = w + 1",
        "def show(text):\n    print(jl.uppercase(text))",
        "show('y')",
        "%time print(y)",
        "w = 5\nprint(w)",
        "print(w + x)",
        "%python -i t\nt = 7",
        "print(t)",
        "print(n)",
    )
    done = convert(write(tmp_path / "needs.ipynb", python_info, *cells))
    script = tmp_path / "needs.py"
    assert "each at its place: cell 3, 4, 5, 6, 7, 12." in done.stderr
    text = script.read_text()
    assert "# A cell that takes w from elsewhere: left out of this script\n# y = w + 1\n" in text
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == "5\n6\n7\n"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("await f()", "no script in Python ('await' outside function)"),
        ("1 +", "no script in Python (invalid syntax)"),
        ("print(_)", "takes _ from elsewhere"),
        ("%%time\nz = jl.f()", "takes jl from elsewhere"),
        ("[jl.f(i) for i in range(3)]", "takes jl from elsewhere"),
    ],
)
def test_what_no_script_can_hold(python_info: dict, tmp_path: Path, cell: str, said: str) -> None:
    convert(write(tmp_path / "one.ipynb", python_info, cell, "for _ in '1': print('end')"))
    script = tmp_path / "one.py"
    assert said in script.read_text()
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == "end\n"


def test_a_future_import_goes_to_the_head(python_info: dict, tmp_path: Path) -> None:
    later = "from __future__ import annotations\ndef f(x: no_type): return 2 * x\nprint(f(x))"
    convert(write(tmp_path / "future.ipynb", python_info, "x = 1", later))
    script = tmp_path / "future.py"
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == "2\n"


def test_a_julia_script_has_no_modes_and_nothing_of_python(tmp_path: Path) -> None:
    info = {"name": "julia", "file_extension": ".jl", "nbconvert_exporter": "polyglot"}
    cells = (
        ";ls",
        "# about it\n]status",
        "?sum",
        "%time x",
        "%python -o a\na = 1",
        "b = a + 1  # from Python",
        "f(x) = py.len(x)",
        "println(f([1]))",
        'println(py"1 + 1")',
        'np = pyimport("numpy")',
        "np.pi",
        "a = 3\nprintln(a)",
        '%julia s = "py is no code here"  # nor py\nprintln(s, a)',
        'println("$(py.x)")',
        "ans",
    )
    done = convert(write(tmp_path / "modes.ipynb", info, *cells))
    assert "cell 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16." in done.stderr
    script = tmp_path / "modes.jl"
    text = script.read_text()
    assert "# Shell commands: left out of this script\n# ;ls\n" in text
    assert "# A cell that takes a from elsewhere: left out of this script\n# b = a + 1" in text
    ran = subprocess.run(
        [find_julia().path, "--startup-file=no", script], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "3\npy is no code here3\n"


@pytest.mark.parametrize("name", ["tour", "pandas-julia-matplotlib"])
def test_the_scripts_of_the_examples_run(name: str, tmp_path: Path) -> None:
    """By IPython, as the magics in them want."""
    file = tmp_path / f"{name}.ipynb"
    shutil.copy(ROOT / "examples" / file.name, file)
    convert(file)
    command = [sys.executable, "-m", "IPython", file.with_suffix(".py")]
    env = os.environ | {"MPLBACKEND": "agg"}
    ran = subprocess.run(
        command, capture_output=True, text=True, env=env, cwd=tmp_path, stdin=subprocess.DEVNULL
    )
    assert "Traceback" not in ran.stdout + ran.stderr and ran.returncode == 0
