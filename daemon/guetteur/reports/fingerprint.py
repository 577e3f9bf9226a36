"""What two reports of the same thing have in common: a page's address, a mail's content."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.channels.interface import mail_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item


def fingerprint(case: Case, items: Sequence[Item]) -> str:
    """``mail:`` or ``url:`` and a SHA-256 in hex; two reports of one thing have the same.

    Of a mail the body counts, with line ends and space at the end of lines made one: headers differ with the way it
    came. Of an address all but the fragment and user information, as a browser reads it.
    """
    mail = mail_of(items)
    if mail is not None:
        _, _, body = mail.data.replace(b"\r\n", b"\n").partition(b"\n\n")
        text = b"\n".join(line.rstrip() for line in body.strip().split(b"\n"))
        return f"mail:{_digest(text or mail.data)}"
    return f"url:{_digest(normal_address(case.url or case.id).encode())}"


def normal_address(url: str) -> str:
    """The address without what does not change where it leads; what is no web address stays as it is."""
    try:
        subject = parse_url(url)
    except InvalidInputError:
        return url
    port = f":{subject.port}" if subject.port is not None else ""
    return f"{subject.scheme}://{subject.host}{port}{subject.path}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
