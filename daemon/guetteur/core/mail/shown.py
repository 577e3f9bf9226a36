"""What a reader sees of a page of HTML, and where it sends him."""

from __future__ import annotations

import html
import re

from guetteur.core.mail import decode
from guetteur.core.mail.elements import BLOCKS, OpenElements
from guetteur.core.mail.html import Raw, Rest, Tag, attributes_of, tokens
from guetteur.core.mail.limits import MAX_LINKS, MAX_NAME, MAX_PICTURES, MAX_TEXT
from guetteur.core.mail.links import refresh_target, script_targets, web_address
from guetteur.core.mail.style import NO_EFFECT, WHITE, Effect, State, effect_of, hidden_by_sheet, matters

_SPACE = re.compile(r"[\s\xa0]+")
_SPACES = re.compile(r" {2,}")
_LINES = re.compile(r" ?\n[ \n]*")
_WORDS = re.compile(r"\w+")
_SCRIPTED = re.compile(r"(?<![a-z])on[a-z]{4,20}\s*=", re.IGNORECASE)
_DRAWN_AFTER_ALL = re.compile(
    r"(?:display\s*:\s*(?!none)|visibility\s*:\s*visible)[^;}]{0,100}!\s*important", re.IGNORECASE
)
_REMEMBERED = 2000


