"""`polyglot-kernel colour`: others see each cell in its language, and the file is as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from polyglot_shim.cli import main
from polyglot_shim.notebooks.colour import colour_text

ROOT = Path(__file__).resolve().parent.parent
CASES = json.loads((ROOT / "test" / "vectors" / "cells.json").read_text())
OURS = {"magics_language": "julia", "vscode": {"languageId": "julia"}}

# As nbformat writes it, as an editor may, and as a program that saves bytes.
LAYOUTS = {
    "nbformat": {"indent": 1, "ensure_ascii": False, "sort_keys": True},
    "wide": {"indent": 4},
    "tabs": {"indent": "\t"},
    "compact": {"separators": (",", ":")},
    "one line": {},
}
each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def notebook(*cells: tuple[str, dict], language: str = "python") -> dict:
    metadata = {"kernelspec": {"name": "polyglot", "display_name": "P", "language": language}}
    made = [new_code_cell(source, metadata=more) for source, more in cells]
    made.insert(1, new_markdown_cell("%julia is no marker here, é 😀"))
    return new_notebook(cells=made, metadata=metadata)


MIXED = (
    ("%julia\nx = 1", {}),
    ("x = 1", {}),
    ("%julia -i x\nx", {"tags": ["a", "z"], "z": 1.50}),
    ("%python\n1", {"vscode": {"languageId": "julia", "other": True}}),
    ("was_julia = 1", dict(OURS)),
    ("%julia 1", {"vscode": {"a": [], "z": {}}, "collapsed": False}),
    ("%%bash\nls", {"magics_language": "bash", "vscode": {"languageId": "shellscript"}}),
    ("x", {"vscode": {"languageId": "python"}}),
)


@each_layout
def test_cells_of_the_other_language_say_so(layout: dict) -> None:
    text, count = colour_text(json.dumps(notebook(*MIXED), **layout))
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert [cell["metadata"] for cell in cells] == [
        OURS,
        {},
        {"tags": ["a", "z"], "z": 1.5, **OURS},
        {"vscode": {"other": True}},
        {},
        {"vscode": {"a": [], "z": {}, "languageId": "julia"}, "collapsed": False}
        | {"magics_language": "julia"},
        MIXED[6][1],
        MIXED[7][1],
    ]
    assert count == 5


@each_layout
def test_it_is_laid_out_as_before(layout: dict) -> None:
    """What is written is what the same program would have written."""
    text, _ = colour_text(json.dumps(notebook(*MIXED), **layout))
    assert text == json.dumps(json.loads(text), **layout)


@each_layout
def test_the_second_time_nothing_changes(layout: dict) -> None:
    text, _ = colour_text(json.dumps(notebook(*MIXED), **layout))
    assert colour_text(text) == (text, 0)


@pytest.mark.parametrize("default", ["python", "julia"])
def test_every_form_of_a_marker(default: str) -> None:
    made = notebook(*((case["source"], {}) for case in CASES), language=default)
    text, _ = colour_text(json.dumps(made))
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    for case, cell in zip(CASES, cells, strict=True):
        language = case["language"] or default
        other = None if language == default else language
        # nbconvert takes what says nothing for Python
        expected = language if default == "julia" else other
        assert cell["metadata"].get("magics_language") == expected, case
        assert cell["metadata"].get("vscode", {}).get("languageId") == other, case


STRANGE = r"""{"cells" : [ {"metadata":{ } , "cell_type":"code",
     "source":["%jul", "ia\n", "1"], "outputs":[{"x": 1.0e0, "y": "é\/"}], "k":null} ],
  "metadata": {"language_info": {"name":"python", "pygments_lexer":"ipython3"}},
  "nbformat":4,   "nbformat_minor":5 }
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_other_byte_stays(line_end: str, tmp_path: Path) -> None:
    file = tmp_path / "strange.ipynb"
    before = STRANGE.replace("\n", line_end).encode()
    file.write_bytes(before)
    file.chmod(0o640)
    assert main(["colour", str(file)]) == 0
    after = file.read_bytes()
    assert json.loads(after)["cells"][0]["metadata"] == OURS
    ours = re.sub(rb'"metadata":\{[^}]*\}\s*\}', b'"metadata":{ }', after)
    assert ours == before
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_notebook_that_is_right_is_not_written(tmp_path: Path, capsys) -> None:
    file = tmp_path / "right.ipynb"
    nbformat.write(notebook(("%julia\n1", OURS)), file)
    before = file.stat()
    assert main(["color", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: 0 cells changed\n"
    after = file.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "left as it is"),
        ('{"nbformat": 3, "worksheets": []}', "no notebook of nbformat 4"),
        ('{"cells": [], "metadata": {"language_info": {"name": "R"}}}', "its language is R"),
    ],
)
def test_what_is_no_such_notebook_is_left_alone(
    text: str, said: str, tmp_path: Path, capsys
) -> None:
    bad = tmp_path / "bad.ipynb"
    bad.write_text(text)
    good = tmp_path / "good.ipynb"
    nbformat.write(notebook(("%julia\n1", {})), good)
    assert main(["colour", str(bad), str(tmp_path / "none.ipynb"), str(good)]) == 1
    captured = capsys.readouterr()
    assert said in captured.err and "none.ipynb is left as it is" in captured.err
    assert captured.out == f"{good}: 1 cell changed\n"
    assert bad.read_text() == text


