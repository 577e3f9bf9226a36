"""Where things are: frozen settings, from the platform's folders and a few environment variables.

``GUETTEUR_HOME`` puts every folder below one place (tests, a portable copy). ``GUETTEUR_TRANSPORT`` is ``unix`` or
``loopback``; the default is ``unix`` wherever the platform has unix sockets. ``GUETTEUR_TIMESTAMP_URL`` names a server
that time-stamps sealed reports.
"""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from guetteur.errors import InvalidInputError

Transport = Literal["unix", "loopback"]

APP = "guetteur"
PACKAGE_DATA = Path(__file__).parent / "data"
LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and limits of one running copy.

    Attributes:
        runtime_dir: user-only folder of the socket, lock and key file; gone after a reboot.
        state_dir: logs and whatever must outlive a reboot.
        data_dir: compiled files the package ships.
        transport: how clients reach the daemon.
        max_body_bytes: largest request body that is read.
        age_questions_per_day: how many domains' ages may be asked of their registries in one day.
        timestamp_url: time-stamp server (RFC 3161) asked when a report is sealed; empty: none is.
    """

    runtime_dir: Path
    state_dir: Path
    data_dir: Path = PACKAGE_DATA
    transport: Transport = "unix"
    max_body_bytes: int = 1024 * 1024
    age_questions_per_day: int = 30
    timestamp_url: str = ""

    @property
    def socket_path(self) -> Path:
        """The daemon's unix socket (mode 0600)."""
        return self.runtime_dir / "daemon.sock"

    @property
    def loopback_file(self) -> Path:
        """JSON ``{"port": int, "key": str}`` (mode 0600) that says where a loopback daemon listens."""
        return self.runtime_dir / "loopback.json"

    @property
    def lock_path(self) -> Path:
        """Held by the running daemon for as long as it lives."""
        return self.runtime_dir / "daemon.lock"

    @property
    def state_lock_path(self) -> Path:
        """Held too: sessions differ in their runtime folder, and one state may have one daemon only."""
        return self.state_dir / "daemon.lock"

    @property
    def whereabouts_path(self) -> Path:
        """Names the runtime folder of the daemon that holds the state, for those who have another one."""
        return self.state_dir / "daemon.where"

    @property
    def lists_dir(self) -> Path:
        """The renewed blocklists."""
        return self.state_dir / "lists"

    @property
    def log_path(self) -> Path:
        """Where a daemon started in the background writes what it has to say."""
        return self.state_dir / "daemon.log"


def load_settings() -> Settings:
    """Read the environment once.

    Raises:
        InvalidInputError: ``GUETTEUR_TRANSPORT`` names no known transport.
    """
    home = os.environ.get("GUETTEUR_HOME")
    if home:
        runtime_dir, state_dir = Path(home) / "run", Path(home) / "state"
    else:
        state_dir = Path(platformdirs.user_state_dir(APP))
        runtime_dir = _runtime_dir(state_dir)
    timestamp_url = os.environ.get("GUETTEUR_TIMESTAMP_URL", "")
    return Settings(runtime_dir, state_dir, transport=_transport(), timestamp_url=timestamp_url)


def _runtime_dir(state_dir: Path) -> Path:
    if not sys.platform.startswith("linux"):
        return Path(platformdirs.user_runtime_dir(APP))
    # platformdirs would fall back to a guessable name in /tmp, which another user could take first; also where it
    # dislikes the owner of /run, as inside a systemd service with PrivateUsers. The transport checks the folder itself.
    session = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    return session / APP if session.is_absolute() else state_dir / "run"


def _transport() -> Transport:
    wanted = os.environ.get("GUETTEUR_TRANSPORT", "")
    match wanted:
        case "":
            return "unix" if hasattr(socket, "AF_UNIX") and sys.platform != "win32" else "loopback"
        case "unix" | "loopback":
            return wanted
        case _:
            raise InvalidInputError(
                "unknown_transport",
                f"GUETTEUR_TRANSPORT is {wanted!r}, which is no transport",
                "set it to unix or loopback, or leave it out",
                value=wanted,
            )


def language(chosen: str | None) -> str:
    """The language asked for, else the system's, else French."""
    if chosen:
        return chosen
    wanted = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if wanted.lower().startswith("en") else "fr"