class Shown:
    """One page, read.

    Attributes:
        text: visible words, a line for each block.
        hidden: letters of words that are there and not visible.
        links: (address as written, words) in order, not resolved. Those in parts that are not drawn are left out:
            scams put dozens of an honest site's there. They stay where a style sheet may draw them after all.
        base: what relative addresses start from, or None.
        pictures: ``data:`` addresses of pictures.
        asks_password: it has a password field.
        has_form: it has a form that is sent somewhere.
        scripts: its scripts and event handlers, joined.
        refreshes: it sends the reader elsewhere without a click.
        cut: not all of it was read.
    """

    def __init__(self, markup: str) -> None:
        self.hidden = 0
        self.links: list[tuple[str, str]] = []
        self.base: str | None = None
        self.pictures: list[str] = []
        self.asks_password = self.has_form = self.refreshes = self.cut = False
        self.scripts = ""
        self._out: list[str] = []
        self._length = 0
        self._link: tuple[str, list[str]] | None = None
        self._link_drawn = True
        self._known: dict[str, tuple[Effect, bool]] = {}
        self._special = {
            "a": self._anchor, "area": self._area, "img": self._image, "form": self._form, "input": self._field,
            "button": self._field, "base": self._base, "meta": self._meta,
        }  # fmt: skip
        found = _sheets(markup)
        self._hidden_names = frozenset[str]().union(*map(hidden_by_sheet, found))
        sheets = "\n".join(found)
        self._may_be_drawn = _DRAWN_AFTER_ALL.search(sheets) is not None
        # A page whose style sheets colour grounds may have any behind its words.
        self._open = OpenElements(State(back=None if "background" in sheets.lower() else WHITE))
        self._read(markup)
        self._special.clear()  # a circle of references would outlive the page
        text = _SPACES.sub(" ", "".join(self._out))
        self.text = _LINES.sub("\n", text).strip()[:MAX_TEXT]

    def _read(self, markup: str) -> None:
        for token in tokens(markup):
            if isinstance(token, str):
                self._words(token)
            elif isinstance(token, Raw):
                self._raw(token)
            elif isinstance(token, Rest):
                self.cut = True
            elif token.closes:
                self._ends(token.name)
            else:
                self._starts(token)
        self._close_link()

    def _words(self, text: str) -> None:
        if self._open.state.hides:
            if len(text) > 1 or not text.isspace():
                self.hidden += sum(map(len, _WORDS.findall(decode.seen(html.unescape(text)))))
            return
        if "&" in text:
            text = html.unescape(text)
        self._write(_SPACE.sub(" ", decode.seen(text)))

    def _write(self, text: str) -> None:
        if self._link is not None and sum(map(len, self._link[1][-8:])) < MAX_NAME:
            self._link[1].append(text)
        if self._length > MAX_TEXT:
            self.cut = True
            return
        self._length += len(text)
        self._out.append(text)

    def _raw(self, token: Raw) -> None:
        if token.name == "script":
            self._script(token.text)
        elif token.name == "textarea":
            self._words(token.text)

    def _script(self, text: str) -> None:
        if len(self.scripts) < 200_000:
            self.scripts += text[:200_000] + "\n"
        self._take(*script_targets(text[:200_000]))

    def _take(self, *addresses: str) -> None:
        for address in addresses:
            self._add(address, "")

    def _add(self, address: str, text: str) -> None:
        if len(self.links) < 4 * MAX_LINKS:
            self.links.append((address, text))
        else:
            self.cut = True

    def _ends(self, name: str) -> None:
        if name == "a":
            self._close_link()
        if name in BLOCKS:
            self._write("\n")
        elif name in ("td", "th"):
            self._write(" ")
        self._open.end(name)

    def _close_link(self) -> None:
        if self._link is not None:
            address, words = self._link
            self._link = None
            if self._link_drawn:
                self._add(address, "".join(words))

    def _starts(self, tag: Tag) -> None:
        self._open.imply(tag.name)
        if tag.name in BLOCKS:
            self._write("\n")
        outer = self._open.state
        effect, scripted = self._traits(tag.attributes) if tag.attributes else (NO_EFFECT, False)
        if tag.name == "template":
            effect = Effect(gone=True)
        self._open.start(tag.name, outer if effect is NO_EFFECT else outer.within(effect))
        special = self._special.get(tag.name)
        if special is not None:
            special(attributes_of(tag.attributes))
        if scripted:
            handlers = (text for name, text in attributes_of(tag.attributes).items() if name.startswith("on"))
            self._script("\n".join(handlers))

    def _traits(self, text: str) -> tuple[Effect, bool]:
        """What attributes hide or show, and whether they hold a script; mails repeat the same ones a thousand times."""
        traits = self._known.get(text)
        if traits is None:
            effect = effect_of(text, self._hidden_names) if matters(text, self._hidden_names) else NO_EFFECT
            traits = effect, _SCRIPTED.search(text) is not None
            if len(text) < 1000 and len(self._known) < _REMEMBERED:
                self._known[text] = traits
        return traits

    def _anchor(self, attributes: dict[str, str]) -> None:
        self._close_link()
        if "href" in attributes:
            self._link = (attributes["href"], [])
            self._link_drawn = self._drawn()

    def _drawn(self) -> bool:
        """Whether pictures and fields here are drawn; letters of no size say nothing about a picture among them."""
        state = self._open.state
        return self._may_be_drawn or not (state.gone or state.unseen)

    def _area(self, attributes: dict[str, str]) -> None:
        if "href" in attributes:
            self._add(attributes["href"], attributes.get("alt", ""))

    def _image(self, attributes: dict[str, str]) -> None:
        alt = attributes.get("alt") or attributes.get("title", "")
        if self._link is not None and alt:
            self._link[1].append(f" {alt[:MAX_NAME]} ")
        source = attributes.get("src", "").lstrip()
        if source[:11].lower() == "data:image/" and len(self.pictures) < MAX_PICTURES:
            self.pictures.append(source)

    def _form(self, attributes: dict[str, str]) -> None:
        self.has_form = True
        if attributes.get("action"):
            self._add(attributes["action"], "")

    def _field(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "").strip().lower()
        self.asks_password = self.asks_password or kind == "password"
        if attributes.get("formaction"):
            self._add(attributes["formaction"], attributes.get("value", ""))
        if kind in ("submit", "button") and attributes.get("value"):
            self._write(f" {attributes['value'][:MAX_NAME]} ")

    def _base(self, attributes: dict[str, str]) -> None:
        if self.base is None and "href" in attributes:
            self.base = web_address(attributes["href"])

    def _meta(self, attributes: dict[str, str]) -> None:
        if attributes.get("http-equiv", "").strip().lower() == "refresh":
            target = refresh_target(attributes.get("content", ""))
            if target:
                self.refreshes = True
                self._add(target, "")


def _sheets(markup: str) -> list[str]:
    """The style sheets of a page, wherever they stand."""
    found: list[str] = []
    lower = markup.lower() if "<style" in markup or "<STYLE" in markup or "<Style" in markup else ""
    at = lower.find("<style")
    while at >= 0 and len(found) < 64:
        begin = lower.find(">", at)
        end = lower.find("</style", begin)
        if begin < 0 or end < 0:
            break
        found.append(markup[begin + 1 : end])
        at = lower.find("<style", end)
    return found
