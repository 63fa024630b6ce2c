"""Packed values against test/vectors/values.json, which Julia's tests read too.

Each case has the bytes (hexadecimal) of a container `packed` and `plain`, with the same value, and
says whether the packed form is what is `written` of it by both languages.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
from polyglot_shim.executor.values.codec import Codec
from polyglot_shim.executor.values.errors import ConversionError
from polyglot_shim.executor.values.references import Exports
from polyglot_shim.executor.values.shared import Lender
from values_same import same

sys.path.insert(0, str(Path(__file__).parent / "vectors"))
import make_values

CASES = json.loads(make_values.PATH.read_text())


def codec() -> Codec:
    return Codec(Exports(), Lender(), lambda reference: reference)


def test_the_file_is_what_make_values_writes() -> None:
    assert make_values.PATH.read_text() == make_values.text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_both_forms_are_the_same_value(case: dict[str, Any]) -> None:
    packed, plain = (codec().decode([bytes.fromhex(case[form])]) for form in ("packed", "plain"))
    assert same(packed, plain)
    if case["written"]:
        assert bytes(codec().encode(plain).buffers[0]).hex() == case["packed"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_value_that_is_cut_short_is_an_error(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["packed"])
    for length in range(2, len(data)):
        with pytest.raises((ConversionError, IndexError, ValueError, struct.error)):
            codec().decode([data[:length]])


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ConversionError, match="the kind 0xee is unknown"):
        codec().decode([make_values.container(make_values.LIST, 9, b"\xee")])
