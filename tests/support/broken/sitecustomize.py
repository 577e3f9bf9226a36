"""Put on the PYTHONPATH of relays under test: while ``$GUETTEUR_HOME/broken`` exists, no daemon comes up.

A relay starts the daemon when none answers. Tests of "the daemon is gone" need one that cannot be started.
"""

import os
import sys
from pathlib import Path

if "serve" in sys.orig_argv and Path(os.environ.get("GUETTEUR_HOME", "/nonexistent"), "broken").exists():
    os._exit(3)
