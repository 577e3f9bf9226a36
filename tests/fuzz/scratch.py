"""A folder for what a target must have on disk; gone when the process ends."""

import atexit
import shutil
import tempfile
from functools import partial
from pathlib import Path


def scratch() -> Path:
    """A new one."""
    folder = Path(tempfile.mkdtemp(prefix="guet-fuzz-"))
    atexit.register(partial(shutil.rmtree, folder, ignore_errors=True))
    return folder
