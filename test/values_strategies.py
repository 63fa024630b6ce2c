"""Values of every type that crosses, for hypothesis; and what it means that two are the same."""

from __future__ import annotations

import datetime
import enum
import fractions
import math
from collections import namedtuple
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis.extra import numpy as npst

Pair = namedtuple("Pair", ["left", "right"])


class Colour(enum.Enum):
    RED = 1
    GREEN = "green"
    BLUE = (0, 0, 255)


class Level(enum.IntEnum):
    LOW = 0
    HIGH = 9


# ---------------------------------------------------------------------------------- Python's values

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.one_of(
    st.integers(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**200), 2**200),
    st.floats(),
    st.complex_numbers(),
    st.booleans(),
)
milliseconds = st.datetimes().map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000))
numpy_scalars = st.sampled_from(
    [
        "i1",
        "i2",
        "i4",
        "u1",
        "u2",
        "u4",
        "u8",
        "f2",
        "f4",
        "c8",
        "m8[D]",
        "m8[h]",
        "m8[s]",
        "m8[ns]",
    ]
).flatmap(lambda code: npst.from_dtype(np.dtype(code), allow_nan=True))

ranges = st.builds(
    range,
    st.integers(-(10**12), 10**12),
    st.integers(-(10**12), 10**12),
    st.integers(-(10**6), 10**6).filter(bool),
)
hashable = st.one_of(
    st.integers(),
    texts,
    st.binary(),
    st.dates(),
    st.uuids(),
    st.sampled_from([*Colour, *Level]),
    st.tuples(st.integers(), texts),
)
scalars = st.one_of(
    st.none(),
    numbers,
    texts,
    st.binary(),
    st.fractions(),
    st.dates(),
    milliseconds,
    st.times(),
    st.timedeltas(*(datetime.timedelta(days=days) for days in (-(10**8), 10**8))),
    st.uuids(),
    st.sampled_from([*Colour, *Level]),
    ranges,
    numpy_scalars.filter(lambda x: not (x.dtype.kind == "m" and np.isnat(x))),
    st.just(pd.NA),
)

PLAIN = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
dtypes = st.one_of(
    st.sampled_from([np.dtype(code) for code in PLAIN]),
    st.sampled_from([np.dtype(">" + code) for code in PLAIN if code[0] != "?"]),
    st.sampled_from([np.dtype(code) for code in ("M8[D]", "M8[ms]", "m8[D]", "m8[us]", "m8[ns]")]),
    st.just(np.dtype([("a", "i1"), ("b", "<f8"), ("c", "<i2", (2, 3))])),
    st.just(np.dtype([("x", ">f4"), ("inner", [("y", "u1"), ("z", "c16")])])),
    st.just(np.dtype([("x", "f4"), ("y", "u8")], align=True)),
)
shapes = npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)


@st.composite
def arrays(draw: Any) -> np.ndarray:
    """Arrays of every dtype, and views of them in every memory order."""
    array = draw(npst.arrays(draw(dtypes), draw(shapes)))
    for _ in range(draw(st.integers(0, 2))):
        array = draw(st.sampled_from(VIEWS))(array)
    if draw(st.booleans()) and array.size:
        array.flags.writeable = False
    return array


VIEWS = [
    lambda a: a.T,
    lambda a: a[::-1] if a.ndim else a,
    lambda a: a[..., ::2] if a.ndim else a,
    lambda a: np.asfortranarray(a),
    lambda a: np.broadcast_to(a, (2, *a.shape)).copy() if a.ndim < 4 else a,
    lambda a: np.moveaxis(a, 0, -1) if a.ndim > 1 else a,
]


@st.composite
def masked_arrays(draw: Any) -> Any:
    shape = draw(shapes)
    dtype = np.dtype(draw(st.sampled_from(PLAIN)))
    mask = draw(npst.arrays(bool, shape))
    return np.ma.MaskedArray(draw(npst.arrays(dtype, shape)), mask)


@st.composite
def string_arrays(draw: Any) -> np.ndarray:
    shape = draw(npst.array_shapes(min_dims=1, max_dims=3, max_side=4))
    elements = st.one_of(texts, *draw(st.sampled_from([[], [st.none()], [st.just(pd.NA)]])))
    items = [draw(elements) for _ in range(math.prod(shape))]
    items[0] = draw(texts)
    array = np.empty(len(items), object)
    array[:] = items
    return array.reshape(shape)


COLUMNS = {
    "bool": st.booleans(),
    "int8": st.integers(-128, 127),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint16": st.integers(0, 2**16 - 1),
    "float32": st.floats(width=32),
    "float64": st.floats(),
    "Int64": st.one_of(st.integers(-(2**63), 2**63 - 1), st.none()),
    "boolean": st.one_of(st.booleans(), st.none()),
    "str": st.one_of(texts, st.none()),
    "category": st.sampled_from(["low", "high", None]),
    "datetime64[ms]": st.one_of(
        st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1)), st.none()
    ),
}


