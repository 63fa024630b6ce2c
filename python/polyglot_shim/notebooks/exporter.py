"""`jupyter nbconvert --to script` for notebooks in both languages.

A script is in one language: the notebook's own. Cells in the other one are left out, and stand in
it as comments that say so; the stock exporters would write them as if they were in its language.
"""

from __future__ import annotations

import copy
from typing import Any

from nbconvert.exporters import Exporter, PythonExporter, ScriptExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from .colour import default_language
from .marker import Cell, parse_cell

TITLES = {"julia": "Julia", "python": "Python"}


class PolyglotExporter(Exporter):
    """A script of the cells in the notebook's own language.

    The kernel names it in its `language_info`, so that `--to script` finds it.
    """

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The script and its resources; the file's extension is that of the language."""
        default = default_language(nb)
        script, left_out = in_one_language(nb, default)
        if left_out:
            self.log.warning("%s", _summary(left_out, default))
        self.output_mimetype = "text/x-python" if default == "python" else "text/x-julia"
        self.file_extension = ".py" if default == "python" else ".jl"
        exporter = PythonExporter if default == "python" else ScriptExporter
        return exporter(parent=self).from_notebook_node(script, resources, **options)


def in_one_language(nb: NotebookNode, default: str) -> tuple[NotebookNode, list[int]]:
    """The notebook with the other language's cells as comments, and their numbers from 1."""
    script = copy.deepcopy(nb)
    script.metadata.setdefault("language_info", {}).pop("nbconvert_exporter", None)
    script.metadata.language_info["name"] = default
    script.metadata.language_info.setdefault(
        "file_extension", ".py" if default == "python" else ".jl"
    )
    left_out = []
    for number, cell in enumerate(script.cells, 1):
        if cell.cell_type != "code":
            continue
        parsed = parse_cell(cell.source, default)
        if parsed.language != default or parsed.wrong:
            left_out.append(number)
            cell.source = _as_comment(cell.source, f"{_what(parsed)}: left out of this script")
        else:
            cell.source = _with_missing(parsed, default)
    if left_out:
        head = new_code_cell(_as_comment("", _summary(left_out, default)))
        script.cells.insert(0, head)
    return script, left_out


def _what(cell: Cell) -> str:
    return (
        "A cell with a marker that the kernel refuses"
        if cell.wrong
        else (f"A {TITLES[cell.language]} cell")
    )


def _with_missing(cell: Cell, default: str) -> str:
    """A cell's code, with a word on what it would take from the other language."""
    code = cell.code.removeprefix("\n")
    if not cell.inputs:
        return code
    other = TITLES["julia" if default == "python" else "python"]
    names = ", ".join(name.partition("=")[0] for name in cell.inputs)
    return f"# from {other}, which is not part of this script: {names}\n{code}"


def _summary(left_out: list[int], default: str) -> str:
    cells = ", ".join(map(str, left_out))
    return (
        f"This script has the {TITLES[default]} cells of a notebook in Julia and Python. "
        f"Left out of it, each at its place: cell {cells}. To run all of them: "
        "jupyter nbconvert --to notebook --execute"
    )


def _as_comment(source: str, heading: str) -> str:
    lines = [heading, *source.splitlines()]
    return "\n".join(f"# {line}".rstrip() for line in lines)
