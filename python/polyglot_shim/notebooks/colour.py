"""`polyglot-kernel colour`: tells other programs the language of each cell, in the notebook's file.

nbconvert colours a cell by `magics_language` in its metadata, VS Code by `vscode.languageId`. The
extension for JupyterLab keeps both (labextension/src/metadata.ts, by the same rule); this does it
for notebooks that were made elsewhere.

nbconvert looks at `magics_language` only where the notebook's own lexer is one of IPython's. So a
notebook in both languages gets that, and in one of Julia all cells then say what they are.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any

from ..errors import StartupError
from .json_edit import Layout, Node, delete_member, parse, set_member
from .marker import LANGUAGES, parse_cell

LEXER = "ipython3"
"""What nbconvert takes where a notebook names no lexer."""


def colour_file(path: str) -> int:
    """Brings a notebook's metadata up to date; the number of cells that changed.

    Every other byte of the file stays as it is, and so does the file where nothing is to change.
    Raises StartupError where it is no notebook of nbformat 4 in Julia or Python.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        new, count = colour_text(text)
    except (OSError, ValueError) as error:
        raise StartupError(f"{path} is left as it is: {error}") from error
    if new != text:
        _replace(path, new)
    return count


def colour_text(text: str) -> tuple[str, int]:
    """The same for a text: the new one, and how many cells changed. Raises ValueError."""
    notebook = json.loads(text)
    default = default_language(notebook)
    root = parse(text)
    layout = Layout.of(text, root)
    languages = [
        parse_cell("".join(cell.get("source", "")), default).language
        if cell.get("cell_type") == "code"
        else None
        for cell in notebook["cells"]
    ]
    lexer = _lexer(notebook)
    edits = []
    if any(each not in (None, default) for each in languages) and not _is_ipythons(lexer):
        lexer = LEXER
        edits.append(_lexer_edit(text, root, layout))
    # IPython's lexer takes what says nothing for Python
    all_say = default != "python" and _is_ipythons(lexer)
    count = 0
    cells = root.get("cells")
    nodes = cells.items if cells else ()
    for cell, language, node in zip(notebook["cells"], languages, nodes, strict=True):
        place = node.get("metadata")
        if not language or not place or place.members is None:
            continue
        old = text[place.start : place.end]
        outer = _indentation(text, place)
        other = language if language != default else None
        magics = language if all_say else other
        new = _updated(old, cell["metadata"], language, magics, other, layout, outer)
        if new != old:
            edits.append((place, new))
            count += 1
    for place, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: place.start] + new + text[place.end :]
    return text, count


def default_language(notebook: dict[str, Any]) -> str:
    """The language of cells without a marker. Raises ValueError where it is neither of ours."""
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("it is no notebook of nbformat 4")
    metadata = notebook.get("metadata", {})
    kernelspec = metadata.get("kernelspec", {})
    language = (
        metadata.get("language_info", {}).get("name")
        or kernelspec.get("language")
        or ("julia" if kernelspec.get("name") == "polyglot-julia" else "python")
    )
    if language not in LANGUAGES:
        raise ValueError(f"its language is {language}, neither Julia nor Python")
    return language


def _lexer(notebook: dict[str, Any]) -> str:
    """The lexer that nbconvert has for cells that name no language of their own."""
    info = notebook.get("metadata", {}).get("language_info", {})
    return info.get("pygments_lexer") or info.get("name") or LEXER


def _is_ipythons(lexer: str) -> bool:
    return lexer.startswith("ipython")


def _lexer_edit(text: str, root: Node, layout: Layout) -> tuple[Node, str]:
    """The notebook's `language_info` with a lexer that lets cells be in another language."""
    info = root.get("metadata").get("language_info")  # type: ignore[union-attr]
    outer = _indentation(text, info)
    return info, set_member(text[info.start : info.end], "pygments_lexer", LEXER, layout, outer)


def _updated(
    text: str,
    metadata: dict[str, Any],
    language: str,
    magics: str | None,
    vscode_id: str | None,
    layout: Layout,
    outer: str,
) -> str:
    """The text of a cell's metadata as it is to be. What names neither language is not touched."""
    if _is_stale(metadata.get("magics_language"), magics, language):
        text = _put(text, "magics_language", magics, layout, outer)
    vscode = metadata.get("vscode", {})
    if isinstance(vscode, dict) and _is_stale(vscode.get("languageId"), vscode_id, language):
        old = parse(text).get("vscode")
        if vscode_id is None and len(vscode) == 1:
            text = delete_member(text, "vscode")
        elif old is None:
            text = set_member(text, "vscode", {"languageId": vscode_id}, layout, outer)
        else:
            inner = text[old.start : old.end]
            new = _put(inner, "languageId", vscode_id, layout, outer + layout.indent)
            text = text[: old.start] + new + text[old.end :]
    return text


def _is_stale(entry: Any, wanted: str | None, language: str) -> bool:
    return entry != wanted if wanted else entry in LANGUAGES and entry != language


def _put(text: str, key: str, value: str | None, layout: Layout, outer: str) -> str:
    return (
        delete_member(text, key) if value is None else set_member(text, key, value, layout, outer)
    )


def _indentation(text: str, place: Node) -> str:
    line = text[text.rfind("\n", 0, place.start) + 1 : place.start]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _replace(path: str, text: str) -> None:
    """Writes the file anew, whole or not at all, with the same rights."""
    path = os.path.realpath(path)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=os.path.dirname(path), delete=False
    ) as file:
        try:
            file.write(text)
            file.close()
            os.chmod(file.name, os.stat(path).st_mode)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