@st.composite
def frames(draw: Any) -> pd.DataFrame:
    count = draw(st.integers(0, 6))
    names = draw(st.lists(texts.filter(lambda t: "\0" not in t), unique=True, min_size=1))
    columns = {}
    # a column of no strings, empty or all missing, loses its type (docs/values.md)
    dtypes = [dtype for dtype in COLUMNS if count or dtype != "str"]
    for name in names[:6]:
        dtype = draw(st.sampled_from(dtypes))
        items = draw(st.lists(COLUMNS[dtype], min_size=count, max_size=count))
        if dtype == "str" and not any(items):
            items[0] = "a string"
        if dtype == "category":
            dtype = pd.CategoricalDtype(["low", "high"], ordered=draw(st.booleans()))
        columns[name] = pd.Series(items, dtype=dtype)
    return pd.DataFrame(columns)


def containers(inner: Any) -> Any:
    return st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.builds(Pair, inner, scalars),
        st.dictionaries(hashable, inner),
    )


python_values = st.one_of(
    st.recursive(st.one_of(scalars, arrays()), containers, max_leaves=12),
    st.sets(hashable),
    arrays(),
    masked_arrays(),
    string_arrays(),
    frames(),
    st.lists(st.integers(), min_size=8),
    st.lists(st.floats(), min_size=8),
    st.lists(texts, min_size=8),
    st.fractions().map(lambda f: fractions.Fraction(f)),
)


def same(left: Any, right: Any) -> bool:
    """Whether the two have the same type and the same value, to the last bit of a float."""
    if isinstance(left, Pair):
        return left._fields == right._fields and all(map(same, left, right))
    if isinstance(left, enum.Enum):
        return left is right
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return (left == right and math.copysign(1, left) == math.copysign(1, right)) or (
            left != left and right != right
        )
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, np.ma.MaskedArray):
        return same_masked(left, right)
    if isinstance(left, np.ndarray):
        return same_array(left, right)
    if isinstance(left, np.generic):
        return left.dtype == right.dtype and left.tobytes() == right.tobytes()
    if isinstance(left, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right, check_exact=True)
        return True
    return left is right or bool(left == right)


def same_array(left: np.ndarray, right: np.ndarray) -> bool:
    if left.shape != right.shape:
        return False
    if left.dtype.names:
        return left.dtype.names == right.dtype.names and all(
            same_array(left[name], right[name]) for name in left.dtype.names
        )
    if left.dtype == object:
        return all(map(same, left.ravel().tolist(), right.ravel().tolist()))
    native = left.astype(left.dtype.newbyteorder("="))
    return native.dtype == right.dtype and native.tobytes() == right.tobytes()


def same_masked(left: Any, right: Any) -> bool:
    masks = np.ma.getmaskarray(left), np.ma.getmaskarray(right)
    return bool((masks[0] == masks[1]).all()) and same_array(
        np.ma.getdata(left)[~masks[0]], np.ma.getdata(right)[~masks[1]]
    )


# ----------------------------------------------------------------------------------- Julia's values


def quote(text: str) -> str:
    """A Julia string literal."""
    return (
        '"'
        + "".join(
            f"\\U{ord(c):x}"
            if c.isascii() is False or c in '"\\$' or ord(c) < 32 or c in "0123456789abcdefABCDEF"
            else c
            for c in text
        )
        + '"'
    )


julia_integers = (
    st.sampled_from([8, 16, 32, 64, 128])
    .flatmap(
        lambda bits: st.one_of(
            st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).map(
                lambda n: f"Int{bits}(big({n}))"
            ),
            st.integers(0, 2**bits - 1).map(lambda n: f"UInt{bits}(big({n}))"),
        )
    )
    .filter(lambda code: "128" not in code)
)
big_integers = st.integers(2**64, 2**200).map(lambda n: f"big({n})")
julia_floats = st.one_of(
    st.floats(width=16, allow_nan=False).map(lambda x: f"Float16({julia_float(x)})"),
    st.floats(width=32, allow_nan=False).map(lambda x: f"Float32({julia_float(x)})"),
    st.floats().map(lambda x: julia_float(x)),
)


def julia_float(x: float) -> str:
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Inf" if x > 0 else "(-Inf)"
    return f"({x!r})"


