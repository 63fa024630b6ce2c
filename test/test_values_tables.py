"""Tables: with DataFrames and CategoricalArrays in Julia, with and without pyarrow in Python.

The Julia packages are stubs (`julia_stubs`) with the names, UUIDs and functions of the real ones.
"""

from __future__ import annotations

import datetime
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from values_peer import JuliaPeer

STUBS = Path(__file__).parent / "julia_stubs"


@pytest.fixture(scope="module")
def plain() -> Iterator[JuliaPeer]:
    peer = JuliaPeer()
    yield peer
    peer.close()


@pytest.fixture(scope="module")
def packages() -> Iterator[JuliaPeer]:
    """Julia with the packages loaded."""
    peer = JuliaPeer()
    peer.make(f'(push!(LOAD_PATH, "{STUBS}"); nothing)')
    peer.make("@eval begin using DataFrames, Tables, CategoricalArrays, StaticArrays end")
    yield peer
    peer.close()


@pytest.fixture(params=["pyarrow", "no pyarrow"])
def arrow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Both ways in which columns of strings cross."""
    if request.param == "no pyarrow":
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        return None
    return pytest.importorskip("pyarrow")


def mixed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "i": pd.array([1, None], "Int64"),
            "s": pd.Series(["a", None], dtype="str"),
            "none": pd.Series([None, None], dtype="str"),
            "c": pd.Categorical(["x", None], categories=["y", "x"], ordered=True),
        }
    )


@pytest.mark.parametrize("which", ["plain", "packages"])
def test_a_frame_comes_back(which: str, arrow: Any, request: pytest.FixtureRequest) -> None:
    peer = request.getfixturevalue(which)
    pd.testing.assert_frame_equal(mixed(), peer.echo(mixed()))


def test_a_data_frame(packages: JuliaPeer, arrow: Any) -> None:
    code = "(string(typeof(it)), [string(eltype(c)) for c in it.columns[1:3]], it.names)"
    kind, types, names = packages.give(mixed(), code)
    assert kind == "DataFrames.DataFrame"
    assert list(types) == [
        "Union{Missing, Int64}",
        *["Union{Missing, String}"] * 2,
    ]
    assert list(names) == ["i", "s", "none", "c"]
    assert packages.give(mixed(), "it.columns[4] isa CategoricalArrays.CategoricalArray")


def test_columns_of_strings_without_strings(plain: JuliaPeer, arrow: Any) -> None:
    frame = pd.DataFrame({"s": pd.Series([], dtype="str")})
    assert plain.give(frame, "string(typeof(it.s))") in ("Array{String,1}", "Vector{String}")
    pd.testing.assert_frame_equal(frame, plain.echo(frame))


def test_columns_of_objects(plain: JuliaPeer) -> None:
    frame = pd.DataFrame(
        {
            "d": pd.Series([datetime.date(2020, 1, 1), pd.NA], dtype=object),
            "b": pd.Series([b"x", pd.NA], dtype=object),
            "u": pd.Series([uuid.UUID(int=1), uuid.UUID(int=2)], dtype=object),
        }
    )
    types = plain.give(frame, "[string(nonmissingtype(eltype(c))) for c in it]")
    without_blanks = [name.replace(" ", "") for name in types]  # Julia 1.6 and newer write some
    assert without_blanks == ["Date", "Base.CodeUnits{UInt8,String}", "UUID"]
    pd.testing.assert_frame_equal(frame, plain.echo(frame))


@pytest.mark.parametrize("items", [[], [1, "x"], [[1], None], [2**70, 1]])
def test_a_frame_of_nothing_but_objects_stays_one(plain: JuliaPeer, items: list[Any]) -> None:
    frame = pd.DataFrame({"o": pd.Series(items, dtype=object)})
    pd.testing.assert_frame_equal(frame, plain.echo(frame))
    assert plain.give(frame, "it.o isa AbstractVector{Any}")


def test_a_table_of_arrow(plain: JuliaPeer) -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"i": [1, None], "s": ["é", None], "d": [datetime.date(2020, 1, 1), None]})
    types = plain.give(table, "[string(eltype(c)) for c in it]")
    assert list(types) == [f"Union{{Missing, {name}}}" for name in ("Int64", "String", "Date")]
    assert np.array_equal(plain.echo(table)["i"].isna(), [False, True])


def test_a_categorical_array_alone(packages: JuliaPeer) -> None:
    values = pd.Categorical(["low", None, "high"], categories=["low", "high"], ordered=True)
    back = packages.echo(values)
    assert back.equals(values) and back.ordered
    assert packages.give(values, "it isa CategoricalArrays.CategoricalArray") is True


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("SVector{3,Float64}((1, 2, 3))", np.array([1.0, 2, 3])),
        ("SMatrix{2,2,Int32,4}((1, 2, 3, 4))", np.array([[1, 3], [2, 4]], "i4")),
        ('SVector{2,String}(("a", "b"))', np.array(["a", "b"], object)),
        ("SVector{2,Any}((1, nothing))", [1, None]),
        ("Any[SVector{1,Int}((i,)) for i in 1:9][9]", np.array([9])),
    ],
)
def test_static_arrays_are_arrays(packages: JuliaPeer, code: str, expected: Any) -> None:
    value = packages.make(code)
    assert type(value) is type(expected) and np.array_equal(value, expected)
    assert getattr(value, "dtype", None) == getattr(expected, "dtype", None)
