"""Contents as JSON (`polyglot_shim.executor.pipes.jsontext`)."""

from __future__ import annotations

import json
import math

import pytest
from executor_pipes import SOURCES  # noqa: F401  makes polyglot_shim importable
from hypothesis import given
from hypothesis import strategies as st
from polyglot_shim.executor.pipes import jsontext

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


def strict(data: bytes) -> object:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(data.decode("utf-8"), parse_constant=refuse)


@given(values)
def test_plain_data_comes_through(value: object) -> None:
    def finite(value: object) -> object:
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if isinstance(value, list):
            return [finite(item) for item in value]
        if isinstance(value, dict):
            return {key: finite(item) for key, item in value.items()}
        return value

    assert strict(jsontext.dumps(value)) == finite(value)


@given(st.text(), st.sampled_from(["", "\0", "\x1b[0m", '"', "\\", "\n\r\t", "é😀", "\x7f"]))
def test_long_texts_are_as_short_ones(text: str, special: str) -> None:
    expected = (text + special).encode("utf-8", "backslashreplace").decode()
    long = (text + special) + "x" * jsontext.LONG
    content = {"data": {"text/plain": long, "other": [long], "short": text}, "n": 1}
    read = strict(jsontext.dumps(content))
    wanted = expected + "x" * jsontext.LONG
    short = text.encode("utf-8", "backslashreplace").decode()
    assert read == {"data": {"text/plain": wanted, "other": [wanted], "short": short}, "n": 1}


def test_a_long_text_beside_what_needs_cleaning() -> None:
    long = "x" * (jsontext.LONG + 1)
    read = strict(jsontext.dumps({"long": long, "nan": math.nan, 1: "key"}))
    assert read == {"long": long, "nan": None, "1": "key"}


def test_what_has_no_json_is_named() -> None:
    with pytest.raises(TypeError, match=r"object cannot be written as JSON"):
        jsontext.dumps({"a": object()})
