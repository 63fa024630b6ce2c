"""Julia's values of every type that crosses, as code, for hypothesis."""

from __future__ import annotations

import math
from typing import Any

import hypothesis.strategies as st
from values_strategies import milliseconds, texts


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
big_floats = st.tuples(
    st.integers(-(2**70), 2**70), st.integers(-500, 500), st.integers(2, 64)
).map(lambda x: f"setprecision(() -> ldexp(BigFloat(big({x[0]})), {x[1]}), BigFloat, {x[2]})")
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
    big_floats,
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
    st.tuples(
        st.sampled_from(["", "Missing", "Nothing", "Missing,Nothing"]), st.lists(julia_strings)
    ).map(lambda a: string_array(*a)),
    st.lists(big_floats).map(lambda xs: f"Union{{Missing,BigFloat}}[missing, {', '.join(xs)}]"),
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


def string_array(beside: str, strings: list[str]) -> str:
    """With one of each that there may be beside strings, or with none where there are strings."""
    names = [name for name in beside.split(",") if name]
    items = [*(f"{name.lower()}" for name in names if len(strings) % 2), *strings]
    return f"Union{{{','.join([*names, 'String'])}}}[{', '.join(items)}]"


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


def julia_packed(inner: Any) -> Any:
    """Containers of so many values that they are packed."""
    rows = st.one_of(
        inner,
        st.tuples(inner, inner).map("({0[0]}, {0[1]})".format),
        st.lists(inner, max_size=3).map(lambda xs: f"Any[{', '.join(xs)}]"),
        st.tuples(inner, inner).map('Dict{{Any,Any}}("a" => {0[0]}, "b" => {0[1]})'.format),
        st.tuples(julia_strings, inner).map("Dict{{Any,Any}}({0[0]} => {0[1]})".format),
        inner.map("(left = {}, right = 1)".format),
    )
    lists = st.lists(rows, min_size=8, max_size=14)
    return st.one_of(
        lists.map(lambda xs: f"Any[{', '.join(xs)}]"),
        lists.map(lambda xs: f"({', '.join(xs)},)"),
        lists.map(
            lambda xs: "Dict{Any,Any}(" + ", ".join(f"{n} => {x}" for n, x in enumerate(xs)) + ")"
        ),
    )


julia_values = st.one_of(
    julia_packed(julia_scalars),
    julia_packed(julia_packed(julia_scalars)),
    st.recursive(st.one_of(julia_scalars, julia_arrays), julia_containers, max_leaves=8),
    julia_arrays,
)

# What does not come back as the same type: the code, and code for what it comes back as.
julia_one_way = st.one_of(
    st.sampled_from([("Int128", 127), ("UInt128", 128)]).flatmap(
        lambda kind: st.integers(0, 2 ** kind[1] - 1).map(
            lambda n: (f"{kind[0]}(big({n}))", f"big({n})" if n >= 2**63 else str(n))
        )
    ),
    texts.map(lambda s: (f"Symbol({quote(s)})", quote(s))).filter(lambda c: "\\U0" not in c[0]),
    st.characters(exclude_categories=["Cs"]).map(lambda c: (f"first({quote(c)})", quote(c))),
    st.integers(-99, 99).map(lambda n: (f"big({n})", str(n))),
    st.lists(julia_strings)
    .map(lambda s: (f"Symbol[Symbol(x) for x in [{', '.join(s)}]]", f"String[{', '.join(s)}]"))
    .filter(lambda c: "\\U0" not in c[0]),
)
