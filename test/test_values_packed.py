"""Containers of many values: what is in them arrives as in a short one, and so do errors."""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict, namedtuple
from collections.abc import Iterator
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pytest
from polyglot_shim.executor.values.errors import ConversionError
from values_peer import JuliaError, JuliaPeer
from values_same import same
from values_strategies import Colour, Pair


@pytest.fixture(scope="module")
def peer() -> Iterator[JuliaPeer]:
    peer = JuliaPeer()
    yield peer
    peer.close()


class Name(str, Enum):
    A = "a"


NAN = float("nan")
MIXED = [1, True, 1.0, "1", None, b"1", 10**30, -0.0, NAN, pd.NA, datetime.date(2026, 11, 29)]

# Some begin and end alike, some are longer than those that are looked for among the last ones.
WORDS = ["", "a", "é", "😀", "1234567", "12345678", *("x" * n for n in range(60, 70))]
WORDS += [f"beginning {n:3} the end" for n in range(100)]
WITH_ZERO_BYTES = [word + "\0" * (n % 3) for n, word in enumerate(WORDS)]

CONTAINERS = {
    "integers": list(range(-3, 9)),
    "integers beyond 64 bits": [2**63 + n for n in range(-4, 5)],
    "booleans": [True, False, True] * 3,
    "nothing": [None] * 9,
    "missing": [pd.NA] * 9,
    "texts": ["", "a", "é", "😀", "", "b", "c", ""],
    "texts with zero bytes": ["a\0b", "\0", "", "c", "é", "f", "g", "h"],
    "one zero byte too many": ["a", "b", "c", "d", "e", "f", "g", "\0"],
    "empty texts": [""] * 9,
    "many kinds": MIXED,
    "tuple": tuple(MIXED),
    "tuples": [(n, str(n), n / 2) for n in range(9)],
    "tuples of several lengths": [(1,), (2, 3), (), (4,), (5, "6", 7), (8,), (9,), ()],
    "empty tuples": [()] * 9,
    "empty lists": [[]] * 9,
    "empty dicts": [{}] * 9,
    "lists": [[n, n + 1, n + 2] for n in range(9)],
    "lists of several lengths": [list(range(n)) for n in range(9)],
    "lists in lists in lists": [[[n, [str(n)]], []] for n in range(9)],
    "records": [{"a": n, "b": str(n), "c": None} for n in range(9)],
    "records of two shapes": [{"a": n} if n % 2 else {"b": n, "a": 0} for n in range(9)],
    "records in another order": [{"a": 1, "b": 2} if n % 2 else {"b": 2, "a": 1} for n in range(9)],
    "dicts of many shapes": [{f"k{m}": m for m in range(n)} for n in range(20)],
    "dicts whose keys are equal": [{1: "int"}, {True: "bool"}, {1.0: "float"}] * 3,
    "dicts in dicts": {n: {str(m): m for m in range(n)} for n in range(12)},
    "dict with keys of many kinds": {key: n for n, key in enumerate(MIXED[:8])},
    "dict with tuples for keys": {(n, str(n)): n for n in range(9)},
    "members of an enum": [Colour.RED, Colour.GREEN, Colour.BLUE] * 3,
    "arrays": [np.arange(n) for n in range(9)],
    "array of tuples": np.array([None, (1, 2), (3, 4), [5]] * 4, object).reshape(4, 4),
    "set": {*range(20), "a", None},
    "set of tuples": {(n, str(n)) for n in range(9)},
    "named tuples": [Pair(n, {"n": [n]}) for n in range(9)],
    "dates": [datetime.date(2026, 1, day) for day in range(1, 12)],
    "one value that is unlike": [*range(300), "text"],
    "many integers": list(range(-10_000, 10_000)),
    "many integers, the last beyond 64 bits": [*range(20_000), 2**64],
    "many floats": [n / 3 for n in range(20_000)],
    "many booleans": [n % 3 == 0 for n in range(100_000)],
    "many values, the last unlike": [*range(20_000), "text"],
    "many texts that come again": WORDS * 50,
    "many texts that come again, in an array": np.array(WORDS * 50, object),
    "many texts with zero bytes": WITH_ZERO_BYTES * 50,
    "many texts, at last some that come again": [*map(str, range(5000)), *WORDS * 50],
    "texts that become longer": ["x" * n for n in range(2000)],
    "few long texts": ["x" * 200_000, "é" * 200_000] * 4,
}


