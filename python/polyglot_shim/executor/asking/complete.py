"""Completion: IPython's completer on the live namespace, with types.

jedi, which reads source code instead of live objects, is slow and rarely adds anything to them. It
is asked when there is nothing else to offer, and only for a limited time.
"""

from __future__ import annotations

import builtins
import importlib.util
import inspect
import keyword
import re
import threading
import types
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from IPython.core.completer import (
    ProvisionalCompleterWarning,
    provisionalcompleter,
    rectify_completions,
)

from ..debugging.hidden import hide
from ..streams import fork

if TYPE_CHECKING:
    from ..cells.shell import ZMQInteractiveShell

TYPES_KEY = "_jupyter_types_experimental"
JEDI_LIMIT = 0.2  # seconds
LONG_LINE = 2_000  # characters

_UNTYPED = frozenset({"<unknown>", "attribute", "variable"})
_NAME = re.compile(r"[^\W\d]\w*$")
_DOTTED = re.compile(r"(?:[^\W\d]\w*\.)+(?:[^\W\d]\w*)?$")
# Where a cell binds a name that the namespace does not have before the cell has run.
_BINDINGS = (
    (re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.M), "function"),
    (re.compile(r"^[ \t]*class[ \t]+(\w+)", re.M), "class"),
    (re.compile(r"\bimport[ \t]+(?:[\w.]+[ \t]+as[ \t]+)?(\w+)", re.M), "module"),
    (re.compile(r"\b(?:for|as)[ \t]+([^\W\d]\w*)"), "instance"),
    (re.compile(r"^[ \t]*([^\W\d]\w*)(?:[ \t]*:[^=\n]+)?[ \t]*=(?!=)", re.M), "instance"),
)


@dataclass(frozen=True)
class Completion:
    """A text for the characters from `start` to `end`, as clients want it told."""

    start: int
    end: int
    text: str
    type: str = "<unknown>"
    signature: str = ""


class Completions:
    """Answers complete requests, in one thread."""

    def __init__(self, shell: ZMQInteractiveShell) -> None:
        self._shell = shell
        self._loading_jedi = threading.RLock()
        fork.hold_while_forking(self._loading_jedi)
        self._completer = shell.Completer
        self._use_jedi = self._completer.use_jedi and importlib.util.find_spec("jedi") is not None
        self._completer.use_jedi = False
        self._jedi_thread: threading.Thread | None = None
        # For good, as filters are shared with the main thread: it may be changing them, too.
        warnings.filterwarnings("ignore", category=ProvisionalCompleterWarning)

    def answer(self, code: str, cursor: int | None) -> dict[str, Any]:
        """The content of `complete_reply`; positions are in code points.

        Implements the paragraph *Completion* of Jupyter's messaging specification.
        """
        cursor = len(code) if cursor is None else max(0, min(cursor, len(code)))
        code, before = _narrowed(code, cursor)
        cursor -= before
        found = self._live(code, cursor)
        if not found and self._use_jedi:
            found = self._jedi(code, cursor)
        found = [replace(each, start=each.start + before, end=each.end + before) for each in found]
        return _content(found, cursor + before)

    def variables(self, prefix: str) -> dict[str, Any]:
        """The content of `complete_reply` for a name behind `-i` or `-o`."""
        namespace, hidden = self._shell.user_ns.copy(), self._shell.user_ns_hidden
        found = [
            Completion(0, len(prefix), name, _kind(value))
            for name, value in namespace.items()
            if name.startswith(prefix)
            and not name.startswith("_")
            and not (name in hidden and hidden[name] is value)
        ]
        return _content(sorted(found, key=lambda each: each.text), len(prefix))

    def _live(self, code: str, cursor: int) -> list[Completion]:
        # A copy, as the main thread may change the namespace while it is being read.
        namespace = self._shell.user_ns.copy()
        self._completer.namespace = self._completer.global_namespace = namespace
        try:
            found = self._ask_ipython(code, cursor)
        except ProvisionalCompleterWarning:  # user code made errors of all warnings
            with provisionalcompleter():
                found = self._ask_ipython(code, cursor)
        found = _without_duplicates([*_only_names(found, code), *_bound_in(code, cursor)])
        owner = _owner(code, cursor, namespace)
        return [_typed(completion, owner, namespace) for completion in found]

    def _ask_ipython(self, code: str, cursor: int) -> list[Completion]:
        # IPython's completer trips over blank lines at the top, where the marker was.
        top = code.rfind("\n", 0, min(cursor, len(code) - len(code.lstrip()))) + 1
        code = code[top:]
        completions = list(self._completer.completions(code, cursor - top))
        return [
            Completion(top + c.start, top + c.end, c.text, c.type or "<unknown>", c.signature)
            for c in rectify_completions(code, completions)
        ]

    def _jedi(self, code: str, cursor: int) -> list[Completion]:
        """What jedi finds in time; one that is late goes on alone, and nobody asks meanwhile."""
        before = code[:cursor]
        if not (_NAME.search(before) or before.endswith((".", ")", "]"))):
            return []
        found: list[Completion] = []
        late = self._run_jedi(code, cursor, found)
        late.join(JEDI_LIMIT)
        return [] if late.is_alive() else found

    def prepare(self) -> None:
        """Load jedi in the background: where someone completes, it will be asked some day."""
        if self._use_jedi and self._jedi_thread is None:
            self._run_jedi("a = 1; a.re", 11, [])

    def _run_jedi(self, code: str, cursor: int, found: list[Completion]) -> threading.Thread:
        """The thread in which jedi adds to `found`, or in which it is still at something else."""
        if self._jedi_thread is None or not self._jedi_thread.is_alive():
            arguments = (code, cursor, self._shell.user_ns.copy(), found)
            self._jedi_thread = hide(
                threading.Thread(
                    target=self._ask_jedi, args=arguments, name="polyglot-jedi", daemon=True
                )
            )
            self._jedi_thread.start()
        return self._jedi_thread

    def _ask_jedi(
        self, code: str, cursor: int, namespace: dict[str, Any], found: list[Completion]
    ) -> None:
        with self._loading_jedi:
            import jedi

        before = code[:cursor]
        line, column = before.count("\n") + 1, cursor - (before.rfind("\n") + 1)
        try:
            answers = jedi.Interpreter(code, [namespace]).complete(line=line, column=column)
            found.extend(
                Completion(
                    start=cursor - (len(answer.name_with_symbols) - len(answer.complete)),
                    end=cursor,
                    text=answer.name_with_symbols,
                    type=answer.type,
                )
                for answer in answers
            )
        except Exception:  # jedi fails in many ways on unfinished code; it has nothing to add then
            found.clear()


