"""What it means that a value came back the same."""

from __future__ import annotations

import enum
import math
from typing import Any

import numpy as np
import pandas as pd
from values_strategies import Pair


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
        return same_array(np.asarray(left), np.asarray(right))
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
    if native.dtype != right.dtype:
        return False
    if native.dtype.char == "G":
        return same_array(native.real, right.real) and same_array(native.imag, right.imag)
    if native.dtype.char == "g":  # its bytes are not all of them the number's
        signs = np.signbit(native) == np.signbit(right)
        numbers = (native == right) & signs | np.isnan(native) & np.isnan(right)
        return bool(numbers.all())
    return native.tobytes() == right.tobytes()


def same_masked(left: Any, right: Any) -> bool:
    if left.dtype.names:
        return left.dtype.names == right.dtype.names and all(
            same_masked(left[name], right[name]) for name in left.dtype.names
        )
    masks = np.ma.getmaskarray(left), np.ma.getmaskarray(right)
    return bool((masks[0] == masks[1]).all()) and same_array(
        np.ma.getdata(left)[~masks[0]], np.ma.getdata(right)[~masks[1]]
    )
