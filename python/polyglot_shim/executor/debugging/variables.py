"""The variables of the notebook in the debugger's form, while nothing stands at a breakpoint.

debugpy describes the variables of frames that stand. It does so here with a frame made up of the
notebook's namespace, so that both look the same.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

# What IPython puts into the namespace of cells.
_IPYTHONS = re.compile(
    r"_|__|___|_\d+|_i+|_i\d+|_oh|_dh|_ih|_exit_code|In|Out|exit|quit|open|get_ipython"
)
_PYTHONS = re.compile(
    r"__(name|doc|package|loader|spec|annotations|builtins?|display|file|session)__"
)
GROUPS = ("special variables", "function variables")  # debugpy's, which stand among the variables
_THREAD = "notebook"


def is_users(name: str) -> bool:
    """Whether the variable of a cell's namespace is shown."""
    return not (_IPYTHONS.fullmatch(name) or _PYTHONS.fullmatch(name))


def is_shown(variable: dict[str, Any]) -> bool:
    """Whether debugpy's description of a variable is shown: not the kernel's own `jl`."""
    is_bridge = variable["name"] == "jl" and variable.get("type") == "Julia"
    return is_users(variable["name"]) and not is_bridge


class Variables:
    """The variables of a namespace as they were when this was made, and what is in them."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        # A part of debugpy that it does not document, and that ipykernel relies upon as well.
        from _pydevd_bundle.pydevd_api import PyDevdAPI
        from _pydevd_bundle.pydevd_frame_utils import create_frames_list_from_frame
        from _pydevd_bundle.pydevd_suspended_frames import SuspendedFramesManager, _FramesTracker

        shown = {name: value for name, value in namespace.items() if is_users(name)}
        code = SimpleNamespace(co_filename="<notebook>", co_name="<module>", co_firstlineno=1)
        self._frame = SimpleNamespace(
            f_code=code, f_globals=shown, f_locals=shown, f_back=None, f_lineno=1
        )
        self._frames = SuspendedFramesManager()
        debugger = SimpleNamespace(variable_presentation=PyDevdAPI.VariablePresentation())
        self._tracker = _FramesTracker(self._frames, debugger)
        self._tracker.track(_THREAD, create_frames_list_from_frame(self._frame))

    def children(self, reference: int | None = None) -> list[dict[str, Any]]:
        """What is in the variable with that reference; all variables without one.

        Raises KeyError for a reference that is not known.
        """
        variable = self._frames.get_variable(reference or id(self._frame))
        return [child.get_var_data() for child in variable.get_children_variables()]
