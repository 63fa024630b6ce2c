"""The executor's program, run as a file: the host starts it with pipes as descriptors 3 and 4.

`python -m` would look for the first modules of all in the notebook's folder, before any line of
ours runs: a `types.py` or `keyword.py` there would keep the executor from starting. Here our own
folder stands first on the path, and leaves it before anything is looked for.

Its name is ipykernel's: scripts tell by `"ipykernel_launcher.py" in sys.argv[0]` that a notebook
runs them, and then read no command line.
"""

import sys

del sys.path[0]

from importlib.util import find_spec  # noqa: E402

if find_spec("polyglot_shim") is None:
    # Neither installed nor named by PYTHONPATH: who started us found it in the working directory.
    sys.path.append(__file__.rpartition("/polyglot_shim/")[0])

from polyglot_shim.executor.__main__ import main  # noqa: E402

main()
