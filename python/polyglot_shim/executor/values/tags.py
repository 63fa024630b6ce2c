"""The tags of the value encoding (`docs/values.md`, *The encoding*).

A value is one tag byte and what the tag's row in that page says. The tags of scalars of a fixed
size double as the codes of array elements.
"""

from __future__ import annotations

NOTHING = 0x00
MISSING = 0x01
FALSE = 0x02
TRUE = 0x03
INT8, INT16, INT32, INT64, INT128 = range(0x04, 0x09)
UINT8, UINT16, UINT32, UINT64, UINT128 = range(0x09, 0x0E)
FLOAT16, FLOAT32, FLOAT64 = range(0x0E, 0x11)
COMPLEX32, COMPLEX64 = range(0x11, 0x13)
INTEGER = 0x13
BIGFLOAT = 0x14
COMPLEX = 0x15

STRING = 0x20
BYTES = 0x21
TUPLE = 0x22
NAMED_TUPLE = 0x23
LIST = 0x24
DICT = 0x25
SET = 0x26
RANGE = 0x27
RATIONAL = 0x28
DATE = 0x29
DATETIME = 0x2A
TIME = 0x2B
PERIOD = 0x2C
UUID = 0x2D
ENUM = 0x2E

ARRAY = 0x30
MASKED_ARRAY = 0x31
STRINGS = 0x32
OBJECTS = 0x33
CATEGORICAL = 0x34
TABLE = 0x35
PACKED = 0x36
RECORDS = 0x37
PACKED_DICT = 0x38
SHARED_ARRAY = 0x39
MAPPED_ARRAY = 0x3A

REFERENCE = 0x40

# Elements of arrays that are no values of their own.
BOOL = TRUE
SUBARRAY = TUPLE
STRUCT = NAMED_TUPLE

# What the entries of a STRINGS mask mean, and the bits of its flags.
IS_MISSING = 1
IS_NOTHING = 2

# How the texts of a STRINGS value stand in one piece.
BY_OFFSETS = 0
BY_SEPARATOR = 1

# Kinds of packed values that are no tags of values (`docs/values.md`, *Packed values*).
TEXTS = STRING
ONE_BY_ONE = OBJECTS
MIXED = 0x3F
OF_ITS_OWN = 0x80
"""With TUPLE, LIST or DICT: each has a length, or keys, of its own."""

# Where the bytes of a blob are.
INLINE = 0
IN_FRAME = 1
SHARED_FD = 2
SHARED_FILE = 3

# How a file is mapped: to be read, to be written to, or written to for this process alone.
MODE_READ = 0
MODE_WRITE = 1
MODE_COPY = 2

# With the tag of an OBJECTS array's elements: some may be missing.
OR_MISSING = 0x80

# Units of a PERIOD, and NumPy's names for them.
PERIOD_UNITS = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns")
MICROSECONDS = PERIOD_UNITS.index("us")
