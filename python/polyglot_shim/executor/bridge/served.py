"""What Julia may ask of Python: variables, code, calls, and how objects look."""

from __future__ import annotations

import ast
import importlib
import linecache
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..cells.errors import cut_own_frames, message_of, user_part
from ..cells.shell import ZMQInteractiveShell
from ..display.display import encode_bundle
from ..display.figures import figures_wait, show_figures
from ..pipes.calls import Answer, Calls
from ..pipes.frames import Frame
from .bridge import Bridge
from .julia import JuliaError, call
from .known_names import ToldNames
from .operators import operators
from .redirected import collected, show_here, write_here
from .variables import variables_of

_AT_ONCE = 1000
"""How many items of a collection go into one answer."""
_LONGEST_TEXT = 200_000
"""How many characters of an error's message, and of its traceback, are told."""
_HELP_LINES = (
    ("Signature", "definition"),
    ("Init signature", "init_definition"),
    ("Type", "type_name"),
    ("File", "file"),
)
_HELP_PARTS = (("Docstring", "docstring"), ("Init docstring", "init_docstring"))


class Server:
    """Answers the calls of the other language, on the thread that runs cells."""

    def __init__(self, bridge: Bridge, shell: ZMQInteractiveShell) -> None:
        self._bridge = bridge
        self._shell = shell
        self._codes = 0
        self._told = ToldNames(bridge.exports, self._get)
        self._functions: dict[str, Callable[..., Any]] = {
            "polyglot.import": importlib.import_module,
            "polyglot.iterator": _iterator,
            "polyglot.next": _next,
            "polyglot.keys": _keys,
            "polyglot.items": _items,
            "polyglot.find": _find,
            "polyglot.push": _push,
            "polyglot.names": self._names,
            "polyglot.names_below": self._names_below,
            "polyglot.bundle": self._bundle,
            "polyglot.help": self._help,
            "polyglot.show_figures": show_figures,
            "polyglot.write": write_here,
            "polyglot.display": show_here,
            "polyglot.variables": lambda: variables_of(
                shell.user_ns, shell.user_ns_hidden, self._bridge.sharing()
            ),
            "polyglot.history": self._history,
            **operators(),
        }

    def register(self, calls: Calls) -> None:
        """Serve the calls that arrive."""
        for op in ("get", "set", "eval", "call"):
            calls.register(op, self._serve)

    def _serve(self, frame: Frame) -> Answer:
        try:
            with collected(frame.header.get("capture", ()), self._write):
                value, name = self._handle(frame)
            answer = self._bridge.answer(value, name)
            if frame.header["op"] == "get" and self._told.tell(name, value):
                answer.fields["known"] = True
        except BaseException as error:
            answer = self._bridge.failure(describe(error), error)
        changed = self._told.take_changed()
        if changed:
            answer.fields["changed"] = changed
        if figures_wait():
            answer.fields["figures"] = True
        return answer

    def _handle(self, frame: Frame) -> tuple[Any, str]:
        """The answer, and what it is called."""
        header = frame.header
        values = self._bridge.arguments(frame)
        op = header["op"]
        if op == "get":
            return self._get(header["name"]), header["name"]
        if op == "set":
            names = map(as_identifier, header["names"])
            self._shell.user_ns.update(zip(names, values, strict=True))
            return None, ""
        if op == "eval":
            extra = dict(zip(header["names"], values, strict=True))
            return self._evaluate(header["code"], extra), "the value"
        return self._call(header, list(values)), "the result"

    def _get(self, name: str) -> Any:
        namespace = self._shell.user_ns
        if name in namespace:
            return namespace[name]
        if as_identifier(name) in namespace:
            return namespace[as_identifier(name)]
        builtins = vars(importlib.import_module("builtins"))
        if name in builtins:
            return builtins[name]
        raise NameError(f"name {name!r} is not defined in Python")

    def _evaluate(self, code: str, extra: dict[str, Any]) -> Any:
        """The value of the code's last expression, `None` when it ends in another statement."""
        self._codes += 1
        filename = f"<Python code {self._codes} from Julia>"
        # So that tracebacks show the lines.
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        namespace = self._shell.user_ns
        tree = ast.parse(code.strip("\n"), filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        before = {name: namespace[name] for name in extra if name in namespace}
        namespace.update(extra)
        try:
            exec(compile(tree, filename, "exec"), namespace)
            if last is None:
                return None
            return eval(compile(ast.Expression(last.value), filename, "eval"), namespace)
        finally:
            for name in extra:
                namespace.pop(name, None)
            namespace.update(before)

    def _call(self, header: dict[str, Any], values: list[Any]) -> Any:
        target = header.get("target")
        function = values.pop(0) if target is None else self._resolve(target)
        if "named" in header:  # just read by that name, which may stand for another by now
            function = self._get(header["named"])
        names = header.get("keywords", ())
        count = len(values) - len(names)
        return function(*values[:count], **dict(zip(names, values[count:], strict=True)))

    def _resolve(self, target: str) -> Callable[..., Any]:
        function = self._functions.get(target)
        if function is None:
            module, _, name = target.rpartition(".")
            function = getattr(importlib.import_module(module), name)
        return function

    def _names(self, value: Any = None) -> list[str]:
        names = self._shell.user_ns if value is None else dir(value)
        return [name for name in names if not name.startswith("_")]

    def _names_below(self, path: list[str], *root: Any) -> list[str]:
        """The names below `path`, of variables or of an object."""
        return self._names(self._below(path, *root)) if path or root else self._names()

    def _below(self, path: list[str], *root: Any) -> Any:
        """What `path` leads to, from a variable or from an object."""
        names = list(path)
        value = root[0] if root else self._get(names.pop(0))
        for name in names:
            value = getattr(value, name)
        return value

    def _help(self, path: list[str], *root: Any) -> dict[str, str]:
        """What IPython's `?` says about that."""
        value = self._below(path, *root)
        info = self._shell.inspector.info(value, oname=".".join(path))
        return {"text/plain": "\n".join(_told(info))}

    def _bundle(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """How the value is displayed: forms by mime type, bytes as base64 text; and their metadata.

        There is none of one that has displayed itself.
        """
        data, metadata = self._shell.display_formatter.format(value)
        return encode_bundle(data), metadata

    def _write(self, name: str, text: str) -> None:
        call(self._bridge, "polyglot.write", (name, text), {})

    def _history(self) -> list[tuple[int, str]]:
        """The session's cells of all languages with their numbers."""
        cells = self._shell.history_manager.input_hist_raw
        return [(number, text) for number, text in enumerate(cells) if number and text]


def as_identifier(name: str) -> str:
    """The name as Python's parser has it: one letter for several that look alike (PEP 3131)."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _told(info: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a help text."""
    for title, field in _HELP_LINES:
        if info.get(field):
            yield f"{title}: {info[field].strip()}"
    for title, field in _HELP_PARTS:
        if info.get(field):
            yield f"{title}:\n{info[field]}"


def _iterator(value: Any) -> Any:
    return Items(iter(value), _AT_ONCE if hasattr(value, "__len__") else 1)


class Items:
    """An iteration under way, that the other side goes on with."""

    def __init__(self, items: Iterator[Any], at_once: int) -> None:
        self.items = items
        # What is computed on demand may have effects, or wait: one at a time.
        self.at_once = at_once


def _next(items: Items) -> tuple[Any, ...]:
    return tuple(islice(items.items, items.at_once))


def _keys(value: Any) -> Any:
    """The keys of a mapping, the indices of a sequence."""
    return value.keys() if hasattr(type(value), "keys") else range(len(value))


def _items(value: Any) -> Any:
    return value.items() if hasattr(type(value), "items") else list(enumerate(value))


def _find(value: Any, key: Any) -> tuple[Any, ...]:
    """The item in a tuple, or an empty one when there is none."""
    try:
        return (value[key],)
    except LookupError:
        return ()


def _push(value: Any, *items: Any) -> None:
    """Put the items into a sequence, behind its last, or into a set."""
    add = value.append if hasattr(type(value), "append") else value.add
    for item in items:
        add(item)


def describe(error: BaseException) -> dict[str, Any]:
    """What the other side is told of an error: type, message, and where it happened."""
    cut_own_frames(error)
    told = traceback.TracebackException(type(error), error, user_part(error.__traceback__))
    _leave_out_what_julia_told(told, error)
    return {
        "ename": type(error).__name__,
        "evalue": clipped(message_of(error)),
        "traceback": clipped("".join(told.format()).rstrip("\n")).split("\n"),
    }


def clipped(text: str) -> str:
    """The text without its middle, if it is so long that no one would read it."""
    if len(text) <= _LONGEST_TEXT:
        return text
    half = _LONGEST_TEXT // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters are left out …\n{text[-half:]}"


def _leave_out_what_julia_told(
    told: traceback.TracebackException | None, error: BaseException | None
) -> None:
    # The text of an error of Julia's, its note, has that of Python's error which caused it. Given
    # once more for each, it would double with every language that an error passes.
    while told is not None and error is not None:
        if isinstance(error, JuliaError) and hasattr(error, "add_note"):
            told.__cause__ = None
        told, error = told.__cause__, error.__cause__
