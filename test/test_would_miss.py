"""docs/would-miss.md: every row of what one would miss names tests, and they exist, but for those
out of scope. (What was tried by hand there is in other tables.)"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
TABLE = TESTS.parent / "docs" / "would-miss.md"
OUT_OF_SCOPE = "out of scope"


def rows() -> list[str]:
    blocks = TABLE.read_text().split("\n\n")
    tables = [block.splitlines() for block in blocks if block.startswith("| what | here |")]
    return [row for table in tables for row in table[2:]]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.split("|")[1].strip())
def test_a_row_names_tests_that_exist(row: str) -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", row)
    assert named or OUT_OF_SCOPE in row
    for file, name in named:
        tree = ast.parse((TESTS / file).read_text())
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in defined, f"{file} has no {name}"


def test_nothing_is_out_of_scope() -> None:
    assert [row for row in rows() if OUT_OF_SCOPE in row] == []
