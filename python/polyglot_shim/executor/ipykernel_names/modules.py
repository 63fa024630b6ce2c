"""Lets Python find the modules of `table`, before those of an installed ipykernel.

That one, imported here, would make a second shell, and take the comms away from the front end
(`comm.create_comm`) without a word. Modules of it that the table does not have come from it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from .table import TABLE


class NamesModule(ModuleType):
    """A module whose names are looked for when somebody asks for one."""

    def __getattr__(self, name: str) -> Any:
        place = TABLE[self.__name__].get(name)
        if place is None:
            return self._without_place(name)
        module, _, there = place.partition(":")
        value = getattr(import_module(module), there or name)
        setattr(self, name, value)
        return value

    def _without_place(self, name: str) -> Any:
        if name == "__all__":
            return [name for name in TABLE[self.__name__] if not name.startswith("_")]
        if name == "__path__" and self.__name__ == "ipykernel":
            return _installed()
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        raise AttributeError(
            f"module {self.__name__!r} has no attribute {name!r}: this kernel is PolyglotKernel, "
            "which has those names of ipykernel's that libraries ask for"
        )

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *TABLE[self.__name__]})


class NamesFinder:
    """Finds and makes the modules of the table; their names are filled in later.

    It has the methods of `importlib.abc.MetaPathFinder` and `Loader`, whose module would cost the
    start twenty others.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in TABLE:
            return None
        return ModuleSpec(fullname, self, origin=__file__)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return NamesModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = __file__
        if _is_package(module.__name__):
            module.__package__ = module.__name__
            if module.__name__ != "ipykernel":  # which looks for an installed one, if it must
                module.__path__ = []


def install() -> None:
    """Let the names be found from now on; for those who look only whether they are loaded, too."""
    sys.meta_path.insert(0, NamesFinder())  # type: ignore[arg-type]
    for name in TABLE:
        import_module(name)


def _is_package(name: str) -> bool:
    return any(other.startswith(name + ".") for other in TABLE)


def _installed() -> list[str]:
    """Where the modules of an installed ipykernel are."""
    spec = PathFinder.find_spec("ipykernel")
    return list(spec.submodule_search_locations or ()) if spec else []
