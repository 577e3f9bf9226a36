"""Something attached asks to log in, runs, or hides what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import Attachment, MailSubject

_PROGRAM = re.compile(
    r"\.(?:exe|scr|pif|com|cmd|bat|ps1|vbs|vbe|js|jse|wsf|wsh|hta|lnk|iso|img|vhdx?|msi|jar|reg|cpl|appx?|xll|one)$",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"mot de passe|password|contrase|senha|passwort|\bcode\s*:", re.IGNORECASE)
_TURNED = "\u202e"
# Accountants lock what they send, too.
_ACTIVE, _LOCKED, _LOCKED_ALONE, _RUNS, _DISGUISED = 1.5, 0.7, 0.3, 1.5, 2.0


def check(mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """The most telling attachment."""
    if facts.sender.trusted:
        return None
    found = [pair for one in mail.attachments if (pair := _seen(one, mail.text)) is not None]
    if not found:
        return None
    code, weight, name = max(found, key=lambda pair: pair[1])
    return Evidence("attachment", code, {"file": name}, weight=weight)


def _seen(one: Attachment, text: str) -> tuple[str, float, str] | None:
    if _TURNED in one.name:
        return "file_name_turned", _DISGUISED, one.name.replace(_TURNED, "…")
    # Windows drops dots and spaces at the end.
    if any(_PROGRAM.search(name.rstrip(". ")) for name in (one.name, *one.holds)):
        return "file_runs", _RUNS, one.name
    if one.active:
        return "file_asks_login", _ACTIVE, one.name
    if one.locked:
        return "file_locked", _LOCKED if _PASSWORD.search(text) else _LOCKED_ALONE, one.name
    return None


SIGNAL = Signal("attachment", ("file_name_turned", "file_runs", "file_asks_login", "file_locked"), check)