julia_strings = texts.map(quote)
julia_scalars = st.one_of(
    st.sampled_from(["nothing", "missing", "true", "false", "apple", "pear"]),
    julia_integers,
    big_integers,
    julia_floats,
    st.tuples(st.floats(), st.floats()).map(
        lambda z: f"complex({julia_float(z[0])}, {julia_float(z[1])})"
    ),
    julia_strings,
    julia_strings.map(lambda s: f"codeunits({s})"),
    st.tuples(st.integers(-(2**62), 2**62), st.integers(1, 2**62)).map("{0[0]}//{0[1]}".format),
    st.dates().map(lambda d: f"Date({d.year},{d.month},{d.day})"),
    milliseconds.map(lambda t: f'DateTime("{t.isoformat(timespec="milliseconds")}")'),
    st.times().map(
        lambda t: (
            f"Time({t.hour},{t.minute},{t.second},{t.microsecond // 1000},{t.microsecond % 1000})"
        )
    ),
    st.tuples(
        st.sampled_from(
            [
                "Year",
                "Month",
                "Week",
                "Day",
                "Hour",
                "Minute",
                "Second",
                "Millisecond",
                "Nanosecond",
            ]
        ),
        st.integers(-(2**62), 2**62),
    ).map("{0[0]}({0[1]})".format),
    st.integers(-(10**15), 10**15).map(lambda n: f"Microsecond({n})"),
    st.uuids().map(lambda u: f'UUID("{u}")'),
    st.tuples(st.integers(-99, 99), st.integers(-99, 99)).map("({0[0]}:{0[1]})".format),
    st.tuples(st.integers(-99, 99), st.integers(2, 9), st.integers(100, 200)).map(
        "({0[0]}:{0[1]}:{0[2]})".format
    ),
)

ELEMENTS = [
    "Bool",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "Float16",
    "Float32",
    "Float64",
    "ComplexF32",
    "ComplexF64",
]
dimensions = st.lists(st.integers(0, 4), min_size=0, max_size=4).map(
    lambda sizes: "".join(f"{n}," for n in sizes)
)
julia_arrays = st.one_of(
    st.tuples(st.sampled_from(ELEMENTS), dimensions).map(
        lambda a: (
            f"Array({a[0]}[rand({a[0]}) for _ in CartesianIndices(({a[1]}))])"
            if a[1]
            else f"fill(rand({a[0]}))"
        )
    ),
    st.tuples(st.sampled_from(ELEMENTS), dimensions.filter(bool)).map(
        lambda a: (
            f"Array{{Union{{Missing,{a[0]}}}}}"
            f"([rand(Bool) ? missing : rand({a[0]}) for _ in CartesianIndices(({a[1]}))])"
        )
    ),
    st.lists(julia_strings, min_size=1).map(lambda s: f"String[{', '.join(s)}]"),
    st.lists(julia_strings, min_size=1).map(
        lambda s: f"Union{{Missing,String}}[missing, {', '.join(s)}]"
    ),
    st.lists(julia_strings, min_size=1).map(
        lambda s: f"Union{{Nothing,String}}[nothing, {', '.join(s)}]"
    ),
    st.lists(st.dates(), min_size=1).map(
        lambda ds: "[" + ", ".join(f"Date({d.year},{d.month},{d.day})" for d in ds) + "]"
    ),
    st.lists(st.tuples(st.integers(-9, 9), st.floats()), min_size=1).map(
        lambda ps: "[" + ", ".join(f"Point({x}, {julia_float(y)})" for x, y in ps) + "]"
    ),
    st.integers(1, 5).map(
        lambda n: f"[Segment(Point(i, 1.5), Point(2, i), (1, 2, i)) for i in 1:{n}]"
    ),
    st.integers(1, 5).map(lambda n: f"[(a=i, b=Float32(i), c=(i, i)) for i in 1:{n}]"),
    st.integers(1, 5).map(lambda n: f'[(day=Date(2020, 1, i), name="n$i") for i in 1:{n}]'),
    julia_strings.map(lambda s: f"(a = [1, 2], b = [{s}, missing], c = [1.5, -0.0])"),
)


def julia_containers(inner: Any) -> Any:
    return st.one_of(
        st.lists(inner).map(lambda xs: f"Any[{', '.join(xs)}]"),
        st.lists(inner).map(lambda xs: "(" + "".join(f"{x}, " for x in xs) + ")"),
        st.tuples(inner, inner).map(lambda xs: f"(left = {xs[0]}, right = ({xs[1]},))"),
        st.lists(st.tuples(st.one_of(julia_strings, julia_integers), inner)).map(
            lambda ps: "Dict{Any,Any}(" + ", ".join(f"{k} => {v}" for k, v in ps) + ")"
        ),
        st.lists(st.one_of(julia_strings, big_integers)).map(
            lambda xs: f"Set{{Any}}([{', '.join(xs)}])"
        ),
    )


julia_values = st.one_of(
    st.recursive(st.one_of(julia_scalars, julia_arrays), julia_containers, max_leaves=8),
    julia_arrays,
)
