"""Writing NumPy's arrays of strings and of objects."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import elements, tags
from .container_encoder import write_shape, write_strings
from .encoder import Encoder
from .packed_encoder import write_packed_items

_ELEMENTS = {"g": tags.BIGFLOAT, "G": tags.COMPLEX}


def write_objects(
    encoder: Encoder, value: np.ndarray[Any, Any], mask: np.ndarray[Any, Any] | None = None
) -> None:
    """An array of strings, or of anything; what `mask` covers is missing."""
    items = _items(value, mask)
    flags = _declared_flags(value.dtype)
    kinds = {_string_kind(cls) for cls in set(map(type, items))}
    if -1 not in kinds and (0 in kinds or flags is not None):
        flags = (flags or 0) | (tags.IS_MISSING if mask is not None else 0)
        _write_strings(encoder, items, value.shape, flags)
        return
    element = _ELEMENTS.get(value.dtype.char, tags.NOTHING)
    encoder.enter(value)
    write_items(encoder, items, value.shape, element, mask is not None)
    encoder.leave()


def _items(value: np.ndarray[Any, Any], mask: np.ndarray[Any, Any] | None) -> list[Any]:
    """The elements in column-major order, `numpy.ma.masked` where they are missing."""
    items: list[Any] = value.ravel(order="F").tolist()
    if value.dtype.kind == "T":  # what stands for a missing string can be anything
        items = [item if isinstance(item, str) else np.ma.masked for item in items]
    if mask is not None:
        for index in np.flatnonzero(mask.ravel(order="F")):
            items[index] = np.ma.masked
    return items


def _declared_flags(dtype: np.dtype[Any]) -> int | None:
    """What beside strings the dtype admits; `None` where it does not say that it is of strings."""
    if dtype.kind == "U":
        return 0
    if dtype.kind == "T":
        has_missing = not isinstance(getattr(dtype, "na_object", ""), str)
        return tags.IS_MISSING if has_missing else 0
    return elements.string_flags(dtype)


def write_items(
    encoder: Encoder,
    items: list[Any],
    shape: tuple[int, ...],
    element: int = tags.NOTHING,
    masked: bool = False,
) -> None:
    """Any values; `element` is the tag of all, where they have one."""
    encoder.byte(tags.OBJECTS)
    encoder.byte(element | (tags.OR_MISSING if element and masked else 0))
    write_shape(encoder, shape)
    if not write_packed_items(encoder, items):
        encoder.byte(tags.ONE_BY_ONE)
        encoder.items(items, shape)


def _write_strings(encoder: Encoder, items: list[Any], shape: tuple[int, ...], flags: int) -> None:
    if set(map(type, items)) <= {str}:
        write_strings(encoder, items, None, shape, flags)
        return
    mask = bytes(_string_kind(type(item)) for item in items)
    texts = ["" if code else item for code, item in zip(mask, items, strict=True)]
    write_strings(encoder, texts, mask, shape, flags)


def _string_kind(cls: type) -> int:
    """0 for a string, the mask's code for what stands for none, -1 for anything else."""
    if cls is str:
        return 0
    if cls is type(None):
        return tags.IS_NOTHING
    if cls.__name__ == "NAType" or cls is np.ma.core.MaskedConstant:
        return tags.IS_MISSING
    return -1
