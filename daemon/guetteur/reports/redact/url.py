"""Web addresses for third parties: host and shape of the path stay, what tells the person goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from guetteur.core.subject import MAX_URL_LENGTH, resolve
from guetteur.errors import InvalidInputError
from guetteur.reports.redact.changes import REDACTED, Log, Redacted
from guetteur.reports.redact.tokens import is_plain, is_private_name, without_tokens

if TYPE_CHECKING:
    from guetteur.reports.redact.secrets import Secrets

_PARTS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*:)?(//[^/?#\\]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?:)?//[^/]", re.IGNORECASE)
_ASSET = re.compile(r"\.(?:css|gif|ico|jpe?g|js|png|svg|webp|woff2?)\Z", re.IGNORECASE)
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{0,15}|[A-Z]{1,15})(?:[-_.+][a-z]{0,15}){0,6}[0-9]{0,4}")
_SEPARATOR = re.compile(r"([&;])")
# Possessive: else a long name can be split in more ways than there is time for.
_CAMEL = r"(?:[A-Z]?[a-z]{1,15}+|[A-Z]{1,15}+){0,4}+"
_NAME = re.compile(rf"{_CAMEL}(?:[-_.\[\]]{_CAMEL}){{0,6}}[0-9]{{0,2}}\]?")
_DEPTH = 3


def redact_url(url: str, *, secrets: Secrets | None = None, keep_exact: bool = False) -> Redacted[str]:
    """The address without what tells the person: e-mail addresses, telephone numbers, tokens, user info, fragment.

    Args:
        url: as the browser has it.
        secrets: what is known of the person, wherever it stands.
        keep_exact: the page does not open without its exact address, and the person agrees to give it.
    """
    if keep_exact:
        return Redacted(url, ())
    log = Log()
    after = redacted(url)
    if secrets is not None:
        after = secrets.mask(after, Log(), "url")
    log.add("token", "url", url, after)
    return Redacted(after, log.all())


def redacted(url: str, depth: int = 0) -> str:
    """The text of an address, whole or relative, redacted by the shape of its parts."""
    if len(url) > MAX_URL_LENGTH or depth > _DEPTH:
        return REDACTED
    if _ADDRESS.match(url):
        try:
            # A browser reads tabs, backslashes and odd escapes away; what it reads is what is redacted.
            url = resolve(url) if url[:1] != "/" else url
        except InvalidInputError:
            return REDACTED
    found = _PARTS.fullmatch(url)
    if not found:
        return REDACTED
    scheme, authority, path, query, fragment = (part or "" for part in found.groups())
    if scheme and not authority and scheme.lower() not in ("http:", "https:"):
        return url if scheme.lower() in ("cid:", "about:") else _opaque(scheme, path + query)
    if "@" in authority:
        authority = f"//{REDACTED}@{authority.rpartition('@')[2]}"
    if not (_ASSET.search(path) and is_plain(path.rpartition("/")[0].replace("/", " "))):
        path = "/".join(_segment(segment) for segment in path.split("/"))
    if query:
        query = "?" + "".join(part if part in "&;" else _parameter(part, depth) for part in _SEPARATOR.split(query[1:]))
    return scheme + authority + path + query + (f"#{REDACTED}" if len(fragment) > 1 else fragment)


def _opaque(scheme: str, rest: str) -> str:
    """``mailto:``, ``tel:`` and the like: the sender's own contact is evidence and stays; parameters go."""
    address, mark, _ = rest.partition("?")
    return f"{scheme}{address}{mark}{REDACTED if mark else ''}"


def _segment(segment: str) -> str:
    decoded = decode(segment)
    if ";" in decoded or "=" in decoded or "&" in decoded:
        return "".join(part if part in ("&", ";") else _parameter(part, _DEPTH) for part in _SEPARATOR.split(segment))
    masked = without_tokens(decoded, REDACTED)
    return segment if masked == decoded else quote(masked, safe="-_.~+,:@!$'()*")


def _parameter(text: str, depth: int) -> str:
    name, equals, value = text.partition("=")
    decoded_name = decode(name)
    if not (_NAME if equals else _WORDS).fullmatch(decoded_name):
        name = REDACTED
    if not value:
        return name + equals
    decoded = decode(value.replace("+", " "))
    if _ADDRESS.match(decoded):
        return f"{name}{equals}{quote(redacted(decoded, depth + 1), safe='')}"
    if is_private_name(decoded_name) or not is_plain(decoded):
        return name + equals + REDACTED
    return name + equals + value


def decode(text: str) -> str:
    """``text`` with its percent-encoding undone, however often it was applied."""
    for _ in range(4):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text
