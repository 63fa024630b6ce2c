"""Every notebook in `examples/` runs on the real kernel and shows what is saved in it."""

from pathlib import Path

import nbformat
import pytest
from patient_client import PatientNotebookClient
from polyglot_shim.find_julia import find_julia

EXAMPLES = sorted((Path(__file__).resolve().parent.parent / "examples").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"
SAVED_WITH = (1, 5)  # other versions of Julia write some types and backtraces in other words


def shown(cell: nbformat.NotebookNode, words: bool) -> list[tuple]:
    """What the cell shows; of texts that a version of Julia words otherwise only the kinds."""
    outputs = []
    for output in cell.outputs:
        if output.output_type == "stream":
            kind = ("stream", output.name)
            before = outputs.pop()[2] if outputs and outputs[-1][:2] == kind else ""
            outputs.append((*kind, before + output.text))
        elif output.output_type == "error":
            outputs.append(("error", output.ename, output.evalue if words else ""))
        else:
            data = {mime: text_of(mime, data) for mime, data in output.data.items()}
            outputs.append((output.output_type, data if words else sorted(data)))
    return outputs


def text_of(mime: str, data: object) -> object:
    """The data, but of what differs from run to run: a picture's, and a widget's id."""
    return None if mime.startswith("image/") or mime == WIDGET else data


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.timeout(300)
def test_example_shows_what_is_saved(path: Path) -> None:
    saved = nbformat.read(path, as_version=4)
    again = nbformat.read(path, as_version=4)
    PatientNotebookClient(
        again,
        timeout=120,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    words = find_julia().version[:2] == SAVED_WITH
    for old, new in zip(saved.cells, again.cells, strict=True):
        if old.cell_type == "code":
            julia = "%julia" in old.source.partition("\n")[0]
            assert shown(new, words or not julia) == shown(old, words or not julia), old.source
            assert new.execution_count == old.execution_count
