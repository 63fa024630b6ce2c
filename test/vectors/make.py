"""Writes signing.json and json.json, which the tests of both languages read.

Python's side is the reference: jupyter_client's `Session` signs, Python's `json` reads. Run
`python test/vectors/make.py` after a change; `test_vectors.py` fails when the files are stale.

Values are tagged, so that no test depends on the JSON reader that it tests: `["int", "12"]`,
`["float", "0x1.8p+3"]`, `["string", [code points]]`, `["array", […]]`, `["object", [[key's code
points, value], …]]` sorted by key, `["true"]`, `["false"]`, `["null"]`. Texts are hexadecimal
bytes, or `[[text, repetitions], …]` for the long ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_client.session import Session

HERE = Path(__file__).parent
MAX_DEPTH = 512  # of julia/PolyglotCommon/src/json/JSON.jl

# -- signing -----------------------------------------------------------------------------------

SCHEMES = ["hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]
KEYS = {
    "a uuid": b"a0436f6c-1916-498b-8eb9-e81ab9368e84",
    "one byte": b"k",
    "as long as SHA-256's block": b"b" * 64,
    "as long as SHA-512's block": b"B" * 128,
    "longer than any block": bytes(range(1, 256)),
}
MESSAGES = {
    "empty": [b"{}", b"{}", b"{}", b"{}"],
    "a request": [
        b'{"msg_id":"1","msg_type":"kernel_info_request","version":"5.5"}',
        b"{}",
        b"{}",
        b"{}",
    ],
    "unicode": [b"{}", b"{}", b"{}", '{"code":"π = \\"é\\" # 🎉"}'.encode()],
    "all bytes": [bytes(range(256)), b"", b"\x00", b"\xff" * 3],
    "long": [b"{}", b"{}", b"{}", b"0123456789abcdef" * 64],
    "no parts": [],
}


def signing() -> list[dict[str, Any]]:
    cases = [
        (f"{scheme}, key {key}, message {message}", scheme, KEYS[key], MESSAGES[message])
        for scheme in SCHEMES
        for key in KEYS
        for message in MESSAGES
        if key == "a uuid" or message == "unicode"
    ]
    cases.append(("signing switched off", "hmac-sha256", b"", MESSAGES["unicode"]))
    return [
        {
            "name": name,
            "scheme": scheme,
            "key": key.hex(),
            "parts": [part.hex() for part in parts],
            "signature": Session(key=key, signature_scheme=scheme).sign(parts).decode(),
        }
        for name, scheme, key, parts in cases
    ]


# -- JSON --------------------------------------------------------------------------------------

# Read to the value that Python's json reads, and no other.
ACCEPTED: dict[str, str] = {
    "empty object": "{}",
    "empty array": "[]",
    "white space everywhere": ' \t\r\n{ "a" : [ 1 , 2 ] ,\n"b" : null } \n',
    "literals": "[true,false,null]",
    "top level string": '"a"',
    "top level number": "-0",
    "empty key": '{"":1}',
    "the last of equal keys wins": '{"a":1,"a":2}',
    "equal keys, one escaped": '{"a":1,"\\u0061":2}',
    "all short escapes": r'"\"\\\/\b\f\n\r\t"',
    "escaped control characters": '"' + "".join(f"\\u{code:04x}" for code in range(32)) + '"',
    "DEL and C1 controls stand as they are": '"\x7f\x80\x9f"',
    "line separators stand as they are": '"\u2028\u2029"',
    "two bytes": '"é"',
    "three bytes": '"€ﬃ\uffff"',
    "four bytes": '"🎉\U0010ffff"',
    "combining": '"e\u0301"',
    "byte order mark within a string": '"\ufeff"',
    "NUL": '"a\\u0000b"',
    "surrogate pair": r'"\ud83c\udf89"',
    "surrogate pair in capitals": r'"\uD83C\uDF89"',
    "lone high surrogate": r'"\ud83c"',
    "lone low surrogate": r'"\udf89"',
    "high surrogate, then text": r'"\ud83cx"',
    "high surrogate, then another escape": r'"\ud83c\n"',
    "two high surrogates": r'"\ud83c\ud83c\udf89"',
    "surrogates in the wrong order": r'"\udf89\ud83c"',
    "lone surrogate as a key": r'{"\ud800":1}',
    "escaped BMP": r'"\u00e9\u20ac\uffff"',
    "zeros": "[0,-0,0.0,-0.0,0e0,-0e5]",
    "integers": "[1,-1,123456789]",
    "int64": "[9223372036854775807,-9223372036854775808]",
    "just beyond int64": "[9223372036854775808,-9223372036854775809]",
    "eighteen and nineteen digits": "[999999999999999999,1000000000000000000]",
    "big integer": "123456789012345678901234567890123456789012345678901234567890",
    "floats": "[1.5,-2.25,3e2,4E-2,5e+3,0.1,1e0]",
    "largest float": "1.7976931348623157e308",
    "smallest float": "5e-324",
    "underflow": "[1e-400,-1e-400]",
    "more digits than a float has": "0.1000000000000000055511151231257827021181583404541015625",
    "2^53 + 1": "[9007199254740993,9007199254740993.0]",
    "nested": '{"a":{"b":[[],[{}],{"c":[null]}]}}',
}
LONG_ACCEPTED: dict[str, list[list[Any]]] = {
    "as deep as allowed": [["[", MAX_DEPTH], ["]", MAX_DEPTH]],
    "wide": [["[", 1], ["0,", 5000], ["0]", 1]],
    "long string": [['"', 1], ["0123456789é", 5000], ['"', 1]],
}

# Refused with an error.
REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "white space only": b" \n",
    "two values": b"1 2",
    "text behind": b"{}x",
    "NUL behind": b"{}\x00",
    "byte order mark in front": b"\xef\xbb\xbf{}",
    "open object": b'{"a":1',
    "open array": b"[1",
    "open string": b'"a',
    "open escape": b'"\\',
    "open unicode escape": b'"\\u00',
    "bad hexadecimal digit": b'"\\u00g0"',
    "signed hexadecimal": b'"\\u+123"',
    "unknown escape": b'"\\x41"',
    "escaped quote only": b'"\\"',
    "bare control character": b'"a\nb"',
    "bare NUL": b'"\x00"',
    "bare tab": b'"\t"',
    "trailing comma in array": b"[1,]",
    "trailing comma in object": b'{"a":1,}',
    "leading comma": b"[,1]",
    "missing comma": b"[1 2]",
    "missing colon": b'{"a" 1}',
    "missing value": b'{"a":}',
    "number as key": b"{1:2}",
    "single quotes": b"{'a':1}",
    "comment": b"[1/*2*/]",
    "leading zero": b"01",
    "minus leading zero": b"-01",
    "plus": b"+1",
    "point first": b".5",
    "point last": b"5.",
    "exponent missing": b"1e",
    "exponent sign only": b"1e+",
    "minus only": b"-",
    "hexadecimal": b"0x10",
    "NaN": b"NaN",
    "Infinity": b"[Infinity]",
    "minus Infinity": b"-Infinity",
    "capital literal": b"True",
    "cut literal": b"tru",
    "lengthened literal": b"truee",
    "wrong brackets": b"[1}",
    "closing only": b"]",
    "overlong UTF-8": b'"\xc0\x80"',
    "cut UTF-8": b'"\xe2\x82"',
    "lone continuation byte": b'"\x80"',
    "UTF-8 of a surrogate": b'"\xed\xa0\x80"',
    "beyond Unicode": b'"\xf4\x90\x80\x80"',
    "latin-1": b'"\xe9"',
    "not UTF-8 behind an escape": b'"\\n\xff"',
}
LONG_REFUSED: dict[str, list[list[Any]]] = {
    "one deeper than allowed": [["[", MAX_DEPTH + 1], ["]", MAX_DEPTH + 1]],
    "far too deep": [["[", 1_000_000]],
    "far too deep, objects": [['{"a":', 200_000]],
}

# Written as exactly this text.
WRITTEN: dict[str, Any] = {
    "nothing": None,
    "booleans": [True, False],
    "integers": [0, -1, 9223372036854775807, 9223372036854775808],
    "empty": [{}, [], ""],
    "quotes and backslashes": 'a"b\\c/d',
    "short escapes": "\n\r\t",
    "control characters": "\x00\x01\x1f",
    "unicode as it is": "é€🎉\u2028",
    "nested": {"a": [{"b": []}]},
}
# The text depends on the writer's choice, the value does not.
WRITTEN_AND_READ_BACK: dict[str, Any] = {
    "floats": [1.5, -0.0, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 123456789.125],
    "backspace, form feed, DEL": "\b\f\x7f",
    "lone surrogates": ["\ud800", "a\udfffb"],
}


def tagged(value: Any) -> list[Any]:
    match value:
        case None | True | False:
            return [{None: "null", True: "true", False: "false"}[value]]
        case int():
            return ["int", str(value)]
        case float():
            return ["float", value.hex()]
        case str():
            return ["string", [ord(char) for char in value]]
        case list():
            return ["array", [tagged(item) for item in value]]
        case dict():
            pairs = ([[ord(char) for char in key], tagged(item)] for key, item in value.items())
            return ["object", sorted(pairs, key=lambda pair: pair[0])]
    raise TypeError(type(value))


def assembled(parts: list[list[Any]]) -> str:
    return "".join(text * count for text, count in parts)


def json_cases() -> dict[str, list[dict[str, Any]]]:
    return {
        "accepted": [
            {"name": name, "bytes": text.encode().hex(), "value": tagged(json.loads(text))}
            for name, text in ACCEPTED.items()
        ],
        # Their values are read back from what is written again.
        "long_accepted": [{"name": name, "repeat": parts} for name, parts in LONG_ACCEPTED.items()],
        "refused": [{"name": name, "bytes": data.hex()} for name, data in REFUSED.items()]
        + [{"name": name, "repeat": parts} for name, parts in LONG_REFUSED.items()],
        "written": [
            {
                "name": name,
                "value": tagged(value),
                "bytes": json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                .encode()
                .hex(),
            }
            for name, value in WRITTEN.items()
        ],
        "written_and_read_back": [
            {"name": name, "value": tagged(value)} for name, value in WRITTEN_AND_READ_BACK.items()
        ],
    }


def render(cases: Any) -> str:
    """One case a line, so that a change shows as what it is."""
    if isinstance(cases, dict):
        return "{\n" + ",\n".join(f'"{key}": {render(cases[key])}' for key in cases) + "\n}"
    return "[\n" + ",\n".join("  " + json.dumps(case) for case in cases) + "\n]"


def files() -> dict[Path, str]:
    return {
        HERE / "signing.json": render(signing()) + "\n",
        HERE / "json.json": render(json_cases()) + "\n",
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text)