@pytest.mark.parametrize("value", CONTAINERS.values(), ids=CONTAINERS)
def test_and_back(peer: JuliaPeer, value: Any) -> None:
    assert same(value, peer.echo(value))


def test_the_order_of_a_record_is_kept_on_the_way(peer: JuliaPeer) -> None:
    wide = [{name: name for name in "zyxwvutsrqponm"} for _ in range(9)]
    assert peer.give(wide, "all(d -> d isa Dict{Any,Any} && length(d) == 14, it)") is True
    assert peer.echo(wide) == wide


@pytest.mark.parametrize(
    ("value", "julia"),
    [
        ([(1, "a", 2.5)] * 9, 'Any[(1, "a", 2.5) for _ in 1:9]'),
        ([{"a": [1]}] * 9, 'Any[Dict{Any,Any}("a" => Any[1]) for _ in 1:9]'),
        ([{"a": None}] * 9, 'Any[Dict{Any,Any}("a" => nothing) for _ in 1:9]'),
        ([Pair(1, "a")] * 9, 'Any[(left = 1, right = "a") for _ in 1:9]'),
        ([pd.NA, 1] * 9, "Any[isodd(n) ? missing : 1 for n in 1:18]"),
        ([OrderedDict(a=1)] * 9, 'Any[Dict{Any,Any}("a" => 1) for _ in 1:9]'),
        (tuple(range(9)), "(0, 1, 2, 3, 4, 5, 6, 7, 8)"),
        (frozenset(range(9)), "Set{Any}(0:8)"),
    ],
)
def test_in_julia(peer: JuliaPeer, value: Any, julia: str) -> None:
    types = "typeof(it) == typeof(x) && all(map((a, b) -> typeof(a) == typeof(b), it, x))"
    types = "typeof(it) == typeof(x)" if isinstance(value, frozenset) else types
    answer = peer.give(value, f"(x = {julia}; (isequal(it, x), {types}, repr(it)))")
    assert answer[:2] == (True, True), answer[2]


def test_an_enums_text_is_no_key(peer: JuliaPeer) -> None:
    back = peer.echo([{"a": 1}, {Name.A: 2}] * 5)
    assert [type(next(iter(d))) for d in back] == [str, Name] * 5


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("[(i, string(i)) for i in 1:9]", [(n, str(n)) for n in range(1, 10)]),
        ('[Dict("a" => i) for i in 1:9]', [{"a": n} for n in range(1, 10)]),
        ("Dict(i => string(i) for i in 1:9)", {n: str(n) for n in range(1, 10)}),
        ("Dict(Symbol(:k, i) => i for i in 1:9)", {f"k{n}": n for n in range(1, 10)}),
        ("Any['a', :a, SubString(\"ab\", 1, 1), \"a\", 'a', 'a', 'a', 'a']", ["a"] * 8),
        ('Any["a\\0", "b", "c", "d", "e", "f", "g", "h"]', ["a\0", *"bcdefgh"]),
        (
            "Any[i % 2 == 0 ? nothing : Int8(i) for i in 1:9]",
            [1, None, 3, None, 5, None, 7, None, 9],
        ),
        ("Any[[i] for i in 1:9]", [np.array([n]) for n in range(1, 10)]),
        ("Tuple(1:9)", tuple(range(1, 10))),
        ("Set(1:9)", set(range(1, 10))),
        ("Any[Set([i]) for i in 1:9]", [{n} for n in range(1, 10)]),
        ("Set([Set([i]) for i in 1:9])", {frozenset([n]) for n in range(1, 10)}),
        ('Any[(a = i, b = "x") for i in 1:9]', None),
        ("Any[(a = [i], b = [i]) for i in 1:9]", None),
    ],
)
def test_from_julia(peer: JuliaPeer, code: str, expected: Any) -> None:
    value = peer.make(code)
    if expected is None:
        one = peer.make(code.replace("1:9", "1:1"))
        assert type(value[0]).__name__ == type(one[0]).__name__
        assert len(value) == 9
    else:
        as_list = list if isinstance(expected, list) else lambda x: x
        assert all(map(same_number, as_list(value), as_list(expected))) or value == expected


