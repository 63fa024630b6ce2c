"""`jl`: Julia from Python cells. Its variables, functions, objects and errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..values.references import Holding
from .bridge import Bridge, Failed

_FLOAT_FORMATS = tuple("eEfFgG%")
_INTEGER_FORMATS = tuple("bcdoxX")
# Asked for by every tool that looks at an object; no Julia name is meant.
_NOT_JULIA = ("__", "_repr_", "_ipython_", "_polyglot_")


class JuliaError(Exception):
    """An error of Julia's.

    `julia_type` is its type's name, `message` its text, `julia_traceback` where it happened, and
    `exception` the error itself, to look at its fields.
    """

    def __init__(self, julia_type: str, message: str, traceback: str, exception: Any) -> None:
        super().__init__(message)
        self.julia_type = julia_type
        self.message = message
        self.julia_traceback = traceback
        self.exception = exception
        if traceback:
            # Python shows notes below the message (PEP 678); IPython does in every version.
            self.__notes__ = [traceback]

    def __str__(self) -> str:
        if self.message.startswith(self.julia_type):
            return self.message
        return f"{self.julia_type}: {self.message}"


def ask(bridge: Bridge, op: str, parts: Any = (), **fields: Any) -> Any:
    """What Julia answers. Raises `JuliaError`, and KeyboardInterrupt when it was interrupted."""
    try:
        return bridge.request(op, parts, **fields)
    except Failed as failed:
        raise _error_of(failed) from _cause_of(failed)


def _error_of(failed: Failed) -> BaseException:
    header = failed.header
    if header.get("ename") == "InterruptException":
        return KeyboardInterrupt()
    traceback = "\n".join(header.get("traceback", ()))
    return JuliaError(header["ename"], header.get("evalue", ""), traceback, failed.exception)


def _cause_of(failed: Failed) -> BaseException | None:
    # Julia was called by Python, called Python and failed there: that is the cause.
    inner = failed.exception
    if not isinstance(inner, JuliaObject):
        return None
    try:
        cause = inner._polyglot_call("polyglot.python_cause", ())
    except Exception:
        return None
    return cause if isinstance(cause, BaseException) else None


def call(bridge: Bridge, target: Any, args: Any, kwargs: dict[str, Any], **fields: Any) -> Any:
    """Call a Julia function: an object, or one that is named (`Base.length`)."""
    parts = [(f"argument {index}", value) for index, value in enumerate(args, 1)]
    parts += [(f"keyword {name}", value) for name, value in kwargs.items()]
    if isinstance(target, str):
        fields["target"] = target
    else:
        parts.insert(0, ("the function", target))
    return ask(bridge, "call", parts, keywords=list(kwargs), **fields)


class Julia:
    """Julia, as the variable `jl`.

    ``jl.x`` reads a variable, ``jl.x = v`` assigns it, ``jl.f(1, key=2)`` calls a function,
    ``jl("code")`` evaluates. Names that are none in Python: ``jl["push!"]``. Errors are
    ``jl.Error``.
    """

    __slots__ = ("_bridge",)
    Error = JuliaError

    def __init__(self, bridge: Bridge) -> None:
        object.__setattr__(self, "_bridge", bridge)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(_NOT_JULIA):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        try:
            return ask(self._bridge, "get", name=name)
        except JuliaError as error:
            if error.julia_type == "UndefVarError":
                raise _Undefined.of(error) from None
            raise

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        ask(self._bridge, "set", [(name, value)], names=[name])

    def __call__(self, code: str) -> Any:
        """The value of Julia code, which may be several expressions."""
        return ask(self._bridge, "eval", code=code)

    def __dir__(self) -> list[str]:
        return [*ask(self._bridge, "call", target="polyglot.names", keywords=[]), "Error"]

    def __repr__(self) -> str:
        return "jl (Julia: jl.x reads, jl.x = v assigns, jl.f(...) calls, jl('code') evaluates)"


class _Undefined(JuliaError, AttributeError):
    """There is no such name; an AttributeError too, so that `hasattr(jl, "x")` works."""

    @classmethod
    def of(cls, error: JuliaError) -> _Undefined:
        return cls(error.julia_type, error.message, "", error.exception)


_Undefined.__name__ = _Undefined.__qualname__ = "JuliaError"


class JuliaObject:
    """An object that stays in Julia.

    Attributes, calls, operators, iteration and display are Julia's; so is indexing, which is
    `getindex` with Julia's own indices. ``f.broadcast(xs)`` is Julia's ``f.(xs)``.
    """

    __slots__ = ("__weakref__", "_bridge", "_holding")

    def __init__(self, bridge: Bridge, holding: Holding) -> None:
        object.__setattr__(self, "_bridge", bridge)
        object.__setattr__(self, "_holding", holding)

    def _polyglot_call(self, target: str, args: tuple[Any, ...]) -> Any:
        return call(self._bridge, target, (self, *args), {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return call(self._bridge, self, args, kwargs)

    def broadcast(self, *args: Any, **kwargs: Any) -> Any:
        """Call this function for each element, as ``f.(args...)`` does in Julia."""
        return call(self._bridge, self, args, kwargs, broadcast=True)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(_NOT_JULIA):
            raise AttributeError(name)
        try:
            return self._polyglot_call("polyglot.getproperty", (name,))
        except JuliaError as error:
            if self._polyglot_call("polyglot.hasproperty", (name,)):
                raise
            raise _Undefined.of(error) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._polyglot_call("polyglot.setproperty!", (name, value))

    def __getitem__(self, index: Any) -> Any:
        return self._polyglot_call("polyglot.getindex", _indices(self, index))

    def __setitem__(self, index: Any, value: Any) -> None:
        self._polyglot_call("polyglot.setindex!", (value, *_indices(self, index)))

    def __len__(self) -> int:
        return int(self._polyglot_call("Base.length", ()))

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
