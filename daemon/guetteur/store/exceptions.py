"""Sites the person knows and does not want to be warned of."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from guetteur.store.database import StateDatabase

MAX_EXCEPTIONS = 2_000
MAX_HOST_LENGTH = 253
"""Of a name in the DNS; the URL parser knows no limit."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """One site: its host without a leading ``www.``, and when it was added, UTC."""

    host: str
    added_at: datetime


def without_www(host: str) -> str:
    """``www.example.fr`` and ``example.fr`` are one site to everybody; what else lies below a host may be anybody's."""
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


class Exceptions:
    """The person's exceptions, mirrored in memory: asking costs one look into a set.

    An exception is for one exact host and its ``www.`` twin: below ``web.app`` or ``wordpress.com`` everyone is a
    stranger, and who holds ``evil.example`` can make any name below it.
    """

    def __init__(self, database: StateDatabase) -> None:
        """Load what is stored."""
        self._database = database
        self._lock = threading.Lock()
        self._since: dict[str, str] = database.read(_load, {})
        database.after_loss(self._rewrite)

    def holds(self, host: str) -> bool:
        """Whether the person made an exception for ``host`` (normalised ASCII host)."""
        since = self._since
        return bool(since) and (host in since or without_www(host) in since)

    def all(self) -> tuple[Exemption, ...]:
        """Every exception, by host."""
        return tuple(Exemption(host, datetime.fromisoformat(since)) for host, since in sorted(self._since.items()))

    def add(self, host: str, now: datetime) -> bool:
        """Make an exception from now on; return whether it is written, as it else is when there is room. Blocks.

        Raises:
            InvalidInputError: ``not_a_host``; ``too_many_exceptions``.
        """
        name, at = site_of(host), now.astimezone(UTC).isoformat(timespec="seconds")
        with self._lock:
            if name not in self._since and len(self._since) >= MAX_EXCEPTIONS:
                raise InvalidInputError(
                    "too_many_exceptions", f"there are {MAX_EXCEPTIONS} exceptions already", "remove some"
                )
            # A new dictionary: a check that runs at this moment sees the old one or the new one.
            self._since = self._since | {name: at}
            return self._database.owe(
                name, lambda db: db.execute("insert or replace into exceptions values (?, ?)", (name, at))
            )

    def remove(self, host: str) -> bool:
        """Warn of ``host`` again; return whether that is written, as in `add`. Blocks.

        Raises:
            InvalidInputError: ``not_a_host``.
        """
        name = site_of(host)
        with self._lock:
            self._since = {other: since for other, since in self._since.items() if other != name}
            gone = self._database.owe(name, lambda db: db.execute("delete from exceptions where host = ?", (name,)))
        if gone:
            self._database.empty_log()
        return gone

    def _rewrite(self, db: Database) -> None:
        for row in self._since.items():
            db.execute("insert or replace into exceptions values (?, ?)", row)


def checked_host(host: str) -> str:
    """``host``, when it is one as a browser would write it.

    Raises:
        InvalidInputError: ``not_a_host``.
    """
    try:
        subject = parse_url(f"http://{host}/")
    except InvalidInputError:
        subject = None
    if subject is None or subject.host != host or len(host) > MAX_HOST_LENGTH:
        raise InvalidInputError("not_a_host", f"{host[:80]!r} is no host", "give a host such as www.example.fr")
    return host


def site_of(host: str) -> str:
    """``host`` as it is stored.

    Raises:
        InvalidInputError: ``not_a_host``: it is no host as a browser would write it.
    """
    return without_www(checked_host(host))


def _load(db: Database) -> dict[str, str]:
    return {row["host"]: row["added_at"] for row in db.query("select host, added_at from exceptions")}
