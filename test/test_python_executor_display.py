"""Everything that a Python cell can show."""

from __future__ import annotations

import base64
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import IPython
import pytest
from executor_pipes import PipedExecutor, python_executor

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        executor.run("from IPython.display import *")
        yield executor


def displayed(python: PipedExecutor, code: str) -> dict[str, Any]:
    """The MIME bundle of the only display of a cell."""
    cell = python.run(code)
    assert cell.reply["status"] == "ok", cell.reply
    [data] = cell.displays
    return data


@pytest.mark.parametrize(
    ("code", "mime", "data"),
    [
        ("HTML('<b>x</b>')", "text/html", "<b>x</b>"),
        ("Markdown('**x**')", "text/markdown", "**x**"),
        ("Latex('$x$')", "text/latex", "$x$"),
        ("SVG('<svg></svg>')", "image/svg+xml", "<svg/>"),
        ("Javascript('1')", "application/javascript", "1"),
        ("JSON({'a': [1, None]})", "application/json", {"a": [1, None]}),
    ],
)
def test_mime_types(python: PipedExecutor, code: str, mime: str, data: Any) -> None:
    shown = displayed(python, f"display({code})")
    assert shown[mime] == data
    assert "text/plain" in shown
    result = python.run(code).messages("execute_result")[0]["content"]["data"]
    assert result[mime] == data


def test_bytes_are_encoded_once(python: PipedExecutor) -> None:
    encoded = base64.b64encode(PNG).decode()
    python.run(
        f"class Raw:\n    def _repr_png_(self): return {PNG!r}\n"
        f"class Text:\n    def _repr_png_(self): return {encoded!r}\n"
        f"class Bundle:\n"
        "    def _repr_mimebundle_(self, **_):\n"
        f"        return {{'image/png': {PNG!r}, 'application/vnd.vegalite.v5+json': {{'a': 1}}}}\n"
    )
    for code in ("Raw()", "Text()", "Bundle()", f"Image({PNG!r})"):
        assert displayed(python, f"display({code})")["image/png"] == encoded, code
    vega = displayed(python, "display(Bundle())")["application/vnd.vegalite.v5+json"]
    assert vega == {"a": 1}
    assert displayed(python, f"display({{'image/png': {PNG!r}}}, raw=True)")["image/png"] == encoded


@pytest.mark.parametrize(
    ("mime", "content"),
    [
        ("application/vnd.plotly.v1+json", {"data": [{"y": [1, 2]}], "layout": {}}),
        ("application/vnd.vegalite.v5+json", {"mark": "bar", "data": {"values": [{"a": 1}]}}),
        ("application/vnd.vega.v5+json", {"marks": []}),
    ],
)
def test_bundles_of_plotting_packages(
    python: PipedExecutor, mime: str, content: dict[str, Any]
) -> None:
    """They are shown by `display(bundle, raw=True)`, and by `_repr_mimebundle_`."""
    bundle = {mime: content, "text/plain": "a chart"}
    assert displayed(python, f"display({bundle}, raw=True)") == bundle
    python.run(f"class Chart:\n    def _repr_mimebundle_(self, **_): return {bundle}")
    shown = python.run("Chart()").messages("execute_result")[0]["content"]["data"]
    assert shown == bundle


def test_what_json_does_not_have(python: PipedExecutor) -> None:
    shown = displayed(
        python,
        "import datetime, pathlib\n"
        "display({'application/json': {'nan': float('nan'), 1: float('inf'), 'set': {3},\n"
        "  'date': datetime.date(2024, 1, 2), 'path': pathlib.Path('/a'), 'bytes': b'ab'}},\n"
        "  raw=True)",
    )
    assert shown["application/json"] == {
        "nan": None,
        "1": None,
        "set": [3],
        "date": "2024-01-02",
        "path": "/a",
        "bytes": "YWI=",
    }
    cell = python.run(
        "display({'application/json': {'a': object}}, raw=True)\nprint('not reached')"
    )
    assert cell.reply["ename"] == "TypeError"
    assert "cannot be written as JSON" in cell.reply["evalue"]


def test_numpy_scalars(python: PipedExecutor) -> None:
    pytest.importorskip("numpy")
    shown = displayed(
        python,
        "import numpy as np\n"
        "display({'application/json': [np.int64(3), np.float32(0.5), np.bool_(True),\n"
        "  np.float64('nan'), np.array([1, 2]), {np.str_('k'): np.datetime64('2024-01-02')}]},\n"
        "  raw=True)",
    )
    assert shown["application/json"] == [3, 0.5, True, None, [1, 2], {"k": "2024-01-02"}]


def test_updates_by_id(python: PipedExecutor) -> None:
    cell = python.run("handle = display('first', display_id='here')\nhandle.update('second')")
    [first] = cell.messages("display_data")
    [second] = cell.messages("update_display_data")
    assert first["content"]["transient"] == second["content"]["transient"] == {"display_id": "here"}
    assert second["content"]["data"]["text/plain"] == "'second'"
    cell = python.run("handle = display('one', display_id=True)\nhandle.update('two')")
    [first] = cell.messages("display_data")
    [second] = cell.messages("update_display_data")
    assert first["content"]["transient"]["display_id"]
    assert first["content"]["transient"] == second["content"]["transient"]
    cell = python.run("update_display('third', display_id='here')")
    assert cell.messages("update_display_data")[0]["content"]["data"]["text/plain"] == "'third'"


