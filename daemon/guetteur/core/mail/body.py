"""What a reader sees of a message, and which of its parts are attachments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.core.mail import decode
from guetteur.core.mail.limits import MAX_MARKUP_BYTES, MAX_PICTURES, MAX_TEXT
from guetteur.core.mail.links import Links, web_address, written
from guetteur.core.mail.shown import Shown

if TYPE_CHECKING:
    from guetteur.core.mail.mime import Part, Tree

MAX_TEXT_PARTS = 16
_TEXTS = frozenset(("text/plain", "text/html", "text/enriched", "text/x-amp-html"))
_LIKE_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_QUOTE = re.compile(r"^(?:> ?)+", re.MULTILINE)


class Body:
    """The texts of a message.

    Attributes:
        text: visible words.
        hidden: letters of words that are not visible.
        links: where they lead.
        pictures: ``data:`` addresses of pictures.
        attachments: the other parts.
    """

    def __init__(self, tree: Tree) -> None:
        self.links = Links()
        self.hidden = 0
        self.pictures: list[str] = []
        self.attachments: list[Part] = []
        self._plain: list[Part] = []  # alternatives that a page with nothing in it leaves to be shown
        self._tree = tree
        pieces = [self._piece(part) for part in self._choose()]
        if not any(pieces) and not self.links.all() and self._plain:
            pieces = [self._piece(part) for part in self._plain[:MAX_TEXT_PARTS]]
        self.text = decode.seen("\n\n".join(piece for piece in pieces if piece))
        if len(self.text) > MAX_TEXT:
            self.text = self.text[:MAX_TEXT]
            tree.cut.add("text")

    def _choose(self) -> list[Part]:
        """The parts that readers show: of alternatives the HTML one, else the plain one."""
        chosen: dict[tuple[str, object], list[Part]] = {}
        for part, above in self._tree.leaves():
            if not _is_text(part, is_root=not above):
                self.attachments.append(part)
                continue
            choice = next((kind for kind in above if kind.startswith("alternative#")), "")
            chosen.setdefault((choice, None if choice else part.start), []).append(part)
        texts: list[Part] = []
        for (choice, _), parts in chosen.items():
            pages = [part for part in parts if part.kind == "text/html"] if choice else []
            plain = [part for part in parts if part.kind not in ("text/html", "text/x-amp-html")] or parts
            texts.extend(pages or (plain if choice else parts))
            self._plain.extend(plain if pages else [])
        if len(texts) > MAX_TEXT_PARTS:
            self._tree.cut.add("parts")
        return texts[:MAX_TEXT_PARTS]

    def _piece(self, part: Part) -> str:
        data = self._tree.read(part, MAX_MARKUP_BYTES)
        text, known = decode.to_text(data, part.parameters.get("charset", ""))
        if not known:
            self._tree.cut.add("charset")
        if _is_page(part, text):
            return self._page(text)
        if len(text) > 4 * MAX_TEXT:
            text = text[: 4 * MAX_TEXT]
            self._tree.cut.add("text")
        if part.parameters.get("format", "").lower() == "flowed":
            text = _unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
        for url in written(text):
            self.links.add(url, url, "text", once=True)
        return "\n".join(line.rstrip() for line in text.replace("\xa0", " ").splitlines()).strip()

    def _page(self, markup: str) -> str:
        page = Shown(markup)
        if page.cut:
            self._tree.cut.add("text")
        self.hidden += page.hidden
        self.pictures.extend(page.pictures[: MAX_PICTURES - len(self.pictures)])
        add_links(self.links, page, "html")
        for url in written(page.text):
            self.links.add(url, url, "text", once=True)
        return page.text


def add_links(links: Links, page: Shown, origin: str) -> None:
    """Resolve the links of a page."""
    for address, text in page.links:
        url = web_address(address, page.base)
        if url:
            links.add(url, text, origin)


def _is_page(part: Part, text: str) -> bool:
    if part.kind == "text/plain":
        return not part.declared and _LIKE_PAGE.match(text) is not None
    return part.kind == "text/html" or "<" in text[:200]


def _is_text(part: Part, *, is_root: bool) -> bool:
    if part.kind not in _TEXTS and not (is_root and part.kind.startswith("text/")):
        # A multipart without a boundary is shown as it stands.
        return is_root and part.kind.startswith("multipart/")
    return is_root or (part.disposition != "attachment" and not (part.name and part.disposition != "inline"))


def _unflowed(text: str, delete_space: bool) -> str:
    """Lines that end in a space go on (RFC 3676)."""
    out: list[str] = []
    joined = False
    for raw in text.splitlines():
        line = raw.removeprefix(" ")
        flows = line.endswith(" ") and line != "-- "
        if joined:
            line = _QUOTE.sub("", line)
        out.append(line[:-1] if flows and delete_space else line)
        if not flows:
            out.append("\n")
        joined = flows
    return "".join(out)
