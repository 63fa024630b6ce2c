"""Values that cross come back equal in value and type, whichever side they are from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from values_julia_strategies import julia_one_way, julia_values
from values_peer import JuliaPeer
from values_same import same
from values_strategies import python_one_way, python_values

# `POLYGLOT_EXAMPLES=10000 pytest test/test_values.py` is the full measure.
EXAMPLES = int(os.environ.get("POLYGLOT_EXAMPLES", "60"))

full = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.fixture(scope="module")
def peer() -> Iterator[JuliaPeer]:
    peer = JuliaPeer()
    yield peer
    peer.close()


@pytest.mark.timeout(3600)
@full
@given(value=python_values)
def test_python_values_come_back_the_same(peer: JuliaPeer, value: object) -> None:
    back = peer.echo(value)
    assert same(value, back), f"{value!r} came back as {back!r}"


@pytest.mark.timeout(3600)
@full
@given(code=julia_values)
def test_julia_values_come_back_the_same(peer: JuliaPeer, code: str) -> None:
    value = peer.make(code)
    equal, there, made = peer.compare(value)
    assert equal and there == made, f"{made} {code} became {value!r} and came back as {there}"


@pytest.mark.timeout(3600)
@full
@given(pair=python_one_way)
def test_python_values_come_back_as_documented(peer: JuliaPeer, pair: tuple[Any, Any]) -> None:
    value, expected = pair
    back = peer.echo(value)
    assert same(expected, back), f"{value!r} came back as {back!r}"


@pytest.mark.timeout(3600)
@full
@given(pair=julia_one_way)
def test_julia_values_come_back_as_documented(peer: JuliaPeer, pair: tuple[str, str]) -> None:
    code, expected = pair
    back = peer.make(code)
    peer.make(expected)
    equal, there, made = peer.compare(back)
    assert equal and there == made, f"{code} became {back!r} and came back as {there}"
