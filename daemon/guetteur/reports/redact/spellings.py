"""Every way to write a text, as a pattern: letter by letter, and what may hide between two letters.

In either case, with or without accents (``HELENE LEFEVRE`` is Hélène Lefèvre), percent-encoded, as character
references, quoted-printable, as JavaScript escapes, as UTF-8 read for Latin-1. Possessive wherever something repeats:
nothing is read twice, whatever a text holds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from html.entities import html5
from itertools import chain
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

_LATIN = (range(0x24F), range(0x1E00, 0x1F00), range(0xFF21, 0xFF5B))
_LAST_ENCODED = 0x17F  # beyond the letters of European names, a letter is looked for as itself only
_UNLIKE = str.maketrans("øłđıħŧ", "oldiht")  # letters that Unicode does not take apart
_SIGNS = ("-\u2010\u2011\u2012\u2013\u2014", "'\u2018\u2019\u02bc")
_JOINED = {"œ": "oe", "æ": "ae", "ß": "ss"}
_SPLIT = {two: one for one, two in _JOINED.items()}
_TOKEN = re.compile(r"oe|ae|ss|\s+|.", re.DOTALL)
_PERCENT = "%(?:25){0,3}"

HIDDEN = "\ue000"
"""Stands for whatever hides between two letters, while they are looked for."""

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0300-\u036f"
_REFERENCE = (
    "&(?:shy;?|zwn?j;|[lr]rm;|ZeroWidthSpace;|NoBreak;|Negative(?:VeryThin|Thin|Medium|Thick)Space;|"
    "#0*+(?:173|847|820[3-7]|823[4-8]|828[89]|829[0-2]|65279|76[89]|7[7-9][0-9]|8[0-7][0-9])(?![0-9]);?|"
    "#[xX]0*+(?:[aA][dD]|20(?:0[b-fB-F]|2[a-eA-E]|6[0-4])|3[0-6][0-9a-fA-F]|[fF][eE][fF][fF])(?![0-9a-fA-F]);?)"
)
_ESCAPE = r"\\u(?:00[aA][dD]|20(?:0[b-fB-F]|2[a-eA-E]|6[0-4])|03[0-6][0-9a-fA-F]|[fF][eE][fF][fF])"
_BYTES = (
    "(?:[eE]2{0}80{0}(?:8[b-fB-F]|[aA][a-eA-E])|[eE]2{0}81{0}[aA][0-4]|[cC]2{0}[aA][dD]|[eE][fF]{0}[bB][bB]{0}[bB][fF]|"
    "[cC][cC]{0}[89abAB][0-9a-fA-F]|[cC][dD]{0}[89aA][0-9a-fA-F])"
)
_LATIN_MARK = "\u00cc[\u0080-\u00bf]|\u00cd[\u0080-\u00af]"
_LATIN_UNSEEN = "\u00e2\u0080[\u008b-\u008f\u00aa-\u00ae]|\u00e2\u0081[\u00a0-\u00a4]|\u00c2\u00ad|\u00ef\u00bb\u00bf"
# A few comments begun within one another and no more: each is read again from each of its beginnings.
_COMMENT = "<!---?>|<!--(?:(?:[^<-]++|-(?!-!?>)|<(?!!--))*+(?:<!--)?+){0,8}+--!?>"
# As browsers read it, whose quoted values may hold ">"; or as they do not.
_TAG = "<(?:[^<>=]++|=\\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+>|<[^<>]++>"
_CHARS = (
    f"[{_UNSEEN}{HIDDEN}]|{_REFERENCE}|{_ESCAPE}|{_PERCENT}{_BYTES.format(_PERCENT)}|={_BYTES.format('=')}|"
    f"{_LATIN_MARK}|{_LATIN_UNSEEN}"
)
HIDING = (re.compile(_CHARS), re.compile(f"{_CHARS}|{_COMMENT}|{_TAG}"))
"""Characters without width and combining marks, however they are written; these, tags and comments: in a tag, too, a
secret may stand, so that both are to be tried."""

# A line may be folded (headers, quoted-printable).
_UNIT = f"{HIDDEN}|=?\r?\n[ \t]*+"
GAP = f"(?:{_UNIT})*+"
_BLANK = r"\s|\+|_|%(?:25){0,3}(?:20|C2%(?:25){0,3}A0)|=20|=C2=A0|&nbsp;|&#0*+(?:32|160);?|&#[xX]0*+(?:20|[aA]0);?"
_SPACE = f"(?:{_BLANK}|{_UNIT})++"


def hide(text: str, hiding: re.Pattern[str]) -> tuple[str, list[str]]:
    """``text`` with `HIDDEN` for each piece of it that hides, and these pieces."""
    pieces: list[str] = []

    def replace(found: re.Match[str]) -> str:
        pieces.append(found[0])
        return HIDDEN

    return hiding.sub(replace, text), pieces


def shown(text: str, pieces: list[str]) -> str:
    """What `hide` hid, back where it stood."""
    first, *rest = text.split(HIDDEN)
    return first + "".join(piece + after for piece, after in zip(pieces, rest, strict=True))


def spelt(text: str) -> str:
    """A pattern for ``text`` in any spelling, in a text whose hidden pieces are hidden."""
    out: list[str] = []
    for token in _TOKEN.findall(normalize("NFC", text).lower()):
        if token.isspace():
            out.append(_SPACE)
        elif not combining(token[0]):
            if out and out[-1] is not _SPACE:
                out.append(GAP)
            out.append(_token(token))
    return "".join(out)


def shortest(text: str) -> int:
    """Characters of the shortest text that `spelt` or `written` of ``text`` matches."""
    return sum(not combining(token[0]) for token in _TOKEN.findall(normalize("NFC", text).lower()))


def written(text: str) -> str:
    """A pattern for ``text`` as it is, in either case, with or without accents."""
    return "".join(
        r"\s+" if char.isspace() else f"[{re.escape(_like(char))}]" for char in normalize("NFC", text).lower()
    )


def begins(text: str) -> str:
    """A look-ahead at one character, which `spelt` of ``text`` begins with: it spares trying the rest everywhere."""
    first = _TOKEN.findall(normalize("NFC", text).lower())[0]
    if first.isspace() or first in _SIGNS[0]:
        return ""
    like = "".join(map(_like, {first[0], _SPLIT.get(first, first[0]), _JOINED.get(first, first)[0]}))
    leads = {chr(one.encode("utf-8", "replace")[0]) for one in like if ord(one) > 127}
    return f"(?=[{re.escape(''.join(sorted({*like, *leads, *'%=&'})))}\\\\])"


def _token(token: str) -> str:
    """One letter, or two that may be written as one."""
    one, two = _SPLIT.get(token, token), _JOINED.get(token, token)
    if one == two:
        return _letter(one)
    return f"(?:{_letter(one)}|{GAP.join(map(_letter, two))})"


@cache
def _letter(char: str) -> str:
    """One letter or sign in all its spellings, told apart by their first character."""
    like = _like(char)
    known = [one for one in like if ord(one) <= _LAST_ENCODED or one in {char, char.upper()}]
    codes = [ord(one) for one in known]
    wide = [one.encode("utf-8").hex() for one in known if ord(one) > 127]
    single = [f"{code:02x}" for code in codes if code < 256]
    # Accented letters have long names that begin with the letter: "&eacute;".
    names = [f"[{char}{char.upper()}][a-z]{{3,6}}"] if "a" <= char <= "z" else sorted(_names().get(char, ()))
    low = [code for code in codes if code <= 0xFFFF]
    references = [f"#0*+(?:{_digits(map(str, codes))});?", f"#[xX]0*+(?:{_digits(f'{code:x}' for code in codes)});?"]
    references += [f"(?:{'|'.join(names)});?"] if names else []
    four = _digits(f"{code:04x}" for code in low)
    forms = [
        f"[{''.join(map(re.escape, like))}]",
        f"{_PERCENT}(?:{'|'.join(filter(None, (_digits(wide, _PERCENT), _digits(single), f'u(?:{four})')))})",
        f"=(?:{'|'.join(filter(None, (_digits(wide, '='), _digits(single))))})",
        f"&(?:{'|'.join(references)})",
        rf"\\(?:u(?:{four})" + (f"|x(?:{_digits(single)}))" if single else ")"),
    ]
    by_lead: dict[str, str] = defaultdict(str)
    for one in known:
        if ord(one) > 127:
            read = one.encode("utf-8").decode("latin-1")
            by_lead[read[:-1]] += read[-1]
    forms += [f"{re.escape(lead)}[{re.escape(last)}]" for lead, last in by_lead.items()]
    if char in _SIGNS[0]:
        forms.append(_BLANK)
    return f"(?:{'|'.join(forms)})"


@cache
def _like(char: str) -> str:
    """All characters that are written for one: in either case, with and without accents."""
    alike = _alike().get(_plain(char), "") if char.isalpha() else next((signs for signs in _SIGNS if char in signs), "")
    return "".join(dict.fromkeys(one for one in (char, char.upper(), char.lower(), *alike) if len(one) == 1))


@cache
def _alike() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for one in map(chr, chain(*_LATIN)):
        if one.isalpha() and len(_plain(one)) == 1:
            found[_plain(one)] += one
    return found


def _plain(char: str) -> str:
    parts = normalize("NFKD", char.lower())
    return "".join(one for one in parts if not combining(one)).translate(_UNLIKE)


@cache
def _names() -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for name, value in html5.items():
        names[value.lower()].add(name.rstrip(";"))
    return names


def _digits(words: Iterable[str], mark: str = "") -> str:
    """Any of some numbers in hexadecimal, in either case; ``mark`` stands before each byte but the first."""
    lasts: dict[str, set[str]] = defaultdict(set)
    for word in words:
        lasts[word[:-1]] |= {word[-1].lower(), word[-1].upper()}
    out = []
    for head, last in lasts.items():
        pieces = [head[at : at + 2] for at in range(0, len(head), 2)] if mark else [head]
        either = mark.join(
            "".join(f"[{one}{one.upper()}]" if one.isalpha() else one for one in piece) for piece in pieces
        )
        out.append(f"{either}[{''.join(sorted(last))}]")
    return "|".join(out)
