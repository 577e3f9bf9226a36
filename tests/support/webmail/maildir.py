"""A mailbox on disk: mails go in as the bytes they are, whatever a mail server would have said of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from support.webmail.servers import give

if TYPE_CHECKING:
    import pwd
    from pathlib import Path


@dataclass(slots=True)
class Maildir:
    """An INBOX. Its IMAP numbers (UID) count up from 1 in the order of arrival.

    Attributes:
        folder: the Maildir itself.
        owner: who the mail server reads it as.
        uids: name of each mail -> UID.
    """

    folder: Path
    owner: pwd.struct_passwd
    uids: dict[str, int] = field(default_factory=dict)
    _since: int = field(default_factory=lambda: int(time.time()) - 100_000)

    def __post_init__(self) -> None:
        for part in ("cur", "new", "tmp"):
            (self.folder / part).mkdir(parents=True)
        give(self.folder, self.owner)

    def put(self, name: str, raw: bytes) -> int:
        """Deliver a mail, unread; returns its UID (Dovecot numbers new files by the time in their names)."""
        if name in self.uids:
            return self.uids[name]
        uid = len(self.uids) + 1
        file_name = f"{self._since + uid}.M{uid}P1.tests"
        written = self.folder / "tmp" / file_name
        written.write_bytes(raw)
        give(written, self.owner).rename(self.folder / "cur" / f"{file_name}:2,")
        self.uids[name] = uid
        return uid
