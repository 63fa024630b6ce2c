"""Python's values of every type that crosses, for hypothesis."""

from __future__ import annotations

import datetime
import enum
import fractions
import math
import re
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
words = npst.from_dtype(np.dtype("U3")).filter(lambda text: not re.search("[\ud800-\udfff]", text))
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
# A longdouble of all its bits: hypothesis knows only those of a float.
longdoubles = st.builds(
    lambda x, exponent: np.ldexp(np.longdouble(x), exponent),
    st.one_of(st.floats(), st.integers(-(2**63), 2**63 - 1)),
    st.integers(-1000, 1000),
)
clongdoubles = st.builds(
    lambda re, im: np.array([re, im]).view(np.clongdouble)[0], longdoubles, longdoubles
)

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
    longdoubles,
    clongdoubles,
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
    st.just(np.dtype([("t", "M8[D]"), ("n", "i4"), ("p", "m8[s]", (2,)), ("m", "f8", (2, 2))])),
    st.just(np.dtype([("t", "M8[ms]"), ("inner", [("d", "M8[D]"), ("y", "u1")])])),
)
NAT = ("M8[D]", "M8[ms]", "m8[D]", "m8[us]", "m8[ns]")
LIMITS = {"M8[D]": 9 * 10**16, "M8[ms]": 4 * 10**18}
shapes = npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)


@st.composite
def arrays(draw: Any) -> np.ndarray:
    """Arrays of every dtype, and views of them in every memory order."""
    array = in_range(draw(npst.arrays(draw(dtypes), draw(shapes))))
    for _ in range(draw(st.integers(0, 2))):
        array = draw(st.sampled_from(VIEWS))(array)
    if draw(st.booleans()) and array.size:
        array.flags.writeable = False
    return array


def in_range(array: np.ndarray) -> np.ndarray:
    """With the dates that Julia has."""
    for name in array.dtype.names or ():
        in_range(array[name])
    limit = LIMITS.get(np.dtype(array.dtype).str.lstrip("<>"))
    if limit is not None:
        counts = array.view("i8")
        counts[counts != np.iinfo("i8").min] %= limit
    return array


@st.composite
def long_arrays(draw: Any) -> np.ndarray:
    shape = draw(shapes)
    numbers = draw(st.sampled_from([longdoubles, clongdoubles]))
    items = draw(st.lists(numbers, min_size=math.prod(shape), max_size=math.prod(shape)))
    array = np.array(items, np.longdouble if numbers is longdoubles else np.clongdouble)
    array = array.reshape(shape)
    return (
        np.ma.MaskedArray(array, draw(npst.arrays(bool, shape))) if draw(st.booleans()) else array
    )


@st.composite
def object_records(draw: Any) -> np.ndarray:
    """Structured arrays with strings, which NumPy holds as objects when they come back."""
    count = draw(st.integers(1, 4))
    array = np.empty(count, [("s", "O"), ("pair", "O", (2,)), ("n", "i2"), ("t", "M8[ms]")])
    array["s"] = draw(st.lists(texts, min_size=count, max_size=count))
    for i in range(2):
        array["pair"][:, i] = draw(st.lists(texts, min_size=count, max_size=count))
    array["n"] = draw(npst.arrays("i2", count))
    array["t"] = draw(st.lists(milliseconds, min_size=count, max_size=count))
    return array


@st.composite
def object_arrays(draw: Any) -> np.ndarray:
    """Of anything; those of one dimension become lists."""
    shape = draw(npst.array_shapes(min_dims=2, max_dims=3, max_side=3))
    array = np.empty(math.prod(shape), object)
    for index in range(array.size):
        array[index] = draw(st.one_of(st.none(), st.integers(), st.floats(), st.binary()))
    return array.reshape(shape)


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
    dtype = np.dtype(draw(st.sampled_from([*PLAIN, [("a", "i2"), ("b", "f8")]])))
    data = draw(npst.arrays(dtype, shape))
    return np.ma.MaskedArray(data, draw(npst.arrays(np.ma.make_mask_descr(dtype), shape)))


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
    for name in names[:6]:
        dtype = draw(st.sampled_from(sorted(COLUMNS)))
        items = draw(st.lists(COLUMNS[dtype], min_size=count, max_size=count))
        if dtype == "category":
            dtype = pd.CategoricalDtype(["low", "high"], ordered=draw(st.booleans()))
        columns[name] = pd.Series(items, dtype=dtype)
    return pd.DataFrame(columns)


def pairs(inner: Any) -> Any:
    """Named tuples; not of two vectors, which Julia takes for a table (docs/values.md)."""
    return st.builds(Pair, inner, scalars.filter(lambda value: not isinstance(value, range)))


def containers(inner: Any) -> Any:
    return st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        pairs(inner),
        st.dictionaries(hashable, inner),
    )


def packed(inner: Any) -> Any:
    """Containers of so many values that they are packed."""
    rows = st.one_of(
        inner,
        st.tuples(inner, scalars),
        st.lists(inner, max_size=3),
        st.fixed_dictionaries({"a": inner}, optional={"b": scalars}),
        st.dictionaries(hashable, inner, max_size=3),
        pairs(inner),
    )
    return st.one_of(
        st.lists(rows, min_size=8, max_size=20),
        st.lists(rows, min_size=8, max_size=12).map(tuple),
        st.dictionaries(hashable, rows, min_size=8, max_size=12),
    )


python_values = st.one_of(
    packed(scalars),
    packed(packed(st.one_of(scalars, arrays()))),
    st.sets(hashable, min_size=8),
    st.recursive(st.one_of(scalars, arrays()), containers, max_leaves=12),
    st.sets(st.one_of(hashable, st.frozensets(st.integers()))),
    arrays(),
    long_arrays(),
    object_records(),
    object_arrays(),
    masked_arrays(),
    string_arrays(),
    frames(),
    st.lists(st.integers(), min_size=8),
    st.lists(st.floats(), min_size=8),
    st.lists(texts, min_size=8),
    st.fractions().map(lambda f: fractions.Fraction(f)),
)


def other_units(*units: str) -> Any:
    """Arrays of datetime64 in units that Julia does not have."""
    counts = npst.arrays("i8", shapes, elements=st.integers(-(10**12), 10**12))
    return st.builds(lambda a, unit: a.view(f"M8[{unit}]"), counts, st.sampled_from(units))


python_one_way = st.one_of(
    npst.arrays("U3", shapes, elements=words).map(lambda a: (a, a.astype(object))),
    npst.arrays("U3", st.integers(0, 4), elements=words).map(
        lambda a: (a.astype(np.dtypes.StringDType()), a.astype(object))
    ),
    st.tuples(npst.arrays("U3", 3, elements=words), npst.arrays(bool, 3)).map(
        lambda p: (np.ma.MaskedArray(*p), np.where(p[1], pd.NA, p[0].astype(object)))
    ),
    st.frozensets(hashable).map(lambda s: (s, set(s))),
    other_units("s", "m", "h").map(lambda a: (a, a.astype("M8[ms]"))),
    other_units("W", "M", "Y").map(lambda a: (a, a.astype("M8[D]"))),
)
"""Values, and what they come back as where that is something else (docs/values.md)."""
