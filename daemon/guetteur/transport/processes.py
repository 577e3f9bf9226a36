"""Whether a process still lives."""

from __future__ import annotations

import os


def lives(pid: int) -> bool:
    """Whether there is such a process; on Windows, where asking would end it, True."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True
