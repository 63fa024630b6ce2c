"""Jupyter contents as JSON: strict, one pass for what is plain data already."""

from __future__ import annotations

import base64
import codecs
import datetime
import json
import math
import numbers
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any


def dumps(content: Any) -> bytes:
    """`content` as JSON in UTF-8.

    What JSON has no word for is turned into the nearest that it has: NaN and infinities become
    null, bytes base64, other numbers int or float, times ISO 8601, other mappings and iterables
    objects and arrays, keys strings. Lone surrogates are written out as ``\\udc80``. Raises
    TypeError for everything else.
    """
    try:
        text = json.dumps(
            content,
            ensure_ascii=False,
            allow_nan=False,
            check_circular=False,
            separators=(",", ":"),
            default=_plain,
        )
    except (ValueError, TypeError):
        # NaN, or keys that are no strings: rare, so that only these pay for a walk through it all.
        text = json.dumps(_cleaned(content), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "polyglot.surrogates")


def loads(text: bytes | bytearray | memoryview) -> Any:
    """The content that JSON in UTF-8 stands for."""
    return json.loads(bytes(text).decode("utf-8", "surrogatepass"))


def _plain(value: Any) -> Any:
    """The nearest to `value` that JSON has; `json` asks for what it does not know."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        return item()  # a NumPy scalar that is no number, such as numpy.bool_
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON: {value!r}")


def _cleaned(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_key(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item) for item in value]
    return _cleaned(_plain(value))


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(key)


def _write_out_surrogates(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    # Twice escaped: the reader of the JSON sees the six characters, and never a lone surrogate,
    # which it could neither show nor save.
    return "".join(f"\\\\u{ord(character):04x}" for character in found), error.end


codecs.register_error("polyglot.surrogates", _write_out_surrogates)
