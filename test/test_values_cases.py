"""What single values become on the other side, and which ones are refused with which words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from polyglot_shim.executor.values.errors import ConversionError
from values_peer import JuliaError, JuliaPeer
from values_same import same
from values_strategies import Pair


@pytest.fixture(scope="module")
def peer() -> Iterator[JuliaPeer]:
    peer = JuliaPeer()
    yield peer
    peer.close()


def masked(items: list[Any], mask: list[Any], dtype: Any = None) -> Any:
    return np.ma.MaskedArray(np.array(items, dtype), mask)


TEXT_DTYPE = np.dtypes.StringDType
RECORDS = [("name", "U3", (2,)), ("n", "i4")]

IN_JULIA = [
    (masked(["a", "b"], [0, 1]), 'Union{Missing,String}["a", missing]'),
    (masked([b"a", b"b"], [0, 1]), 'Any[codeunits("a"), missing]'),
    (masked(["a", 3], [0, 1], object), 'Union{Missing,String}["a", missing]'),
    (masked([["a", "b"], ["c", "d"]], [[0, 1], [0, 0]]), '["a" missing; "c" "d"]'),
    (masked([1, 2], [0, 1], "g"), "Union{Missing,BigFloat}[1, missing]"),
    (np.array(["a", "é"], TEXT_DTYPE()), '["a", "é"]'),
    (np.array(["a", None], TEXT_DTYPE(na_object=None)), 'Union{Missing,String}["a", missing]'),
    (np.array(["a"], TEXT_DTYPE(na_object=np.nan)), 'Union{Missing,String}["a"]'),
    (np.array([(["a", "b"], 1)], RECORDS), '[(name = ("a", "b"), n = Int32(1))]'),
    (
        np.array([(["2020-01-01", "2020-01-02"],)], [("t", "M8[D]", (2,))]),
        "[(t = (Date(2020, 1, 1), Date(2020, 1, 2)),)]",
    ),
    (
        np.array([("x", [[1, 2, 3], [4, 5, 6]])], [("s", "U1"), ("m", "i8", (2, 3))]),
        '[(s = "x", m = ((1, 2, 3), (4, 5, 6)))]',
    ),
    (np.array([(["a", "b"], 1)], RECORDS)[0], '(name = ("a", "b"), n = Int32(1))'),
    (np.array([([1, 2],)], [("a", "i8", (2,))])[0], "(a = (1, 2),)"),
    (
        masked([(1, 2.0), (3, 4.0)], [(0, 1), (1, 1)], "i4,f8"),
        "NamedTuple{(:f0, :f1),Tuple{Union{Missing,Int32},Union{Missing,Float64}}}"
        "[(f0 = Int32(1), f1 = missing), (f0 = missing, f1 = missing)]",
    ),
    (masked([(1, 2.0)], [(0, 1)], "i4,f8")[0], "(f0 = Int32(1), f1 = missing)"),
    (np.longdouble(-1.5), "BigFloat(-1.5; precision = 64)"),
    (range(10**20), "0:(big(10)^20 - 1)"),
    (range(-(2**63), -(2**63)), "big(typemin(Int)):(big(typemin(Int)) - 1)"),
    (pd.Series([], dtype="str"), "String[]"),
    (pd.Series([None, None], dtype="str"), "Union{Missing,String}[missing, missing]"),
]


@pytest.mark.parametrize(("value", "julia"), IN_JULIA, ids=[code for _, code in IN_JULIA])
def test_in_julia(peer: JuliaPeer, value: Any, julia: str) -> None:
    # `isequal` would go through the elements of a range.
    equal = "Base.:(==)" if isinstance(value, range) else "isequal"
    code = f"({equal}(it, {julia}), typeof(it) == typeof({julia}), repr(it))"
    arrived = peer.give(value, code)
    assert arrived[:2] == (True, True), arrived[2]


AND_BACK = [
    Pair(b"ab", b"cd"),
    np.longdouble(-1.5),
    np.longdouble("-0.0"),
    np.longdouble("-inf"),
    np.clongdouble(-1 - 2j),
    np.array([[-1.5, 0.0], [-0.0, np.nan]], "g"),
    np.array([-1.5 - 2j], "G"),
    masked([1, 2, -3], [0, 1, 0], "g"),
    masked([(1, 2.0), (3, 4.0)], [(0, 1), (1, 1)], "i4,f8"),
    np.array([("x", [[1, 2, 3], [4, 5, 6]])], [("s", "O"), ("m", "i8", (2, 3))]),
    np.array([(["2020-01-01", "2020-01-02"],)], [("t", "M8[D]", (2,))]),
    range(10**20),
    range(5, 5 - 10**20, -(10**19)),
]


@pytest.mark.parametrize("value", AND_BACK, ids=repr)
def test_and_back(peer: JuliaPeer, value: Any) -> None:
    assert same(value, peer.echo(value))


@pytest.mark.parametrize(
    "code",
    [
        "String[]",
        "Array{String}(undef, 0, 2)",
        "Union{Missing,String}[missing]",
        'Union{Missing,String}["a"]',
        "Union{Nothing,String}[nothing nothing]",
        'Union{Missing,Nothing,String}["a", nothing, missing]',
        "Union{Missing,BigFloat}[BigFloat(-1.5; precision = 64), missing]",
        '[(a = ("x", "y"), b = 1)]',
        "NamedTuple{(:a,),Tuple{Union{Missing,Int}}}[(a = 1,), (a = missing,)]",
        "Set{Any}([Set{Any}([1])])",
    ],
)
def test_from_julia_and_back(peer: JuliaPeer, code: str) -> None:
    value = peer.make(code)
    equal, there, made = peer.compare(value)
    assert equal and there == made, f"{made} became {value!r} and came back as {there}"


def test_a_list_of_nothing(peer: JuliaPeer) -> None:
    assert peer.make("Vector{Nothing}(nothing, 2)") == [None, None]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.datetime64(2**62, "s"), "cannot send value (datetime64[s]): it is out of the range"),
        (np.datetime64(2**62, "h"), "out of the range of Julia's DateTime"),
        (np.datetime64(2**60, "Y"), "out of the range of Julia's Date"),
        (np.datetime64(2**62, "ms"), "out of the range of Julia's DateTime"),
        (np.array([[0, 1], [2**62, 0]], "M8[s]"), "cannot send value[1, 0] (datetime64[s])"),
        ({"k": np.timedelta64(2**62, "25s")}, "cannot send value['k'] (timedelta64[25s])"),
        (np.zeros(2, [("a", "i4", (0,))]), "cannot send value['a'] (int32): a subarray of no"),
        (np.array([["a", "\ud800"]], object), "cannot send value[0, 1] (str): it holds a lone"),
    ],
)
def test_what_python_cannot_send(peer: JuliaPeer, value: Any, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        peer.echo(value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("[1, Dict(Any[1] => 2)]", "cannot receive it[1]<key [1]> (list): a key must be hashable"),
        ("(1, (a = 2, b = Dict(Any[1] => 2)))", "cannot receive it[1].b<key [1]> (list)"),
        ('Dict("k" => Any[Set([Any[1]])])', "cannot receive it['k'][0]<member [1]> (list)"),
        (
            "Any[0 Dict(Any[1] => 2); 0 0]",
            "cannot receive it[0, 1]<key [1]> (list)",
        ),
        ('Any[Dict{Any,Any}("a" => 2, :a => 3)]', "cannot receive it[0] (Dict): two keys become"),
    ],
)
def test_what_python_cannot_receive(peer: JuliaPeer, code: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        peer.make(code)
    assert message in str(caught.value)


NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            [1, {NAN: 1, float("nan"): 2}],
            "cannot receive value[2] (dict): two keys become",
        ),
        ((0, {"k": [{NAN, float("nan")}]}), 'cannot receive value[2]["k"][1] (set): two members'),
    ],
)
def test_what_julia_cannot_receive(peer: JuliaPeer, value: Any, message: str) -> None:
    with pytest.raises(JuliaError) as caught:
        peer.echo(value)
    assert message in str(caught.value)


TEXTS_OF_BITS = [
    "primitive type Short <: AbstractString 64 end",
    "Short(s::String) ="
    " reinterpret(Short, foldl((n, b) -> n << 8 | b, codeunits(s); init=UInt64(0)))",
    "Base.ncodeunits(s::Short) = 8 - leading_zeros(reinterpret(UInt64, s)) >> 3",
    "Base.codeunit(::Short) = UInt8",
    "Base.codeunit(s::Short, i::Integer) ="
    " (reinterpret(UInt64, s) >> (8 * (ncodeunits(s) - i))) % UInt8",
    "Base.isvalid(s::Short, i::Int) = 1 <= i <= ncodeunits(s)",
    "Base.iterate(s::Short, i::Int=1) ="
    " i > ncodeunits(s) ? nothing : (Char(codeunit(s, i)), i + 1)",
    "Base.write(io::IO, s::Short) = write(io, reinterpret(UInt64, s))",
    "struct Letter <: AbstractChar; code::UInt32; end",
    "Base.codepoint(c::Letter) = c.code",
]
"""Strings and characters that are bits, as those of InlineStrings and so of CSV's columns."""


