"""What a report is about, and the evidence for it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

CaseKind = Literal[
    "page", "mail", "sextortion", "summons", "recovery", "rental", "romance", "marketplace", "tech-support", "other"
]
"""What happened, as routing needs it. `page` and `mail`: phishing in any of its forms; the others are kinds of fraud
that have places of their own to go to (`blocklists/channels/routing.toml`)."""


class Item(msgspec.Struct, frozen=True):
    """One piece of evidence.

    Attributes:
        path: name inside the bundle, relative, with forward slashes (``page/page.html``, ``mail/original.eml``).
        kind: media type.
        data: its bytes, untouched.
        taken_at: when it was taken, UTC.
        source: who took it: ``extension``, ``daemon``, ``person``.
    """

    path: str
    kind: str
    data: bytes
    taken_at: datetime
    source: str


class Case(msgspec.Struct, frozen=True):
    """One thing to report.

    Attributes:
        id: UUID, also the idempotency key towards channels.
        kind: what happened.
        found_at: when the person met it, UTC.
        url: address of the page, or the worst link of the mail; None without.
        redirects: addresses the browser went through before ``url``, in order.
        script: id of the scam script, or None.
        body: id of the imitated body, or None.
        level: what Guetteur said of it (`guetteur.core.verdict.Level` by name).
        reasons: why, as sentences in ``lang``.
        signals: the signals that carried it, by id.
        sender: address a mail came from, or None.
        lang: language of the sentences.
        product: version of Guetteur.
        browser: name and version, or empty.
    """

    id: str
    kind: CaseKind
    found_at: datetime
    url: str | None = None
    redirects: tuple[str, ...] = ()
    script: str | None = None
    body: str | None = None
    level: str = "UNKNOWN"
    reasons: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    sender: str | None = None
    lang: str = "fr"
    product: str = ""
    browser: str = ""