def same_number(left: Any, right: Any) -> bool:
    return bool(np.all(left == right)) and (
        isinstance(left, np.generic) or type(left) is type(right)
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([*"abcdefgh", "\ud800"], "cannot send value[8] (str): it holds a lone"),
        ([{"k": [n, "\ud800"]} for n in range(9)], "cannot send value[0]['k'][1] (str)"),
        ([{n: {*range(8), "\ud800"}} for n in range(9)], "value[0][0]<member '\\ud800'> (str)"),
        ([(n, "\ud800" if n == 7 else "") for n in range(9)], "cannot send value[7][1] (str)"),
        ({n: [n, "\ud800"] if n == 3 else [] for n in range(9)}, "cannot send value[3][1] (str)"),
        ({*range(9), "\ud800"}, "cannot send value<member '\\ud800'> (str)"),
        ({**dict.fromkeys(range(9)), "\ud800": 1}, "cannot send value<key '\\ud800'> (str)"),
    ],
)
def test_what_python_cannot_send(peer: JuliaPeer, value: Any, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        peer.echo(value)
    assert message in str(caught.value)
    assert len(peer.lender) == 0 and len(peer.exports) == 0


def test_containers_that_contain_themselves(peer: JuliaPeer) -> None:
    a: list[Any] = [0] * 10
    a[3] = {"k": (a, 1)}
    for value, place in ((a, "value[3]['k'][0]"), ([[a]] * 9, "value[0][0][3]['k'][0]")):
        with pytest.raises(ConversionError) as caught:
            peer.echo(value)
        assert f"cannot send {place} (list): it contains itself" in str(caught.value)
    wide: list[Any] = []
    wide.extend([wide] * 100_000)  # two levels further there would be 10 ** 15 of them
    narrow: list[Any] = [1] * 8
    narrow[0] = [(narrow,)]
    for value in (wide, narrow, [narrow, narrow] * 9):
        with pytest.raises(ConversionError, match="contains itself"):
            peer.echo(value)
    shared = [1]
    tree = [[[shared], shared]] * 9
    assert peer.echo(tree) == tree


def test_how_deep_containers_may_be(peer: JuliaPeer) -> None:
    deep: Any = 1
    for _ in range(199):
        deep = [deep]
    assert peer.echo([deep] * 9) == [deep] * 9
    with pytest.raises(ConversionError, match="more than 200 levels deep"):
        peer.echo([[deep]] * 9)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("begin a = Any[0 for _ in 1:9]; a[4] = a; a end", "answer[4] (Array{Any,1}): it contains"),
        ("begin s = Set{Any}(1:9); push!(s, s); s end", "it contains itself"),
        ("begin s = Set{Any}(); push!(s, s); s end", "it contains itself"),
        ("begin a = Any[]; append!(a, fill(a, 10^5)); a end", "it contains itself"),
        ("begin a = Any[i for i in 1:9]; a[1] = Any[(a,)]; Any[a, a] end", "it contains itself"),
        ("begin d = Dict{Any,Any}(); d[1] = Any[d]; d end", "answer[1][1] (Dict{Any,Any})"),
        ('Any[i == 5 ? String([0xff]) : "é" for i in 1:9]', "answer[5] (String): it is not valid"),
        ('Any["é"[1:1], String([0xc3]), String([0xa9]), "", "", "", "", ""]', "answer[2] (String)"),
        ("[String([0xc3]), String([0xa9])]", "answer[1] (String): it is not valid UTF-8"),
        ('[("", i == 3 ? String([0xff]) : "") for i in 1:9]', "answer[3][2] (String)"),
        ('Any[Dict("k" => String([0xff])) for i in 1:9]', 'answer[1]["k"] (String)'),
    ],
)
def test_what_julia_cannot_send(peer: JuliaPeer, code: str, message: str) -> None:
    with pytest.raises(JuliaError) as caught:
        peer.make(code)
    assert message in str(caught.value).replace("Vector{Any}", "Array{Any,1}").replace(
        ", Any}", ",Any}"
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Any[i == 4 ? Dict(Any[1] => 2) : i for i in 1:9]", "it[3]<key [1]> (list): a key must"),
        ("Any[(i, Dict(Any[1] => 2)) for i in 1:9]", "it[0][1]<key [1]> (list): a key must"),
        ("Any[Any[i, Any[Set([Any[1]])]] for i in 1:9]", "it[0][1][0]<member [1]> (list)"),
        ('Any[Dict("k" => Set([Any[i]])) for i in 1:9]', "it[0]['k']<member [1]> (list)"),
        ("Dict(i => (i == 7 ? Set([Any[1]]) : 0) for i in 1:9)", "it[7]<member [1]> (list)"),
        ("Dict(Any[i] => i for i in 1:9)", "it<key ["),
        (
            'Any[i == 3 ? Dict("a" => 1, :a => 2) : Dict(i => 1) for i in 1:9]',
            "it[2] (Dict): two keys",
        ),
    ],
)
def test_what_python_cannot_receive(peer: JuliaPeer, code: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        peer.make(code)
    assert f"cannot receive {message}" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([{NAN: 1, float("nan"): 2}] * 9, "value[1] (dict): two keys become"),
        (
            [{"k": (n, {NAN, float("nan")})} for n in range(9)],
            'value[1]["k"][2] (set): two members',
        ),
        ([[n, [{NAN, float("nan")}]] for n in range(9)], "value[1][2][1] (set): two members"),
        (
            {n: {NAN, float("nan")} if n == 7 else 0 for n in range(9)},
            "value[7] (set): two members",
        ),
        (
            [{n: 1} if n < 8 else {NAN: 1, float("nan"): 2} for n in range(9)],
            "value[9] (dict): two",
        ),
    ],
)
def test_what_julia_cannot_receive(peer: JuliaPeer, value: Any, message: str) -> None:
    with pytest.raises(JuliaError) as caught:
        peer.echo(value)
    assert f"cannot receive {message}" in str(caught.value)


def test_many_references_of_one_type(peer: JuliaPeer) -> None:
    mine = [object() for _ in range(100)]
    back = peer.echo(mine)
    assert all(there is here for there, here in zip(back, mine, strict=True))
    theirs = peer.make("global kept = [Ref(i) for i in 1:100]")
    assert {item.reference.type_name for item in theirs} == {peer.make("string(typeof(kept[1]))")}
    assert peer.give(theirs, "all(it .=== kept)") is True


def test_what_a_thread_changes_meanwhile_is_still_a_list(peer: JuliaPeer) -> None:
    rows = [[n] * 3 for n in range(1000)]
    done = threading.Event()

    def change() -> None:
        while not done.is_set():
            for row in rows:
                row.append(0)
            for row in rows:
                row.pop()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(20):
            back = peer.echo(rows)
            assert [row[:3] for row in back] == [[n] * 3 for n in range(1000)]
    finally:
        done.set()
        thread.join()


def test_a_named_tuple_of_any_class(peer: JuliaPeer) -> None:
    cls = namedtuple("Point", ["x", "_y"], rename=True)
    back = peer.echo([cls(1, 2)] * 9)
    assert back[0]._fields == cls._fields and back == [(1, 2)] * 9