@pytest.fixture(scope="module")
def of_bits(peer: JuliaPeer) -> JuliaPeer:
    for definition in TEXTS_OF_BITS:
        peer.make(f"(@eval {definition}; nothing)")
    return peer


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('Short("abc")', "abc"),
        ('Any[Short("abc"), "d"]', ["abc", "d"]),
        ('Any[Short("abc") for _ in 1:9]', ["abc"] * 9),
        ('Dict(Short("abc") => Short("d"))', {"abc": "d"}),
        ("Letter(0x00000061)", "a"),
        ('(Short("abc"), Letter(0x00000061))', ("abc", "a")),
    ],
)
def test_strings_that_are_bits(of_bits: JuliaPeer, code: str, expected: Any) -> None:
    assert same(expected, of_bits.make(code))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('[Short("abc"), Short("d")]', ["abc", "d"]),
        ('[Short("abc") Short("d")]', [["abc", "d"]]),
        ('Union{Missing,Short}[Short("abc"), missing]', ["abc", pd.NA]),
        ('view([Short("abc"), Short("d")], 2:2)', ["d"]),
        ("[Letter(0x00000061), Letter(0x00000062)]", ["a", "b"]),
    ],
)
def test_arrays_of_strings_that_are_bits(of_bits: JuliaPeer, code: str, expected: Any) -> None:
    value = of_bits.make(code)
    assert value.dtype == object and same(expected, value.tolist())


