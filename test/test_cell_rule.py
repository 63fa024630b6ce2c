"""One rule says what language a cell has: the kernel's, and who colours notebooks keeps to it.

`julia/PolyglotKernel/test/test_cell.jl` asks the kernel the same, `test_lab_extension.py` a
browser.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from languages import LANGUAGES
from polyglot_shim.notebooks.marker import parse_cell

ROOT = Path(__file__).resolve().parent.parent
CASES = json.loads((ROOT / "test" / "vectors" / "cells.json").read_text())

each = pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
each_default = pytest.mark.parametrize("default", LANGUAGES)


@each
@each_default
def test_notebooks_are_read_by_the_rule(case: dict, default: str) -> None:
    cell = parse_cell(case["source"], default)
    assert cell.language == (case["language"] or default)
    assert cell.wrong == case.get("wrong", False)
    if not cell.wrong:
        assert cell.code == case["code"]


@each_default
def test_what_options_name(default: str) -> None:
    cell = parse_cell("%julia -i x, y -o z -i a=b\n1", default)
    assert (cell.inputs, cell.outputs) == (("x", "y", "a=b"), ("z",))


# In Node.js, on what `make labextension` has compiled.
ASK = """
import { readFileSync } from 'node:fs';
const { parseCell } = await import(process.argv[1] + '/marker.js');
const { switchEdit, apply } = await import(process.argv[1] + '/switch.js');
const cases = JSON.parse(readFileSync(process.argv[2]));
const answer = (source, fallback) => {
  const cell = parseCell(source, fallback);
  const goal = cell.language === 'julia' ? 'python' : 'julia';
  const edit = switchEdit(source, fallback, goal);
  const switched = apply(source, edit);
  const back = switchEdit(switched, fallback, cell.language);
  const { language, marker } = cell;
  const wrong = cell.problem !== null;
  const start = marker ? marker.to : 0;
  return { language, wrong, code: source.slice(0, marker?.from ?? 0) + source.slice(start),
    switched, after: parseCell(switched, fallback).language, goal,
    back: back && apply(switched, back) };
};
console.log(JSON.stringify(cases.map(({ source }) =>
  Object.fromEntries(['python', 'julia'].map(fallback => [fallback, answer(source, fallback)])))));
"""


@pytest.fixture(scope="module")
def answers() -> list[dict[str, dict]]:
    """What the extension says of each case, for both defaults."""
    compiled = ROOT / "labextension" / "lib"
    node = shutil.which("node")
    if not (node and (compiled / "marker.js").exists()):
        assert not os.environ.get("CI"), (
            "CI must have Node.js and what `make labextension` compiles"
        )
        pytest.skip("needs Node.js and `make labextension`")
    vectors = ROOT / "test" / "vectors" / "cells.json"
    done = subprocess.run(
        [node, "--input-type=module", "-e", ASK, str(compiled), str(vectors)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@each_default
def test_the_extension_keeps_to_the_rule(answers: list[dict], default: str) -> None:
    for case, found in zip(CASES, answers, strict=True):
        answer = found[default]
        assert answer["language"] == (case["language"] or default), case
        assert answer["wrong"] == case.get("wrong", False), case
        if not answer["wrong"]:
            assert answer["code"] == case["code"], case


@each_default
def test_a_switched_cell_is_in_the_other_language(answers: list[dict], default: str) -> None:
    for case, found in zip(CASES, answers, strict=True):
        answer = found[default]
        if answer["wrong"]:
            continue  # what the kernel refuses is for the user to mend
        assert answer["after"] == answer["goal"], case
        kept = parse_cell(answer["switched"], default).code
        assert kept.strip() == case["code"].strip(), case


@each_default
def test_switched_twice_a_cell_is_as_it_was(answers: list[dict], default: str) -> None:
    """But for the place of code on the marker's line, and markers that say what goes without."""
    for case, found in zip(CASES, answers, strict=True):
        answer = found[default]
        if case["language"] is None and not answer["wrong"]:
            assert answer["back"] == case["source"], case
