# The tags of the value encoding (`docs/values.md`, *The encoding*). A value is one tag byte and what
# the tag's row in that page says. The tags of scalars of a fixed size double as the codes of array
# elements.

const NOTHING = 0x00
const MISSING = 0x01
const FALSE = 0x02
const TRUE = 0x03
const INT64 = 0x07
const FLOAT64 = 0x10
const INTEGER = 0x13
const BIGFLOAT = 0x14
const COMPLEX = 0x15

const STRING = 0x20
const BYTES = 0x21
const TUPLE = 0x22
const NAMED_TUPLE = 0x23
const LIST = 0x24
const DICT = 0x25
const SET = 0x26
const RANGE = 0x27
const RATIONAL = 0x28
const DATE = 0x29
const DATETIME = 0x2a
const TIME = 0x2b
const PERIOD = 0x2c
const UUID_TAG = 0x2d
const ENUM = 0x2e

const ARRAY = 0x30
const MASKED_ARRAY = 0x31
const STRINGS = 0x32
const OBJECTS = 0x33
const CATEGORICAL = 0x34
const TABLE = 0x35
const PACKED = 0x36
const RECORDS = 0x37
const PACKED_DICT = 0x38
const SHARED_ARRAY = 0x39
const MAPPED_ARRAY = 0x3a

const REFERENCE = 0x40

# Elements of arrays that are no values of their own.
const BOOL = TRUE
const SUBARRAY = TUPLE
const STRUCT = NAMED_TUPLE

# What the entries of a STRINGS mask mean, and the bits of its flags.
const IS_MISSING = 0x01
const IS_NOTHING = 0x02

# How the texts of a STRINGS value stand in one piece.
const BY_OFFSETS = 0x00
const BY_SEPARATOR = 0x01

# Kinds of packed values that are no tags of values (`docs/values.md`, *Packed values*).
const TEXTS = STRING
const ONE_BY_ONE = OBJECTS
const MIXED = 0x3f
# With TUPLE, LIST or DICT: each has a length, or keys, of its own.
const OF_ITS_OWN = 0x80

# With the tag of an OBJECTS array's elements: some may be missing.
const OR_MISSING = 0x80

# Where the bytes of a blob are.
const INLINE = 0x00
const IN_FRAME = 0x01
const SHARED_FD = 0x02
const SHARED_FILE = 0x03

# How a file is mapped: to be read, to be written to, or written to for this process alone.
const MODE_READ = 0x00
const MODE_WRITE = 0x01
const MODE_COPY = 0x02

"Numbers that cross as their bytes, and their tags."
const NUMBERS = (
    (Int8, 0x04), (Int16, 0x05), (Int32, 0x06), (Int64, 0x07), (Int128, 0x08),
    (UInt8, 0x09), (UInt16, 0x0a), (UInt32, 0x0b), (UInt64, 0x0c), (UInt128, 0x0d),
    (Float16, 0x0e), (Float32, 0x0f), (Float64, 0x10),
    (Complex{Float32}, 0x11), (Complex{Float64}, 0x12),
)

"The periods, in the order of their units in the encoding."
const PERIODS = (
    Year, Month, Week, Day, Hour, Minute, Second, Millisecond, Microsecond, Nanosecond
)

# Both languages count from 1970 on the way; these are Julia's own counts for that day.
const EPOCH_DAY = Dates.value(Date(1970))
const EPOCH_MILLISECOND = Dates.value(DateTime(1970))