@pytest.mark.parametrize("name", ["tour", "pandas-julia-matplotlib"])
def test_the_examples_are_coloured(name: str) -> None:
    assert colour_text((ROOT / "examples" / f"{name}.ipynb").read_text())[1] == 0


def test_nbconvert_colours_the_tour() -> None:
    """Julia's cells carry the classes of Julia's tokens, on any machine."""
    html, _ = HTMLExporter().from_filename(str(ROOT / "examples" / "tour.ipynb"))
    assert '<span class="k">function</span>' in html and '<span class="k">using</span>' in html


INFOS = {
    "python": {"name": "python", "pygments_lexer": "ipython3"},
    "julia": {"name": "julia", "pygments_lexer": "julia", "file_extension": ".jl"},
}


@pytest.mark.parametrize(
    ("default", "info"),
    [
        ("python", INFOS["python"]),
        ("python", {"name": "python"}),  # as VS Code writes it before a kernel has started
        ("python", None),
        ("julia", INFOS["julia"]),
        ("julia", {"name": "julia"}),
        ("julia", None),
    ],
)
@each_layout
def test_nbconvert_colours_both_languages_whatever_the_notebooks_own(
    default: str, info: dict | None, layout: dict
) -> None:
    cells = ("%julia\nbegin end", {}), ("%python\nimport x", {}), ("begin; from y import z", {})
    made = notebook(*cells, language=default)
    if info:
        made.metadata["language_info"] = info
    text, _ = colour_text(json.dumps(made, **layout))
    assert text == json.dumps(json.loads(text), **layout)
    assert colour_text(text) == (text, 0)
    html, _ = HTMLExporter().from_notebook_node(nbformat.reads(text, 4))
    coloured = re.findall(r'<span class="(\w+)">(begin|import|from)</span>', html)
    last = [("k", "begin"), ("n", "from"), ("k", "import")]
    of_python = [("n", "begin"), ("kn", "from"), ("kn", "import")]
    assert coloured == [
        ("k", "begin"),
        ("kn", "import"),
        *(last if default == "julia" else of_python),
    ]


def test_a_notebook_of_julia_alone_stays_as_it_is() -> None:
    made = notebook(("x = 1", {}), ("%julia\ny = 2", {}), language="julia")
    made.metadata["language_info"] = INFOS["julia"]
    text = json.dumps(made)
    assert colour_text(text) == (text, 0)
