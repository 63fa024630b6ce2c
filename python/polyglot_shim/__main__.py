"""`python -m polyglot_shim -f FILE [--language python|julia]`: what a kernelspec starts."""

import os
import sys

from polyglot_shim.folder import current_folder, leave_lost_folder

# `-m` puts the working directory, the notebook's folder, first on the path. A user's `json.py`
# there must not stand in for the standard library's; a checkout's own folder may stay.
if sys.path and sys.path[0] == current_folder() != os.path.dirname(os.path.dirname(__file__)):
    del sys.path[0]

from polyglot_shim.launcher import main

leave_lost_folder()
sys.exit(main(sys.argv[1:]))
