"""The open elements of a page, kept as browsers keep them as far as inheritance of styles goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guetteur.core.mail.style import State

MAX_OPEN = 512
"""Browsers stop nesting here too."""

_SEARCH = 200
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
))  # fmt: skip
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "dialog", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
    "hr", "html", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table",
    "tbody", "tfoot", "thead", "title", "tr", "ul",
))  # fmt: skip
"""Elements that words before and after stand on lines of their own around."""

_SPECIAL = BLOCKS | frozenset(["td", "th", "caption", "button", "applet", "marquee", "object", "template"])
_FENCES = frozenset(["td", "th", "table", "caption", "html", "applet", "marquee", "object", "template"])
_TABLE = frozenset(["table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption"])
_CLOSES = {  # a start tag ends an open element of these names
    "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "option": ("option",), "tr": ("tr", "td", "th"),
    "td": ("td", "th"), "th": ("td", "th"), "tbody": ("tr", "td", "th", "tbody", "thead"), "a": ("a",),
}  # fmt: skip


class OpenElements:
    """The stack. ``state`` is what words at this point inherit."""

    def __init__(self, state: State) -> None:
        self._bottom = state
        self._open: list[tuple[str, State]] = []
        self._count: dict[str, int] = {}

    @property
    def state(self) -> State:
        """What words here inherit."""
        return self._open[-1][1] if self._open else self._bottom

    def start(self, name: str, state: State) -> None:
        """An element begins; ``state`` holds inside it."""
        if name in _VOID or len(self._open) >= MAX_OPEN:
            return
        self._open.append((name, state))
        self._count[name] = self._count.get(name, 0) + 1

    def imply(self, name: str) -> None:
        """End what a start tag of that name ends."""
        ended = _CLOSES.get(name, ())
        if name in BLOCKS and self._open and self._open[-1][0] == "p":
            self._pop()
        while ended and self._open and self._open[-1][0] in ended:
            self._pop()

    def end(self, name: str) -> None:
        """An end tag: what is open inside it ends too, unless its name reaches across a block or a table cell."""
        if not self._count.get(name):
            return
        fences = frozenset(("table",)) if name in _TABLE else _FENCES
        crossed = False
        for depth in range(len(self._open) - 1, max(-1, len(self._open) - _SEARCH), -1):
            found = self._open[depth][0]
            if found == name:
                if crossed and name not in _SPECIAL:
                    # </b> across a block: the block stays open (the standard's adoption agency).
                    del self._open[depth]
                    self._count[name] -= 1
                else:
                    while len(self._open) > depth:
                        self._pop()
                return
            if found in fences:
                return
            crossed = crossed or found in _SPECIAL

    def _pop(self) -> None:
        name, _ = self._open.pop()
        self._count[name] -= 1
