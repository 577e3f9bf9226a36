"""Which styles hide words from a reader."""

from __future__ import annotations

import re
from typing import NamedTuple

from guetteur.core.mail.html import attributes_of

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
_UNKNOWN: Colour = (-999, -999, -999)
"""A picture or gradient: no words vanish before it for sure."""

_MATTERS = re.compile(
    r"display|visib|opacity|font|color|background|hidden|height|width|indent|left|top|[&\\]|/\*", re.IGNORECASE
)
_ATTRIBUTES = ("style", "hidden", "color", "background")
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_SIZE = re.compile(r"(-?[0-9]*\.?[0-9]+)\s*(px|pt|em|rem|%|vw|vh|cm|mm|in|)")
_RGB = re.compile(r"rgba?\(\s*([0-9]{1,3})[\s,]+([0-9]{1,3})[\s,]+([0-9]{1,3})(?:[\s,/]+([0-9.]+%?))?")
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-z])")
_NAMED: dict[str, Colour] = {
    "white": WHITE, "black": (0, 0, 0), "snow": (255, 250, 250), "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245), "ivory": (255, 255, 240), "floralwhite": (255, 250, 240),
}  # fmt: skip
_NEAR = 8
_BRACES = re.compile(r"([{}])")
_SIMPLE = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9]*)?([.#][\w-]+)")


class Effect(NamedTuple):
    """What one element's own style does; None leaves it as it is around it.

    Attributes:
        gone: nothing in it is drawn, whatever it says itself.
        shown: an inline ``display`` that overrides a style sheet.
        tiny: letters too small to see; a share of the size around it keeps that.
        unseen: ``visibility``.
        colour: of the letters.
        back: behind them.
    """

    gone: bool = False
    shown: bool = False
    tiny: bool | None = None
    unseen: bool | None = None
    colour: Colour | None = None
    back: Colour | None = None


class State(NamedTuple):
    """What an element inherits."""

    gone: bool = False
    tiny: bool = False
    unseen: bool = False
    colour: Colour | None = None
    back: Colour | None = None

    @property
    def hides(self) -> bool:
        """Whether a reader sees nothing of the words here."""
        return self.gone or self.tiny or self.unseen or _same(self.colour, self.back)

    def within(self, effect: Effect) -> State:
        """The state inside an element of that effect."""
        return State(
            self.gone or effect.gone,
            self.tiny if effect.tiny is None else effect.tiny,
            self.unseen if effect.unseen is None else effect.unseen,
            effect.colour or self.colour,
            effect.back or self.back,
        )


NO_EFFECT = Effect()


def matters(attributes: str, hidden_names: frozenset[str]) -> bool:
    """Whether the text of a tag's attributes can hide or show anything."""
    text = attributes.lower()
    if any(name in text for name in _ATTRIBUTES):
        return True
    return bool(hidden_names) and ("class" in text or "id" in text)


def effect_of(attributes: str, hidden_names: frozenset[str]) -> Effect:
    """What the attributes of one element do. ``hidden_names`` are `hidden_by_sheet`'s."""
    found = attributes_of(attributes)
    effect = _declared(found.get("style", ""))
    gone = "hidden" in found or effect.gone
    if hidden_names and not effect.shown and not gone:
        names = {"." + name for name in found.get("class", "").split()[:32]}
        if "id" in found:
            names.add("#" + found["id"].strip())
        gone = not hidden_names.isdisjoint(names)
    colour = effect.colour or (_colour(found["color"]) if "color" in found else None)
    back = effect.back
    if back is None and "background" in found:
        back = _UNKNOWN
    elif back is None and "bgcolor" in found:
        back = _colour(found["bgcolor"])
    return Effect(gone, effect.shown, effect.tiny, effect.unseen, colour, back)


def hidden_by_sheet(sheet: str) -> frozenset[str]:
    """Classes and ids that a style sheet hides on every screen (``.x``, ``#y``); rules for some screens aside."""
    names: set[str] = set()
    pieces = _BRACES.split(_without_comments(sheet)[:100_000].replace("<!--", "").replace("-->", ""))
    depth, selectors = 0, ""
    for text, brace in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if brace == "{":
            depth += 1
            selectors = text.rpartition(";")[2].strip() if depth == 1 else "@"
        elif brace == "}":
            if depth == 1 and selectors[:1] != "@" and _MATTERS.search(text):
                effect = _declared(text)
                if effect.gone or effect.tiny or effect.unseen:
                    names.update(_simple_names(selectors))
            depth, selectors = max(0, depth - 1), "@"
    return frozenset(names)


def _simple_names(selectors: str) -> list[str]:
    found = (_SIMPLE.fullmatch(selector.strip()) for selector in selectors[:4000].split(","))
    return [simple[1] for simple in found if simple]


def _declared(style: str) -> Effect:
    if not style:
        return NO_EFFECT
    style = _without_comments(style)[:4000]
    if "\\" in style:
        style = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] and int(m[1], 16) < 0x110000 else m[2] or "", style)
    rules: dict[str, str] = {}
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        rules[name.strip()] = value.replace("!important", "").strip()
    return Effect(
        gone=_gone(rules),
        shown=rules.get("display", "none") != "none",
        tiny=_tiny(rules),
        unseen=rules["visibility"] in ("hidden", "collapse") if "visibility" in rules else None,
        colour=_colour(rules["color"]) if "color" in rules else None,
        back=_back(rules),
    )


