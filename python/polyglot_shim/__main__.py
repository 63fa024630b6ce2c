"""`python -m polyglot_shim -f FILE [--language python|julia]`: what a kernelspec starts."""

import os
import sys

# `-m` puts the working directory, the notebook's folder, first on the path. A user's `json.py`
# there must not stand in for the standard library's; a checkout's own folder may stay.
if sys.path and sys.path[0] == os.getcwd() != os.path.dirname(os.path.dirname(__file__)):
    del sys.path[0]

from polyglot_shim.launcher import main

sys.exit(main(sys.argv[1:]))
