"""JSON schemas of every message a kernel may send, after jupyter_client 8.10's messaging.rst.

They are stricter than the text where the text is vague: a field that a client reads must be there
and have its type. `validate(channel, message)` raises `SchemaError`, naming the message's type and
the field.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

import fastjsonschema

PROTOCOL_VERSION = re.compile(r"5\.\d+(\.\d+)?\Z")

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
OBJECT = {"type": "object"}
TEXTS = {"type": "array", "items": TEXT}


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """The schema of an object with these fields; others may stand beside them."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
    }


def one_of(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


def reply(ok: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """A reply's content: `ok` with its fields, `error` with the error's, or `aborted`."""
    return {
        "type": "object",
        "required": ["status"],
        "oneOf": [
            record({"status": one_of("ok")} | ok, optional),
            record({"status": one_of("error")} | ERROR_FIELDS, {"execution_count": COUNT}),
            record({"status": one_of("aborted")}, {"execution_count": COUNT}),
        ],
    }


ERROR_FIELDS = {"ename": TEXT, "evalue": TEXT, "traceback": TEXTS}

# A mime type maps to text, to a list of lines, or (`application/json`, `…+json`) to any JSON.
MIME_BUNDLE = {
    "type": "object",
    "propertyNames": {"pattern": r"^[\w.+-]+/[\w.+-]+(;.*)?$"},
    "patternProperties": {r"^(?!application/(.*\+)?json)": TEXT},
}
SHOWN = {"data": MIME_BUNDLE, "metadata": OBJECT}
DISPLAY_ID = {"transient": record({}, {"display_id": TEXT})}

PAYLOAD = {
    "type": "object",
    "required": ["source"],
    "oneOf": [
        record({"source": one_of("page"), "data": MIME_BUNDLE, "start": COUNT}),
        record({"source": one_of("set_next_input"), "text": TEXT, "replace": FLAG}),
        record({"source": one_of("edit_magic"), "filename": TEXT, "line_number": COUNT}),
        record({"source": one_of("ask_exit"), "keepkernel": FLAG}),
    ],
}

EXPRESSION = {
    "type": "object",
    "required": ["status"],
    "oneOf": [
        record({"status": one_of("ok")} | SHOWN),
        record({"status": one_of("error")} | ERROR_FIELDS),
    ],
}

LANGUAGE_INFO = record(
    {"name": TEXT, "version": TEXT, "mimetype": TEXT, "file_extension": {"pattern": r"^\.\w+$"}},
    {
        "pygments_lexer": TEXT,
        "codemirror_mode": {"type": ["string", "object"]},
        "nbconvert_exporter": TEXT,
    },
)

HISTORY_ENTRY = {
    "type": "array",
    "minItems": 3,
    "maxItems": 3,
    "items": [
        COUNT,
        COUNT,
        {
            "anyOf": [
                TEXT,
                {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "items": [TEXT, {"type": ["string", "null"]}],
                },
            ]
        },
    ],
}

SHELL_REPLIES = {
    "execute_reply": {
        "type": "object",
        "required": ["status"],
        "oneOf": [
            record(
                {
                    "status": one_of("ok"),
                    "execution_count": COUNT,
                    "user_expressions": {"type": "object", "additionalProperties": EXPRESSION},
                    "payload": {"type": "array", "items": PAYLOAD},
                }
            ),
            record({"status": one_of("error"), "execution_count": COUNT} | ERROR_FIELDS),
            record({"status": one_of("aborted")}, {"execution_count": COUNT}),
        ],
    },
    "inspect_reply": reply({"found": FLAG} | SHOWN),
    "complete_reply": reply(
        {"matches": TEXTS, "cursor_start": COUNT, "cursor_end": COUNT, "metadata": OBJECT}
    ),
    "history_reply": reply({"history": {"type": "array", "items": HISTORY_ENTRY}}),
    # no message of the specification: as ipykernel has it
    "usage_reply": reply(
        {"kernel_cpu": {"type": "number"}, "kernel_memory": COUNT, "cpu_count": COUNT}
    ),
    # ours: the panel of JupyterLab asks for it
    "variables_reply": reply(
        {
            "language": one_of("julia", "python"),
            "busy": FLAG,
            "variables": {
                "type": "array",
                "items": record(dict.fromkeys(("name", "type", "size", "value"), TEXT)),
            },
        }
    ),
    "is_complete_reply": {
        "type": "object",
        "required": ["status"],
        "oneOf": [
            record({"status": one_of("incomplete"), "indent": TEXT}),
            record({"status": one_of("complete", "invalid", "unknown")}),
        ],
    },
    "connect_reply": reply(
        dict.fromkeys(("shell_port", "iopub_port", "stdin_port", "hb_port"), COUNT),
        {"control_port": COUNT},
    ),
    "comm_info_reply": reply(
        {"comms": {"type": "object", "additionalProperties": record({"target_name": TEXT})}}
    ),
    "kernel_info_reply": reply(
        {
            "protocol_version": {"pattern": PROTOCOL_VERSION.pattern.removesuffix(r"\Z") + "$"},
            "implementation": TEXT,
            "implementation_version": TEXT,
            "language_info": LANGUAGE_INFO,
            "banner": TEXT,
        },
        {
            "debugger": FLAG,
            "help_links": {"type": "array", "items": record({"text": TEXT, "url": TEXT})},
            "supported_features": TEXTS,
        },
    ),
}

# The Debug Adapter Protocol's.
DEBUG_RESPONSE = record(
    {
        "type": one_of("response"),
        "seq": COUNT,
        "request_seq": COUNT,
        "success": FLAG,
        "command": TEXT,
        "body": OBJECT,
    },
    {"message": TEXT},
)
DEBUG_EVENT = record({"type": one_of("event"), "seq": COUNT, "event": TEXT}, {"body": OBJECT})

CONTROL_REPLIES = {
    "shutdown_reply": reply({"restart": FLAG}),
    "interrupt_reply": reply({}),
    "usage_reply": OBJECT,
    "debug_reply": {
        "type": "object",
        "anyOf": [DEBUG_RESPONSE, record({"status": one_of("error")})],
    },
    "create_subshell_reply": reply({"subshell_id": TEXT}),
    "delete_subshell_reply": reply({}),
    "list_subshell_reply": reply({"subshell_id": TEXTS}),
}

COMM = {
    "comm_open": record({"comm_id": TEXT, "target_name": TEXT, "data": OBJECT}),
    "comm_msg": record({"comm_id": TEXT, "data": OBJECT}),
    "comm_close": record({"comm_id": TEXT, "data": OBJECT}),
}

IOPUB = {
    "iopub_welcome": record({"subscription": TEXT}),
    "status": record({"execution_state": one_of("busy", "idle", "starting")}),
    "execute_input": record({"code": TEXT, "execution_count": COUNT}),
    "stream": record({"name": one_of("stdout", "stderr"), "text": TEXT}),
    "display_data": record(SHOWN, DISPLAY_ID),
    "update_display_data": record(
        SHOWN | {"transient": record({"display_id": TEXT})},
    ),
    "execute_result": record(SHOWN | {"execution_count": COUNT}, DISPLAY_ID),
    "error": record(ERROR_FIELDS),
    "clear_output": record({"wait": FLAG}),
    "debug_event": DEBUG_EVENT,
    "shutdown_reply": CONTROL_REPLIES["shutdown_reply"],
    **COMM,
}

CONTENTS = {
    # Any request of the shell channel may also come over control, and is answered there.
    "shell": SHELL_REPLIES | CONTROL_REPLIES,
    "control": SHELL_REPLIES | CONTROL_REPLIES,
    "stdin": {"input_request": record({"prompt": TEXT, "password": FLAG})},
    "iopub": IOPUB,
}

HEADER = record(
    {
        "msg_id": {"type": "string", "minLength": 1},
        "session": TEXT,
        "username": TEXT,
        "msg_type": TEXT,
        "version": {"pattern": r"^5\.\d+(\.\d+)?$"},
    },
    {"subshell_id": {"type": ["string", "null"]}},
)
ENVELOPE = record({"header": HEADER, "metadata": OBJECT, "parent_header": OBJECT})

_check_envelope = fastjsonschema.compile(ENVELOPE)
_check_contents = {
    channel: {kind: fastjsonschema.compile(schema) for kind, schema in kinds.items()}
    for channel, kinds in CONTENTS.items()
}


class SchemaError(AssertionError):
    """A message that the specification does not allow."""


def validate(channel: str, message: dict[str, Any]) -> None:
    """Check a message received on `channel`, as `jupyter_client.session` returns it."""
    header = message["header"]
    kind = header.get("msg_type")
    if kind not in _check_contents[channel]:
        raise SchemaError(f"{kind!r} is not a message for {channel}")
    date = header.get("date")
    if not (isinstance(date, datetime.datetime) and date.tzinfo):
        raise SchemaError(f"{kind}: header.date is not an ISO 8601 date with a time zone: {date!r}")
    try:
        _check_envelope(message)
    except fastjsonschema.JsonSchemaException as error:
        raise SchemaError(f"{kind} on {channel}: {error.message}: {message}") from None
    validate_content(channel, kind, message["content"])


def validate_content(channel: str, kind: str, content: dict[str, Any]) -> None:
    """Check the content of a message of that kind."""
    try:
        _check_contents[channel][kind](content)
    except KeyError:
        raise SchemaError(f"{kind!r} is not a message for {channel}") from None
    except fastjsonschema.JsonSchemaException as error:
        raise SchemaError(f"{kind} on {channel}: {error.message}: {content}") from None


def validate_anywhere(message: dict[str, Any]) -> None:
    """Check a message of a kernel that was received on a channel which is not known."""
    kind = message["header"].get("msg_type")
    channels = [channel for channel, kinds in CONTENTS.items() if kind in kinds]
    if not channels:
        raise SchemaError(f"{kind!r} is no message of a kernel")
    validate(channels[0], message)
