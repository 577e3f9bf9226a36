"""The HTML of mails for third parties, and the links in any text: rewritten where it stands, never rebuilt."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from guetteur.reports.redact.url import redacted

if TYPE_CHECKING:
    from guetteur.reports.redact.changes import Log

# Possessive throughout: nothing is read twice, whatever a page holds.
_TAG = re.compile(r"<([a-zA-Z][^\s/<>]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)(\s*+=\s*+)("[^"]*+"|'[^']*+'|[^\s>"']++)""")
_WEB = re.compile(r"(?:https?://|(?<![\w@./-])www\.)[^\s<>\"'`\\\u00ab\u00bb\u201c\u201d]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}*_~\u2026"
_URLS = frozenset(
    ("action", "background", "cite", "data", "formaction", "href", "longdesc", "poster", "src", "xlink:href")
)


def tags_masked(markup: str, log: Log) -> str:
    """The HTML of a mail with the addresses in its attributes redacted."""
    return _TAG.sub(lambda found: _tag(found, log), markup)


def links_masked(text: str, log: Log, where: str, *, escaped: bool = False) -> str:
    """``text`` with the web addresses written in it redacted; ``escaped``: it is HTML."""

    def replace(found: re.Match[str]) -> str:
        written = found[0]
        bare = written.rstrip(_TRAILING)
        address = html.unescape(bare) if escaped else bare
        scheme = "" if "://" in address[:9] else "http://"
        after = redacted(scheme + address)
        if after in (scheme + address, scheme + address + "/"):
            return written
        after = after.removeprefix(scheme)
        log.add("token", where, bare, after)
        return (html.escape(after) if escaped else after) + written[len(bare) :]

    return _WEB.sub(replace, text)


def _tag(found: re.Match[str], log: Log) -> str:
    name, attributes = found[1].lower(), found[2]
    if "=" not in attributes:
        return found[0]

    def replace(match: re.Match[str]) -> str:
        attribute, written = match[1].lower(), match[3]
        value = html.unescape(written[1:-1] if written[0] in "\"'" else written)
        after = _value(attribute, value)
        if after == value:
            return match[0]
        log.add("token", f"<{name} {attribute}>", value, after)
        return f'{match[1]}{match[2]}"{html.escape(after)}"'

    return f"<{found[1]}{_ATTRIBUTE.sub(replace, attributes)}>"


def _value(attribute: str, value: str) -> str:
    """What an attribute becomes."""
    trimmed = value.strip()
    if attribute not in _URLS or trimmed.lower().startswith(("data:", "javascript:")):
        return value
    after = redacted(trimmed)
    return value if after in (trimmed, trimmed + "/") else after