def _content(found: list[Completion], cursor: int) -> dict[str, Any]:
    start, end = (found[0].start, found[0].end) if found else (cursor, cursor)
    return {
        "status": "ok",
        "matches": [completion.text for completion in found],
        "cursor_start": start,
        "cursor_end": end,
        "metadata": {TYPES_KEY: [asdict(completion) for completion in found]},
    }


def _narrowed(code: str, cursor: int) -> tuple[str, int]:
    """The code, of a long line no more than what is near the cursor; and what is left out before.

    What a regular expression of IPython's takes for a line grows with the square of its length, and
    nobody else can run meanwhile: re keeps the GIL.
    """
    start = code.rfind("\n", 0, cursor) + 1
    stop = code.find("\n", cursor)
    stop = len(code) if stop < 0 else stop
    if stop - start <= LONG_LINE:
        return code, 0
    before = max(start, cursor - LONG_LINE // 2)
    return code[before : min(stop, cursor + LONG_LINE // 2)], before


def _bound_in(code: str, cursor: int) -> list[Completion]:
    """Names that the cell itself binds and that the name at the cursor begins."""
    before = code[:cursor]
    token = _NAME.search(before)
    if token is None or before[: token.start()].endswith((".", "%", "!", "/", "\\")):
        return []
    start, prefix = token.start(), token.group()
    rest = code[:start] + code[cursor:]
    return [
        Completion(start=start, end=cursor, text=name, type=kind)
        for pattern, kind in _BINDINGS
        for name in pattern.findall(rest)
        if name.startswith(prefix) and name != prefix
    ]


def _only_names(found: list[Completion], code: str) -> list[Completion]:
    """Attributes without the dot, or the object and the dot, that IPython puts before them."""
    if not found or any(completion.type == "path" for completion in found):
        return found
    replaced = code[found[0].start : found[0].end]
    owner = replaced[: replaced.rfind(".") + 1]
    if not all(completion.text.startswith(owner) for completion in found):
        return found
    length = len(owner)
    return [replace(each, start=each.start + length, text=each.text[length:]) for each in found]


def _without_duplicates(completions: Iterable[Completion]) -> list[Completion]:
    """The first of each text; only those that replace the same characters as the first."""
    kept: dict[str, Completion] = {}
    for completion in completions:
        first = next(iter(kept.values()), completion)
        if (completion.start, completion.end) == (first.start, first.end):
            kept.setdefault(completion.text, completion)
    return list(kept.values())


def _owner(code: str, cursor: int, namespace: dict[str, Any]) -> Any:
    """The object whose attribute is being completed, for plain dotted names; else `None`."""
    dotted = _DOTTED.search(code[:cursor])
    if dotted is None:
        return None
    first, *others = dotted.group().split(".")[:-1]
    owner = namespace.get(first)
    for name in others:
        owner = inspect.getattr_static(owner, name, None)
    return owner


def _typed(found: Completion, owner: Any, namespace: dict[str, Any]) -> Completion:
    if found.type not in _UNTYPED:
        return found
    return replace(found, type=_type_of(found.text, owner, namespace))


def _type_of(text: str, owner: Any, namespace: dict[str, Any]) -> str:
    """The kind of thing that a name stands for, found without running any user code."""
    if owner is not None:
        return _kind(inspect.getattr_static(owner, text.rpartition(".")[2], None))
    if keyword.iskeyword(text):
        return "keyword"
    if text in namespace:
        return _kind(namespace[text])
    if hasattr(builtins, text):
        return _kind(getattr(builtins, text))
    return "<unknown>"


def _kind(value: Any) -> str:
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, (property, types.GetSetDescriptorType, types.MemberDescriptorType)):
        return "property"
    if isinstance(value, (staticmethod, classmethod)) or callable(value):
        return "function"
    return "instance"
