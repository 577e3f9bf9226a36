"""Where the daemon of a state folder listens, for a session whose runtime folder is another one (ssh, su, cron).

Kept free of heavy imports: the relay a browser starts needs it too.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from guetteur.transport.ownership import EndpointError, check_private_dir, read_private_file

if TYPE_CHECKING:
    from guetteur.config import Settings

_MAX_NOTE = 4096


def elsewhere(settings: Settings) -> Settings | None:
    """These settings with the runtime folder that is noted, if that is another one.

    None, too, for a note that somebody else could have written, and for a folder where another user could put a socket:
    what is found there is checked as in our own runtime folder.
    """
    with contextlib.suppress(OSError, ValueError, EndpointError):
        check_private_dir(settings.state_dir)
        content = read_private_file(settings.whereabouts_path, _MAX_NOTE)
        folder = Path(os.fsdecode(content or b""))
        if folder.is_absolute() and folder != settings.runtime_dir.absolute():
            check_private_dir(folder)
            return replace(settings, runtime_dir=folder)
    return None
