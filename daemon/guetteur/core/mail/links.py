"""Links: where they are written, and what a browser makes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ada_url

from guetteur.core.mail import decode
from guetteur.core.mail.limits import MAX_LINKS, MAX_NAME
from guetteur.core.mail.subject import MailLink
from guetteur.core.subject import MAX_URL_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable

_WRITTEN = re.compile(r"(?:https?://|(?<![\w@./-])www\.)[^\s<>\"\u00ab\u00bb\u201c\u201d`]{3,8192}", re.IGNORECASE)
_TRAILING = ".,;:!?'\u2019*_~\u2026"
_PAIRS = ((")", "("), ("]", "["), ("}", "{"))
_LOCATION = re.compile(
    r"(?:location(?:\s*\.\s*href)?\s*=|location\s*\.\s*(?:replace|assign)\s*\(|window\s*\.\s*open\s*\()\s*"
    r"(?:\"([^\"]{1,8192})\"|'([^']{1,8192})'|`([^`]{1,8192})`)"
)
_REFRESH = re.compile(r"^\s*[0-9.]*\s*[;,\s]\s*(?:url\s*=\s*)?(['\"]?)(.*)", re.IGNORECASE | re.DOTALL)
_SPACE = re.compile(r"\s+")


class Links:
    """Links in order, each address once per text, at most `MAX_LINKS`."""

    def __init__(self) -> None:
        self._links: dict[tuple[str, str], MailLink] = {}
        self._urls: set[str] = set()
        self.cut = False

    def add(self, url: str, text: str, origin: str, *, once: bool = False) -> None:
        """Take a resolved address; ``once``: only if the address is new."""
        text = _SPACE.sub(" ", decode.seen(text)).strip()[:MAX_NAME]
        if (url, text) in self._links or (once and url in self._urls):
            return
        if len(self._links) >= MAX_LINKS:
            self.cut = True
            return
        self._urls.add(url)
        self._links[url, text] = MailLink(url, text, origin)

    def all(self) -> tuple[MailLink, ...]:
        """What was taken."""
        return tuple(self._links.values())


def web_address(href: str, base: str | None = None) -> str | None:
    """What a browser makes of ``href``; None when it is no http(s) address."""
    href = href.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r ")
    if not href or href[0] == "#" or len(href) > 4 * MAX_URL_LENGTH:
        return None
    if base is None and href[:4].lower() == "www.":
        href = "http://" + href  # no web page would, mail programs do
    try:
        url = str(ada_url.URL(href, base or ("https://" if href.startswith("//") else None)).href)
    except ValueError:
        if not href.startswith("//"):
            return None
        return web_address("https:" + href)
    return url if url.startswith(("http://", "https://")) and len(url) <= MAX_URL_LENGTH else None


def written(text: str) -> Iterable[str]:
    """Addresses written out in ``text``, as mail programs make them links."""
    for found in _WRITTEN.finditer(text):
        address = found[0].rstrip(_TRAILING)
        for close, opens in _PAIRS:
            surplus = address.count(close) - address.count(opens)
            if surplus > 0 and address.endswith(close):
                bare = address.rstrip(close)
                # What the address itself opened, it may close.
                address = (bare + close * max(0, len(address) - len(bare) - surplus)).rstrip(_TRAILING)
        url = web_address(address)
        if url:
            yield url


def script_targets(script: str) -> Iterable[str]:
    """Addresses that a script sends the reader to, where they stand in it plainly."""
    return (match[1] or match[2] or match[3] for match in _LOCATION.finditer(script))


def refresh_target(content: str) -> str:
    """Address in the content of ``<meta http-equiv=refresh>``, or nothing."""
    found = _REFRESH.match(content[:MAX_URL_LENGTH])
    if not found:
        return ""
    return found[2].partition(found[1])[0].strip() if found[1] else found[2].strip()
