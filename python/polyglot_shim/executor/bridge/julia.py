"""`jl`: Julia from Python cells. Its variables, functions and errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .bridge import Bridge, Failed

# Asked for by every tool that looks at an object; no Julia name is meant.
NOT_JULIA = ("__", "_repr_", "_ipython_", "_polyglot_")


# What an error of Python's is called that has passed through Julia and Python again, and again.
_RELAYS = re.compile(r"(?:Python: JuliaError: PyError: )+(?=Python: )")


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
        raise _error_of(failed) from _cause_of(bridge, failed)


def _error_of(failed: Failed) -> BaseException:
    header = failed.header
    if header.get("ename") == "InterruptException":
        return KeyboardInterrupt()
    traceback = "\n".join(header.get("traceback", ()))
    message = _RELAYS.sub("", header.get("evalue", ""))
    return JuliaError(header["ename"], message, traceback, failed.exception)


def _cause_of(bridge: Bridge, failed: Failed) -> BaseException | None:
    # Julia was called by Python, called Python and failed there: that is the cause.
    inner = failed.exception
    if not isinstance(inner, bridge.proxy):
        return None
    try:
        cause = call(bridge, "polyglot.python_cause", (inner,), {})
    except Exception:
        return None
    return cause if isinstance(cause, BaseException) else None


def call(bridge: Bridge, target: Any, args: Any, kwargs: dict[str, Any], **fields: Any) -> Any:
    """Call a Julia function: an object, or one that is named (`Base.length`)."""
    name = bridge.known.take_name(target)
    if name is not None:
        fields["named"] = name
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
        if name.startswith(NOT_JULIA):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        known = self._bridge.known.get(name)
        if known is not None:
            return known
        try:
            return ask(self._bridge, "get", name=name)
        except JuliaError as error:
            if error.julia_type == "UndefVarError":
                raise Undefined.of(error) from None
            raise

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        ask(self._bridge, "set", [(name, value)], names=[name])

    def __call__(self, code: str) -> Any:
        """The value of Julia code, which may be several expressions."""
        return ask(self._bridge, "eval", code=code)

    def share(self, source: Any, dtype: Any = None) -> Any:
        """An array in memory that Python and Julia both can hold: it crosses without a copy.

        ``jl.share(array)`` has the elements of `array`; ``jl.share(shape, dtype)`` has zeros.
        Raises TypeError for what is not of numbers, OSError where memory is short.
        """
        from ..values.shared_arrays import copy_shared, make_shared

        shares = self._bridge.codec.shares
        if dtype is None:
            return copy_shared(shares, source)
        return make_shared(shares, source, dtype)

    def is_shared(self, array: Any) -> bool:
        """Whether the elements are in memory, or a file, that Python and Julia both can hold."""
        import numpy

        from ..values.mapped_arrays import sharing_of

        return bool(sharing_of(self._bridge.codec.shares, numpy.asarray(array)))

    def __copy__(self) -> Julia:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Julia:
        return self

    def __reduce__(self) -> tuple[Callable[[], Julia], tuple[()]]:
        """Pickled, it is the Julia of the kernel that it is loaded in."""
        return julia_of_this_kernel, ()

    def __dir__(self) -> list[str]:
        names = ask(self._bridge, "call", target="polyglot.names", keywords=[])
        return [*names, "Error", "is_shared", "share"]

    def __repr__(self) -> str:
        return "jl (Julia: jl.x reads, jl.x = v assigns, jl.f(...) calls, jl('code') evaluates)"


def julia_of_this_kernel() -> Julia:
    """`jl`, for pickles. Raises RuntimeError in a process that is no kernel."""
    from IPython import get_ipython

    julia = getattr(get_ipython(), "user_ns_hidden", {}).get("jl")
    if not isinstance(julia, Julia):
        raise RuntimeError(
            "this process is no kernel of PolyglotKernel: there is no Julia (jl) here"
        )
    return julia


class Undefined(JuliaError, AttributeError):
    """There is no such name; an AttributeError too, so that `hasattr(jl, "x")` works."""

    @classmethod
    def of(cls, error: JuliaError) -> Undefined:
        return cls(error.julia_type, error.message, "", error.exception)


class Unsized(JuliaError, TypeError):
    """It has no length; a TypeError too, so that `list` asks no further."""

    @classmethod
    def of(cls, error: JuliaError) -> Unsized:
        return cls(error.julia_type, error.message, "", error.exception)


Undefined.__name__ = Undefined.__qualname__ = "JuliaError"
Unsized.__name__ = Unsized.__qualname__ = "JuliaError"
