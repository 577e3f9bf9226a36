"""HTML of a mail as a stream of tags and text, read as browsers tokenise it (WHATWG 13.2.5), in linear time.

No tree is built. Tree builders are the weak spot of mail readers: lexbor (selectolax) takes 1.4 GB and 2.6 s for 29 KB
of unclosed `<b>` before paragraphs (the standard's own reconstruction of formatting elements) and 13 s for 100,000
`<div>`; libxml2 (lxml) drops what lies deeper than 256 elements, where a scam can hide, and hangs on a tag of 100,000
attributes. Text, links and what is hidden need only the open elements, which are kept here as far as browsers do.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, NamedTuple

from guetteur.core.mail.limits import MAX_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

# One attribute; quantifiers are possessive, so that nothing is read twice.
_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]++)?+)?+"""
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|{_ATTRIBUTE})*+)>")
_ATTRIBUTES = re.compile(r"""([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|((?!["'])[^\s>]++))?+)?+""")
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
# Comments and declarations in a row, in one go: millions of them fit into a mail.
_UNSEEN = re.compile(r"(?:<!--(?:-?>|(?:[^-]|-(?!-!?>))*+--!?>)|<(?:!(?!--)|\?|/(?![a-zA-Z]))[^>]*+>)++")
_RAW_TEXT = frozenset(("script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"))


class Tag(NamedTuple):
    """A start tag (``closes`` False) or end tag; ``attributes`` is its text, read by `attributes_of`."""

    name: str
    closes: bool
    attributes: str


class Raw(NamedTuple):
    """What stands in ``script``, ``style``, ``textarea``, ``title`` …, where markup is no markup."""

    name: str
    text: str


class Rest(NamedTuple):
    """What stands behind the last tag that is read; always the last token."""

    text: str


def tokens(markup: str, limit: int = MAX_TAGS) -> Iterator[Tag | Raw | Rest | str]:
    """Tags, raw texts and texts in order. After ``limit`` tags and runs of comments nothing more is read."""
    text_from, count, end = 0, 0, len(markup)
    while count < limit:
        opening = _OPENING.search(markup, text_from)
        if not opening:
            break
        at = opening.start()
        count += 1
        if at > text_from:
            yield markup[text_from:at]
        found = _TAG.match(markup, at)
        if not found:
            unseen = _UNSEEN.match(markup, at)
            # Without one: the end of the message inside a tag or comment; browsers drop it.
            text_from = unseen.end() if unseen else end
            continue
        name = found[2].lower()
        text_from = found.end()
        yield Tag(name, found[1] == "/", found[3])
        if name in _RAW_TEXT and not found[1]:
            stop = _raw_end(markup, name, text_from)
            yield Raw(name, markup[text_from:stop])
            text_from = stop
    if text_from < end:
        rest = markup[text_from:]
        yield rest if count < limit else Rest(rest)


def attributes_of(text: str) -> dict[str, str]:
    """The attributes of a tag, names in lower case, the first of each name, character references decoded."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTES.finditer(text):
        name = match[1].lower()
        if name not in found:
            value = match[2] or match[3] or match[4] or ""
            found[name] = html.unescape(value) if "&" in value else value
            if len(found) >= 64:
                break
    return found


def _raw_end(markup: str, name: str, at: int) -> int:
    """Where the raw text of ``name`` ends."""
    found = re.compile(rf"</{name}[\s/>]", re.IGNORECASE).search(markup, at)
    return found.start() if found else len(markup)
