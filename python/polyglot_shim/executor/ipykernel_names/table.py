"""What stands for which of ipykernel's names: for each module the names, and where they are."""

from __future__ import annotations

_EXECUTOR = "polyglot_shim.executor."
_HERE = _EXECUTOR + "ipykernel_names."
_REFUSED = _HERE + "refused"

# The ipykernel whose names these are: what libraries compare is what they may expect here.
_ABOUT = {
    "__version__": _HERE + "about",
    "version_info": _HERE + "about",
    "kernel_protocol_version": _HERE + "about",
    "kernel_protocol_version_info": _HERE + "about",
}
_CONNECT = {
    "get_connection_file": _HERE + "connect",
    "get_connection_info": _HERE + "connect",
    "connect_qtconsole": _HERE + "connect",
}
_COMM = {"BaseComm": _EXECUTOR + "comms.comms:FrameComm", "Comm": _HERE + "comm"}
_COMM_MANAGER = {"CommManager": _EXECUTOR + "comms.comms:FrameCommManager"}

# module -> name -> "module" of ours, where it has the same name, or "module:name"
TABLE: dict[str, dict[str, str]] = {
    "ipykernel": _ABOUT | _CONNECT,
    "ipykernel._version": _ABOUT,
    "ipykernel.comm": _COMM | _COMM_MANAGER,
    "ipykernel.comm.comm": _COMM,
    "ipykernel.comm.manager": _COMM_MANAGER,
    "ipykernel.connect": _CONNECT | {"write_connection_file": "jupyter_client"},
    "ipykernel.displayhook": {
        "ZMQShellDisplayHook": _EXECUTOR + "display.display:FrameDisplayHook",
        "ZMQDisplayHook": _REFUSED,
    },
    "ipykernel.embed": {"embed_kernel": _REFUSED},
    "ipykernel.iostream": {
        "OutStream": _EXECUTOR + "streams.streams:OutputStream",
        "BackgroundSocket": _REFUSED,
        "IOPubThread": _REFUSED,
    },
    "ipykernel.ipkernel": {
        "IPythonKernel": _EXECUTOR + "kernel",
        "Kernel": _EXECUTOR + "kernel:IPythonKernel",
        "ZMQInteractiveShell": _EXECUTOR + "cells.shell",
    },
    "ipykernel.jsonutil": {"encode_images": _HERE + "jsonutil", "json_clean": _HERE + "jsonutil"},
    "ipykernel.kernelapp": {
        "IPKernelApp": _EXECUTOR + "cells.application:PythonApplication",
        "launch_new_instance": _REFUSED,
    },
    "ipykernel.kernelbase": {"Kernel": _EXECUTOR + "kernel"},
    "ipykernel.zmqshell": {
        "KernelMagics": _EXECUTOR + "cells.magics",
        "ZMQDisplayPublisher": _EXECUTOR + "display.display:FramePublisher",
        "ZMQInteractiveShell": _EXECUTOR + "cells.shell",
    },
}