def test_clear_output(python: PipedExecutor) -> None:
    cell = python.run("print('a')\nclear_output(wait=True)\nprint('b')\nclear_output()")
    assert [output["msg_type"] for output in cell.outputs] == [
        *("stream", "clear_output", "stream", "clear_output")
    ]
    waits = [message["content"]["wait"] for message in cell.messages("clear_output")]
    assert waits == [True, False]


def test_displays_of_threads(python: PipedExecutor) -> None:
    cell = python.run(
        "import threading\n"
        "t = threading.Thread(target=display, args=['threaded']); t.start(); t.join()"
    )
    assert cell.displays == [{"text/plain": "'threaded'"}]


@pytest.mark.skipif(IPython.version_info < (9,), reason="IPython 9 brought it")
def test_a_notebook_made_of_the_history_may_have_the_displays(
    python: PipedExecutor, tmp_path: Path
) -> None:
    written = tmp_path / "history.ipynb"
    shown = []
    for stored in (False, True):
        python.run(f"%config ZMQDisplayPublisher.store_display_history = {stored}")
        python.run(f"display('{stored}')")
        python.run(f"%notebook {written}")
        cells = json.loads(written.read_text())["cells"]
        outputs = next(c["outputs"] for c in cells if c["source"] == [f"display('{stored}')"])
        shown.append([output["data"]["text/plain"] for output in outputs])
    assert shown == [[], [["'True'"]]]


def test_a_large_result(python: PipedExecutor) -> None:
    cell = python.run("'x' * 20_000_000")
    assert cell.result == repr("x" * 20_000_000)


def test_pandas(python: PipedExecutor) -> None:
    pytest.importorskip("pandas")
    data = displayed(python, "import pandas as pd\ndisplay(pd.DataFrame({'col': [1, 2]}))")
    assert "<th>col</th>" in data["text/html"]


def test_figures_are_shown_at_the_end_of_the_cell_and_by_show(python: PipedExecutor) -> None:
    pytest.importorskip("matplotlib_inline")
    pytest.importorskip("matplotlib")
    cell = python.run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('text');")
    assert [output["msg_type"] for output in cell.outputs] == ["stream", "display_data"]
    assert base64.b64decode(cell.displays[0]["image/png"]).startswith(PNG)
    cell = python.run("plt.plot([1]); plt.show(); print('after')")
    assert [output["msg_type"] for output in cell.outputs] == ["display_data", "stream"]
    assert python.run("1").displays == []
    cell = python.run("%config InlineBackend.figure_formats = ['svg']\nplt.plot([3, 4]);")
    assert "<svg" in cell.displays[0]["image/svg+xml"]
    cell = python.run("%matplotlib inline\nfigure, axes = plt.subplots(); plt.close(); figure")
    result = cell.messages("execute_result")[0]["content"]["data"]
    assert "<svg" in result["image/svg+xml"]


def test_a_figure_of_a_cell_that_fails_is_shown(python: PipedExecutor) -> None:
    pytest.importorskip("matplotlib_inline")
    pytest.importorskip("matplotlib")
    cell = python.run("plt.plot([1])\n1/0")
    assert [output["msg_type"] for output in cell.outputs] == ["error", "display_data"]


def test_event_loops_that_cannot_run_say_why(python: PipedExecutor) -> None:
    assert "runs no wx event loop" in python.run("%gui wx").stderr
    if importlib.util.find_spec("PyQt5") is None and importlib.util.find_spec("PySide6") is None:
        assert "the qt event loop cannot run" in python.run("%gui qt").stderr


def test_tqdm_shows_its_widget(python: PipedExecutor) -> None:
    pytest.importorskip("tqdm")
    pytest.importorskip("ipywidgets")
    cell = python.run("from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass")
    assert any("application/vnd.jupyter.widget-view+json" in data for data in cell.displays)
    assert "it/s" in python.run("import tqdm.std\nlist(tqdm.std.tqdm(range(2)));").stderr


def test_a_toolkits_events_are_handled_between_cells_and_at_awaits(python: PipedExecutor) -> None:
    """Qt is not installed for the tests: what is asked of it is."""
    python.run(
        "import asyncio, IPython.lib.guisupport as support, threading\n"
        "events = []\n"
        "class App:\n"
        "    def processEvents(self):\n"
        "        while events: events.pop()()\n"
        "support.get_app_qt4 = lambda arguments: App()"
    )
    assert not python.run("%gui qt").outputs
    main = "lambda: print(threading.current_thread() is threading.main_thread())"
    id = python.start(f"events.append({main})")
    frame = python.wait_for("stream")
    assert (bytes(frame.buffers[0]), frame.header["id"]) == (b"True\n", id)
    cell = python.run("done = asyncio.Event(); events.append(done.set); await done.wait(); 'done'")
    assert cell.result == "'done'"
    assert not python.run("%gui").outputs
    assert python.run("events.append(None); await asyncio.sleep(0.1); len(events)").result == "1"


def test_names_that_need_no_event_loop(python: PipedExecutor) -> None:
    assert not python.run("%gui asyncio").outputs
    assert python.run("%matplotlib notebook\nprint('the rest')").stdout == "the rest\n"
    python.run("%matplotlib inline")
    assert "%matplotlib widget" in python.run("%gui wx").stderr
