"""Executes a notebook on its kernel and shows it in the terminal, cell by cell as they finish.

`python examples/show.py NOTEBOOK [FOLDER]`: pictures, and the notebook with its outputs, go into
FOLDER (default: artefacts/). The exit code is 1 when a cell failed that was not meant to.
"""

from __future__ import annotations

import base64
import html
import re
import struct
import sys
import time
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError
from patient_client import PatientNotebookClient
from pygments import highlight
from pygments.formatters import Terminal256Formatter
from pygments.lexers import JuliaLexer, PythonLexer

MARKER = re.compile(r"\s*%%?(julia|python)\b")
PICTURES = {"image/png": "png", "image/jpeg": "jpeg", "image/svg+xml": "svg"}
BOLD, DIM, RED, GREEN, PURPLE, BLUE = "1", "2", "31", "32", "35", "34"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Show:
    """Prints cells and outputs; on a terminal with colours."""

    def __init__(self, notebook: nbformat.NotebookNode, folder: Path, stem: str) -> None:
        self.notebook = notebook
        self.folder = folder
        self.stem = stem
        self.pictures = 0
        self.started = 0.0
        self.colours = sys.stdout.isatty()
        self.default = notebook.metadata.kernelspec.get("language", "python")

    # nbclient's hooks

    def on_cell_start(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        self.started = time.monotonic()
        if cell.cell_type == "markdown":
            self.markdown(cell.source)

    def on_cell_execute(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        self.code(cell.source)

    def on_cell_executed(
        self, cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict
    ) -> None:
        cell.outputs = joined(cell.outputs)
        for output in cell.outputs:
            self.output(output)
        count = execute_reply["content"].get("execution_count", " ")
        seconds = time.monotonic() - self.started
        print(self.paint(f"[{count}] {seconds:.2f} s", DIM), flush=True)

    # Cells

    def markdown(self, source: str) -> None:
        print()
        for line in source.splitlines():
            print(self.paint(line.lstrip("# "), BOLD) if line.startswith("#") else line)

    def code(self, source: str) -> None:
        marker = MARKER.match(source)
        language = marker[1] if marker else self.default
        colour = PURPLE if language == "julia" else BLUE
        if self.colours:
            lexer = JuliaLexer() if language == "julia" else PythonLexer()
            source = highlight(source, lexer, Terminal256Formatter())
        print()
        for line in source.rstrip().splitlines():
            print(self.paint(f"{language:>6} │ ", colour) + line)
        sys.stdout.flush()

    # Outputs

    def output(self, output: nbformat.NotebookNode) -> None:
        if output.output_type == "stream":
            colour = RED if output.name == "stderr" else ""
            self.text(output.text, colour)
        elif output.output_type == "error":
            self.text("\n".join(output.traceback))
        else:
            self.bundle(output.data)

    def bundle(self, data: nbformat.NotebookNode) -> None:
        """One representation of many, the one that says most in a terminal."""
        picture = next((mime for mime in PICTURES if mime in data), None)
        if picture:
            self.text(self.picture(picture, data[picture]), GREEN)
        elif "text/html" in data and "<table" in data["text/html"]:
            self.text(table(data["text/html"]))
        elif "text/markdown" in data or "text/latex" in data:
            self.text(data.get("text/markdown", data.get("text/latex")))
        elif "text/plain" in data:
            self.text(data["text/plain"])
        elif "text/html" in data:
            self.text(html.unescape(re.sub(r"<[^>]+>", "", data["text/html"])))
        else:
            self.text(f"({', '.join(data)})", DIM)

    def picture(self, mime: str, content: str) -> str:
        """Saves a picture; says what it is and where."""
        svg = mime.endswith("svg+xml")
        content = "".join(content)
        raw = content.encode() if svg else base64.b64decode(content)
        self.pictures += 1
        file = self.folder / f"{self.stem}-{self.pictures}.{PICTURES[mime]}"
        file.write_bytes(raw)
        size = ""
        if mime == "image/png":
            size = "{} by {} pixels, ".format(*struct.unpack(">II", raw[16:24]))
        return f"🖼  {file} ({size}{len(raw) / 1000:.0f} kB)"

    def text(self, text: str, colour: str = "") -> None:
        for line in text.rstrip("\n").splitlines():
            line = line.rpartition("\r")[2]
            print("         " + self.paint(line, colour))

    def paint(self, text: str, colour: str) -> str:
        if not self.colours:
            return ANSI.sub("", text)
        return f"\x1b[{colour}m{text}\x1b[0m" if colour else text


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The outputs, with pieces of one stream that follow each other as one."""
    result: list[nbformat.NotebookNode] = []
    for output in outputs:
        name = output.get("name")
        if name and result and result[-1].get("name") == name:
            result[-1].text += output.text
        else:
            result.append(output)
    return result


def table(source: str) -> str:
    """An HTML table as columns of text."""
    rows = [
        [
            html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", source, re.DOTALL)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=False)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=False))
        for row in rows
    )


def main(path: Path, folder: Path) -> int:
    notebook = nbformat.read(path, as_version=4)
    folder.mkdir(parents=True, exist_ok=True)
    show = Show(notebook, folder, path.stem)
    client = PatientNotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=show.on_cell_start,
        on_cell_execute=show.on_cell_execute,
        on_cell_executed=show.on_cell_executed,
    )
    code = 0
    try:
        client.execute()
    except CellExecutionError:
        print("\nThis cell failed; the rest was not run.", file=sys.stderr)
        code = 1
    nbformat.write(notebook, folder / path.name)
    print(f"\nThe notebook with its outputs: {folder / path.name}")
    return code


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    sys.exit(main(arguments[0], *(arguments[1:] or [Path("artefacts")])))