def test_columns_and_records_of_strings_that_are_bits(of_bits: JuliaPeer) -> None:
    frame = of_bits.make('(n = [1, 2], s = [Short("abc"), Short("d")], x = [1.5, 2.5])')
    pd.testing.assert_frame_equal(
        frame, pd.DataFrame({"n": [1, 2], "s": ["abc", "d"], "x": [1.5, 2.5]})
    )
    records = of_bits.make('[(n = 1, s = Short("abc")), (n = 2, s = Short("d"))]')
    assert records.tolist() == [(1, "abc"), (2, "d")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("[1+2im 3; 4 5im]", np.array([[1 + 2j, 3], [4, 5j]])),
        ("[1+2im, 3]", np.array([1 + 2j, 3])),
        ("Complex{Int8}[1+2im]", np.array([1 + 2j])),
        ("Union{Missing,Complex{Int}}[1im, missing]", np.ma.MaskedArray([1j, 0], [0, 1])),
        ("[big(1) + 2im 3]", np.array([[1 + 2j, 3]])),
    ],
)
def test_complex_integers_are_complex_floats(peer: JuliaPeer, code: str, expected: Any) -> None:
    assert same(expected, peer.make(code))


def test_complex_integers_that_floats_do_not_hold_stay(peer: JuliaPeer) -> None:
    value = peer.make("[2^60 + 1im 1im]")
    assert value.dtype == object and value[0, 1] == 1j


def test_a_subarray_comes_back_with_its_dimensions(peer: JuliaPeer) -> None:
    dtype = np.dtype([("m", "i8", (2, 3)), ("deep", [("c", "f4", (2, 1, 2))], (2, 2))], align=True)
    assert peer.echo(np.zeros(3, dtype)).dtype == dtype
