"""docs/would-miss.md: every row but those out of scope names tests, and they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
TABLE = TESTS.parent / "docs" / "would-miss.md"
OUT_OF_SCOPE = "out of scope"


def rows() -> list[str]:
    lines = TABLE.read_text().splitlines()
    return [
        line for line in lines if line.startswith("| ") and not line.startswith("| what | here |")
    ]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.split("|")[1].strip())
def test_a_row_names_tests_that_exist(row: str) -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", row)
    assert named or OUT_OF_SCOPE in row
    for file, name in named:
        tree = ast.parse((TESTS / file).read_text())
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in defined, f"{file} has no {name}"


def test_nothing_else_is_out_of_scope() -> None:
    excluded = [row.split("|")[1].strip() for row in rows() if OUT_OF_SCOPE in row]
    assert excluded == ["Revise"]
