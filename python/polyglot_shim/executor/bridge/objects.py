"""What can be done with an object that stays in Julia."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from inspect import Parameter
from typing import Any

from ..values.references import Holding
from .bridge import Bridge
from .julia import NOT_JULIA, JuliaError, Undefined, Unsized, call

_FLOAT_FORMATS = tuple("eEfFgG%")
_INTEGER_FORMATS = tuple("bcdoxX")


class JuliaObject:
    """An object that stays in Julia.

    Attributes, calls, operators, iteration and display are Julia's; so is indexing, which is
    `getindex` with Julia's own indices. ``f.broadcast(xs)`` is Julia's ``f.(xs)``.
    """

    __slots__ = ("__weakref__", "_bridge", "_holding")

    def __init__(self, bridge: Bridge, holding: Holding) -> None:
        object.__setattr__(self, "_bridge", bridge)
        object.__setattr__(self, "_holding", holding)

    @classmethod
    def of(cls, bridge: Bridge, holding: Holding) -> JuliaObject:
        """What stands for the object of this holding."""
        return (JuliaFunction if holding.reference.is_callable else cls)(bridge, holding)

    def _polyglot_call(self, target: str, args: tuple[Any, ...]) -> Any:
        return call(self._bridge, target, (self, *args), {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return call(self._bridge, self, args, kwargs)

    def broadcast(self, *args: Any, **kwargs: Any) -> Any:
        """Call this function for each element, as ``f.(args...)`` does in Julia."""
        return call(self._bridge, self, args, kwargs, broadcast=True)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(NOT_JULIA):
            raise AttributeError(name)
        try:
            return self._polyglot_call("polyglot.getproperty", (name,))
        except JuliaError as error:
            if self._polyglot_call("polyglot.hasproperty", (name,)):
                raise
            raise Undefined.of(error) from None

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            self._polyglot_call("polyglot.setproperty!", (name, value))
        except JuliaError as error:
            if self._polyglot_call("polyglot.hasproperty", (name,)):
                raise
            raise Undefined.of(error) from None

    def __getitem__(self, index: Any) -> Any:
        return self._polyglot_call("polyglot.getindex", _indices(self, index))

    def __setitem__(self, index: Any, value: Any) -> None:
        self._polyglot_call("polyglot.setindex!", (value, *_indices(self, index)))

    def __len__(self) -> int:
        try:
            return int(self._polyglot_call("Base.length", ()))
        except JuliaError as error:
            # As of an iterator; one of iterators has a method that fails.
            if error.julia_type in ("MethodError", "ArgumentError"):
                raise Unsized.of(error) from None
            raise

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: Any) -> bool:
        return bool(call(self._bridge, "Base.in", (item, self), {}))

    def __iter__(self) -> Iterator[Any]:
        cursor = self._polyglot_call("polyglot.iterator", ())
        while True:
            items = cursor._polyglot_call("polyglot.next!", ())
            if not items:
                return
            yield from items

    def __dir__(self) -> list[str]:
        return [*self._polyglot_call("polyglot.names", ()), "broadcast"]

    def __repr__(self) -> str:
        return str(self._polyglot_call("polyglot.text", ()))

    def __str__(self) -> str:
        return str(self._polyglot_call("Base.string", ()))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = self._polyglot_call("polyglot.bundle", ())
        return bundle

    def __eq__(self, other: object) -> Any:
        if isinstance(other, JuliaObject) and other._holding is self._holding:
            return True
        return self._polyglot_call("Base.:==", (other,))

    def __ne__(self, other: object) -> Any:
        return not self == other

    def __hash__(self) -> int:
        return int(self._polyglot_call("polyglot.hash", ()))

    def __float__(self) -> float:
        return float(self._polyglot_call("Base.Float64", ()))

    def __int__(self) -> int:
        return int(self._polyglot_call("polyglot.integer", ()))

    def __complex__(self) -> complex:
        return complex(self._polyglot_call("Base.ComplexF64", ()))

    def __round__(self, ndigits: int | None = None) -> Any:
        return self._polyglot_call("polyglot.round", (ndigits,))

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __format__(self, spec: str) -> str:
        if spec[-1:] in _FLOAT_FORMATS:
            return format(float(self), spec)
        return format(int(self) if spec[-1:] in _INTEGER_FORMATS else str(self), spec)

    def __copy__(self) -> Any:
        return self._polyglot_call("polyglot.copy", ())

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._polyglot_call("Base.deepcopy", ())

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        import numpy

        return numpy.asarray(self._polyglot_call("Base.collect", ()), dtype)

    def __reduce__(self) -> Any:
        raise TypeError("an object that stays in Julia cannot be pickled")


class JuliaFunction(JuliaObject):
    # A Julia function, with what Python's own functions say of themselves. No docstring of the
    # class's own: `__doc__` is that of the function.
    __slots__ = ("_described",)

    # pandas takes a callable that can be iterated for a list of functions.
    __iter__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            return self._description()[0]
        if name == "__signature__":
            return _signature(*self._description()[1:])
        return super().__getattr__(name)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return str(self._polyglot_call("polyglot.documentation", ())) or None

    def _description(self) -> Any:
        try:
            return object.__getattribute__(self, "_described")
        except AttributeError:
            described = self._polyglot_call("polyglot.function", ())
            object.__setattr__(self, "_described", described)
            return described


def _signature(
    parameters: list[str] | None, variadic: bool, keywords: list[str]
) -> inspect.Signature:
    """The signature; of several methods any arguments."""
    if parameters is None:
        names, kinds = ["args", "kwargs"], [Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD]
        return inspect.Signature([Parameter(*pair) for pair in zip(names, kinds, strict=True)])
    found = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in parameters]
    if variadic and found:
        found[-1] = found[-1].replace(kind=Parameter.VAR_POSITIONAL)
    for name in keywords:
        if name.endswith("..."):
            found.append(Parameter(name[:-3], Parameter.VAR_KEYWORD))
        else:  # it may have a default, which Julia does not tell
            found.append(Parameter(name, Parameter.KEYWORD_ONLY, default=...))
    return inspect.Signature(found)


def _indices(value: JuliaObject, index: Any) -> tuple[Any, ...]:
    indices = index if isinstance(index, tuple) else (index,)
    return tuple(
        _range(value, place, position, len(indices)) if isinstance(place, slice) else place
        for position, place in enumerate(indices, 1)
    )


def _range(value: JuliaObject, place: slice, position: int, count: int) -> Any:
    """What Julia reads in the place of the slice: both ends are in it."""
    if place.step is not None:
        raise IndexError("in Julia a step stands in the middle: index by a range instead")
    return value._polyglot_call("polyglot.range", (position, count, place.start, place.stop))


def _operator(name: str, reflected: bool = False) -> Any:
    def apply(self: JuliaObject, other: Any) -> Any:
        pair = (other, self) if reflected else (self, other)
        return call(self._bridge, name, pair, {})

    return apply


def _unary(name: str) -> Any:
    return lambda self: self._polyglot_call(name, ())


_OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "fld",
    "mod": "mod",
    "pow": "^",
    "matmul": "*",
    "and": "&",
    "or": "|",
    "xor": "xor",
    "lshift": "<<",
    "rshift": ">>",
}
for _python, _julia in _OPERATORS.items():
    setattr(JuliaObject, f"__{_python}__", _operator(f"Base.:{_julia}"))
    setattr(JuliaObject, f"__r{_python}__", _operator(f"Base.:{_julia}", reflected=True))
for _python, _julia in {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    setattr(JuliaObject, f"__{_python}__", _operator(f"Base.:{_julia}"))
for _python, _julia in {"neg": "-", "pos": "+", "invert": "~", "abs": "abs"}.items():
    setattr(JuliaObject, f"__{_python}__", _unary(f"Base.:{_julia}"))