def _without_comments(text: str) -> str:
    """The text without ``/* … */``; one that does not end takes the rest with it, as in browsers."""
    pieces, at = [], 0
    while (begin := text.find("/*", at)) >= 0:
        pieces.append(text[at:begin])
        end = text.find("*/", begin + 2)
        if end < 0:
            return "".join(pieces)
        at = end + 2
    return "".join((*pieces, text[at:])) if pieces else text


def _gone(rules: dict[str, str]) -> bool:
    # mso-hide hides in Outlook for Windows alone; the visible twin of a button for Outlook carries it in honest mails.
    if rules.get("display") == "none" or _number(rules, "opacity", 1) < 0.05:
        return True
    clipped = rules.get("overflow", "").startswith("hidden")
    if clipped and any(_number(rules, name, 9) <= 1 for name in ("max-height", "height", "max-width", "width")):
        return True
    return any(_number(rules, name, 0) <= -900 for name in ("text-indent", "left", "top", "margin-left"))


def _tiny(rules: dict[str, str]) -> bool | None:
    value = rules.get("font-size") or ("0" if rules.get("font", "").startswith(("0 ", "0/", "0px")) else "")
    size = _SIZE.match(value)
    if not size:
        return None
    number = float(size[1])
    if number <= (1 if size[2] in ("px", "pt") else 0.05 if size[2] in ("em", "rem") else 1 if size[2] == "%" else 0):
        return True
    return None if size[2] in ("em", "%") else False


def _number(rules: dict[str, str], name: str, default: float) -> float:
    found = _SIZE.match(rules.get(name, ""))
    if not found:
        return default
    return float(found[1]) / (100 if found[2] == "%" and name == "opacity" else 1)


def _back(rules: dict[str, str]) -> Colour | None:
    value = rules.get("background-color") or rules.get("background", "")
    if "url(" in value or "gradient" in value or "background-image" in rules:
        return _UNKNOWN
    return _colour(value) if value else None


def _colour(value: str) -> Colour | None:
    value = value.strip().lower()
    word = value.split(None, 1)[0] if value else ""
    if word in _NAMED:
        return _NAMED[word]
    rgb = _RGB.search(value)
    if rgb:
        if rgb[4] and rgb[4].rstrip("%0.") == "":
            return None
        return int(rgb[1]), int(rgb[2]), int(rgb[3])
    digits = _HEX.match(value)
    if digits:
        code = digits[1] if len(digits[1]) == 6 else "".join(2 * digit for digit in digits[1])
        return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)
    return None if word in ("", "transparent", "inherit", "initial", "none", "unset") else _UNKNOWN


def _same(one: Colour | None, other: Colour | None) -> bool:
    if one is None or other is None or one is _UNKNOWN or other is _UNKNOWN:
        return False
    return all(abs(a - b) <= _NEAR for a, b in zip(one, other, strict=True))
