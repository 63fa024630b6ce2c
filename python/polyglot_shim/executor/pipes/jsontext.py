"""Jupyter contents as JSON: strict, one pass for what is plain data already."""

from __future__ import annotations

import base64
import codecs
import datetime
import json
import math
import numbers
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

LONG = 65536  # characters

# The backslash first, as the others' escapes have one.
_ESCAPES = ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n"), (b"\r", b"\\r"), (b"\t", b"\\t"))
# Maps other control characters, which are rare in texts, to NUL.
_RARE = bytes(0 if byte < 32 and byte not in b"\n\r\t" else byte for byte in range(256))


def dumps(content: Any) -> bytes:
    """`content` as JSON in UTF-8; see `pieces`."""
    return b"".join(pieces(content))


def pieces(content: Any) -> list[bytes]:
    """`content` as JSON in UTF-8, in pieces: long texts are not copied together.

    What JSON has no word for is turned into the nearest that it has: NaN and infinities become
    null, bytes base64, other numbers int or float, times ISO 8601, other mappings and iterables
    objects and arrays, keys strings. Lone surrogates are written out as ``\\udc80``. Raises
    TypeError for everything else.
    """
    long: dict[str, str] = {}
    try:
        text = json.dumps(
            _set_aside(content, long),
            ensure_ascii=False,
            allow_nan=False,
            check_circular=False,
            separators=(",", ":"),
            default=_plain,
        )
    except (ValueError, TypeError):
        # NaN, or keys that are no strings: rare, so that only these pay for a walk through it all.
        long.clear()
        text = json.dumps(_cleaned(content), ensure_ascii=False, separators=(",", ":"))
    rest = text.encode("utf-8", "polyglot.surrogates")
    found = []
    for token, aside in long.items():  # they stand in the text in this order
        before, _, rest = rest.partition(token.encode())
        found += [before, *_escaped(aside)]
    return [*found, rest]


def _set_aside(content: Any, long: dict[str, str]) -> Any:
    """`content` with tokens for its long texts, which go into `long`.

    `json` looks at each character; for long texts there are quicker ways.
    """
    if type(content) is not dict:
        return content
    replaced = {}
    for key, value in content.items():
        if type(value) is str and len(value) > LONG:
            token = uuid.uuid4().hex
            long[token] = value
            value = token
        replaced[key] = _set_aside(value, long)
    return replaced


def _escaped(text: str) -> Iterator[bytes]:
    """What stands between the quotes of a JSON string, in pieces that fit into the fast memory."""
    for at in range(0, len(text), LONG):
        piece = text[at : at + LONG]
        data = piece.encode("utf-8", "backslashreplace")
        if b"\0" in data.translate(_RARE):
            data = json.dumps(piece, ensure_ascii=False).encode("utf-8", "polyglot.surrogates")
            yield data[1:-1]
            continue
        for character, escape in _ESCAPES:
            data = data.replace(character, escape)
        yield data


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
