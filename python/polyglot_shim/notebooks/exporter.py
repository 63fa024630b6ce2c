"""`jupyter nbconvert --to script` for notebooks in both languages.

A script is in one language: the notebook's own. Cells in the other one are left out, and stand in
it as comments that say so; the stock exporters would write them as if they were in its language.
So are the cells that take something from those, and what is no code of the language (`;ls`, an
`await` outside of functions): the script would end there.
"""

from __future__ import annotations

import copy
from typing import Any

from nbconvert.exporters import Exporter, PythonExporter, ScriptExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from .colour import default_language
from .julia_names import given_by_julia, julia_mode, needed_by_julia
from .marker import Cell, parse_cell
from .python_names import Names, future_lines, names_of_python

TITLES = {"julia": "Julia", "python": "Python"}
NOT_IN_SCRIPTS = {
    "python": {"jl", "_", "__", "___", "In", "Out"},
    "julia": {"py", "pyimport", "Polyglot", "ans"},
}
"""What cells of a language have of the other one and of the kernel."""


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
    missing = set(NOT_IN_SCRIPTS[default])
    left_out = []
    future = []
    for number, cell in enumerate(script.cells, 1):
        if cell.cell_type != "code":
            continue
        parsed = parse_cell(cell.source, default)
        reason = _reason(parsed, default, missing)
        if reason:
            left_out.append(number)
            cell.source = _as_comment(cell.source, f"{reason}: left out of this script")
            continue
        cell.source = _with_missing(parsed, default)
        if default == "python":
            future += future_lines(cell.source).values()
            cell.source = _without_future(cell.source)
    head = [_as_comment("", _summary(left_out, default))] if left_out else []
    head += ["\n".join(dict.fromkeys(future))] if future else []
    script.cells[:0] = map(new_code_cell, head)
    return script, left_out


def _reason(cell: Cell, default: str, missing: set[str]) -> str | None:
    """Why a cell cannot be in the script; keeps up to date which names that has not."""
    if cell.wrong:
        return "A cell with a marker that the kernel refuses"
    if cell.language != default:
        missing.update(name.rpartition("=")[2].strip() for name in cell.outputs)
        return f"A {TITLES[cell.language]} cell"
    missing.update(name.partition("=")[0].strip() for name in cell.inputs)
    mode = julia_mode(cell.code) if default == "julia" else None
    if mode:
        return mode
    try:
        names = _names(cell.code, default, missing)
    except SyntaxError as error:
        return f"A cell that is no script in Python ({error.msg})"
    if names.needed & missing:
        reason = f"A cell that takes {', '.join(sorted(names.needed & missing))} from elsewhere"
        missing |= names.given
        return reason
    missing -= names.given
    return None


def _names(code: str, language: str, missing: set[str]) -> Names:
    if language == "python":
        return names_of_python(code)
    return Names(needed_by_julia(code, missing), given_by_julia(code))


def _without_future(code: str) -> str:
    """The code without what the head of the script has; lines keep their numbers."""
    taken = future_lines(code)
    lines = code.splitlines()
    return "\n".join(f"# {line}" if i in taken else line for i, line in enumerate(lines))


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
