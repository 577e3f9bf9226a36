"""Attachments: what they are called, what they hold, and whether they are pages that ask or send elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from guetteur.core.mail import decode
from guetteur.core.mail.archives import outline
from guetteur.core.mail.body import add_links
from guetteur.core.mail.limits import MAX_ATTACHMENTS, MAX_LOOKED_INTO, MAX_NAME, MAX_PAGE_BYTES, WINDOW_BYTES
from guetteur.core.mail.shown import Shown
from guetteur.core.mail.subject import Attachment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.core.mail.links import Links
    from guetteur.core.mail.mime import Part, Tree

_PAGE_NAMES = (".html", ".htm", ".shtml", ".shtm", ".xhtml", ".xht", ".svg", ".mht", ".mhtml", ".hta", ".xml")
_PAGE_KINDS = frozenset((
    "text/html", "application/xhtml+xml", "image/svg+xml", "application/hta", "multipart/related", "message/rfc822",
))  # fmt: skip
_MAIL_PAGES = (".mht", ".mhtml")
_ARCHIVE = (
    b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0", b"%PDF-",
)  # fmt: skip
_ELSEWHERE = re.compile(
    r"\blocation\b\s*(?:\.\s*(?:href|replace|assign)\b|=)|\batob\s*\(|\bunescape\s*\(|document\s*\.\s*write|\beval\s*\(|"
    r"fromCharCode|window\s*\.\s*open\s*\(|new\s+Function\b|XMLHttpRequest|\bfetch\s*\("
)


def attachments(tree: Tree, parts: Sequence[Part], links: Links) -> tuple[Attachment, ...]:
    """Describe the attachments; addresses in attached pages go to ``links``."""
    if len(parts) > MAX_ATTACHMENTS:
        tree.cut.add("parts")
    found: list[Attachment] = []
    looked = 0
    for part in parts[:MAX_ATTACHMENTS]:
        name = file_name(part.name)
        size = tree.size(part)
        locked = active = False
        holds: tuple[str, ...] = ()
        if size and looked < MAX_LOOKED_INTO and not part.kind.startswith(("audio/", "video/")):
            head = tree.window(part, 64, from_end=False)
            if head.startswith(_ARCHIVE) or b"%PDF-" in head:
                looked += 1
                locked, holds, whole = outline(
                    tree.window(part, WINDOW_BYTES, from_end=False), tree.window(part, WINDOW_BYTES, from_end=True)
                )
                if not whole:
                    tree.cut.add("archive")
            elif _is_page(part.kind, name, head):
                looked += 1
                active = _is_active(tree, part, name, links)
        found.append(Attachment(name, part.kind[:MAX_NAME], size, locked, holds, active))
    return tuple(found)


def file_name(text: str) -> str:
    """A file name without path; marks that turn the direction of writing stay visible (``facture\u202efdp.exe``)."""
    name = re.split(r"[/\\]", decode.without_controls(text))[-1]
    return " ".join(name.split())[:MAX_NAME]


def _is_page(kind: str, name: str, head: bytes) -> bool:
    lower = name.lower().rstrip(". ")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return (
        kind in _PAGE_KINDS or lower.endswith(_PAGE_NAMES) or start.startswith((b"<!doctype html", b"<html", b"<svg"))
    )


def _is_active(tree: Tree, part: Part, name: str, links: Links) -> bool:
    data = tree.read(part, MAX_PAGE_BYTES)
    pages = [data]
    if part.kind in ("multipart/related", "message/rfc822") or name.lower().endswith(_MAIL_PAGES):
        if part.kind == "message/rfc822" and not name.lower().endswith(_MAIL_PAGES):
            return False  # a forwarded message is judged when it is opened
        inner = type(tree)(data)
        pages = [inner.read(leaf, MAX_PAGE_BYTES) for leaf, _ in inner.leaves() if leaf.kind == "text/html"][:4] or [
            data
        ]
    active = False
    for page in pages:
        read = Shown(_text_of(page, part.parameters.get("charset", "")))
        add_links(links, read, "attachment")
        if read.asks_password or read.has_form or read.refreshes or _ELSEWHERE.search(read.scripts):
            active = True
    return active


def _text_of(page: bytes, charset: str) -> str:
    """Pages in UTF-16 hide from those who look for letters; browsers read them all the same, whatever is declared."""
    if page.startswith((b"\xff\xfe", b"\xfe\xff")):
        return page.decode("utf-16", "replace")
    return decode.to_text(page, charset)[0]
