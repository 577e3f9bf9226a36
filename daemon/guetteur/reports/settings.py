"""What the person's settings must look like, by their id: a slip of the pen is said when it is made.

The options page says the same of the same slips (``extension/pages/options/needs.js``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.mailboxes import is_mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_VALUE = 4096
_SERVER = re.compile(r"[A-Za-z0-9.-]{1,253}")
_PORT = re.compile(r"[0-9]{1,5}")
_LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})


def intake_host(url: str) -> str:
    """The host of an address that reports are sent to: in https, unless it is this machine; empty for any other."""
    try:
        subject = parse_url(url)
    except InvalidInputError:
        return ""
    safe = subject.scheme == "https" or subject.host in _LOOPBACK
    return subject.host if safe and "?" not in url and "#" not in url else ""


def _is_port(text: str) -> bool:
    return bool(_PORT.fullmatch(text)) and 1 <= int(text) <= 65_535


_FORMS: dict[str, tuple[Callable[[str], object], str, str, str]] = {
    "email": (
        is_mailbox, "credential_email", "this is no e-mail address", "an address looks like name@example.com",
    ),
    "smtp_host": (
        _SERVER.fullmatch, "credential_server", "this is no name of a server",
        "a server looks like smtp.example.com, with no space",
    ),
    "smtp_port": (_is_port, "credential_port", "this is no port", "a port is a number from 1 to 65535"),
    "intake_url": (
        intake_host, "credential_url", "this address does not fit",
        "it begins with https:// and has neither “?” nor “#”",
    ),
}  # fmt: skip


def fits(name: str, value: str) -> bool:
    """Whether a setting can be used; what is not written in a form of its own, only its channel can judge."""
    return name not in _FORMS or bool(_FORMS[name][0](value))


def check(name: str, value: str) -> None:
    """Refuse a setting that cannot be used.

    Raises:
        InvalidInputError: ``credential_invalid``, ``credential_email``, ``credential_server``, ``credential_port``,
            ``credential_url``.
    """
    if not value or len(value) > _MAX_VALUE or not value.isprintable():
        raise InvalidInputError("credential_invalid", f"{name} is empty or not one line of text", "copy it again")
    if not fits(name, value):
        _, code, message, hint = _FORMS[name]
        raise InvalidInputError(code, message, hint)
