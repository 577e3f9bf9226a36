"""What the browser describes of a page: words and field names, never a typed value. Everything is bounded."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Short = Annotated[str, Meta(max_length=300)]
Shorts = Annotated[tuple[Short, ...], Meta(max_length=16)]
Address = Annotated[str, Meta(max_length=1024)]


class FieldSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """One field a person can fill.

    Attributes:
        kind: the input's type (``password``, ``text``, ``tel`` …).
        autocomplete: that attribute.
        words: label, placeholder, name and id, as written.
        limit: ``maxlength``, 0 without.
        form: index into ``PageSeen.forms``, -1 outside any form.
    """

    kind: Annotated[str, Meta(max_length=32)] = "text"
    autocomplete: Annotated[str, Meta(max_length=64)] = ""
    words: Short = ""
    limit: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    form: Annotated[int, Meta(ge=-1, lt=32)] = -1


class PageSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """One page as its content script saw it.

    Attributes:
        title: the document's title.
        names: what the page declares itself to be (``og:site_name``, ``application-name``).
        headings: first and second level headings.
        logos: what the pictures in the page's head, or linking to its home, say they show.
        owners: lines that claim the copyright.
        assets: addresses of its icon and logos.
        text: the first visible words.
        fields: what can be filled, in order.
        forms: where forms are sent to, resolved.
        keypad: whether ten buttons carry the ten digits.
        partial: whether time ran out before the end of the page.
    """

    title: Short = ""
    names: Shorts = ()
    headings: Shorts = ()
    logos: Shorts = ()
    owners: Shorts = ()
    assets: Annotated[tuple[Address, ...], Meta(max_length=16)] = ()
    text: Annotated[str, Meta(max_length=4000)] = ""
    fields: Annotated[tuple[FieldSeen, ...], Meta(max_length=64)] = ()
    forms: Annotated[tuple[Address, ...], Meta(max_length=32)] = ()
    keypad: bool = False
    partial: bool = False
