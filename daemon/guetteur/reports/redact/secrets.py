"""Known secrets, found however they are written.

In all the spellings of `guetteur.reports.redact.spellings`, in base64 at any offset, in hex, hashed, in punycode, and
these in one another. What is found is replaced where it stands, and nothing around it moves.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize
from urllib.parse import unquote_to_bytes

import ada_url
import ahocorasick

from guetteur.reports.redact.changes import REDACTED
from guetteur.reports.redact.spellings import GAP, HIDDEN, HIDING, begins, hide, shortest, shown, spelt, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from guetteur.reports.redact.changes import ChangeKind, Log

    Spell = Callable[[str], str]

MAX_SECRETS = 400
MAX_SPELT = 600
"""Characters of secrets that are looked for in every spelling, about six people; of the others, as they are written:
every spelling of hundreds takes longer to prepare than anybody waits. The person and whom it reached come first."""

_MIN_ANYWHERE = 6
_MAX_LENGTH = 320
_DEPTH = 2
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]|%2[BbFf]|(?<=[A-Za-z0-9+/_=-])=?\r?\n[ \t]?(?=[A-Za-z0-9+/_-]))+")
_HOST = re.compile(r"(?:https?(?::|%3A)(?:/|%2F){2}|@|www\.)[\w.-]*\Z", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_CODECS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
_READABLE = bytes((9, 10, 13, *range(32, 127), *range(0xC0, 0xF5), *range(0x80, 0xC0)))


class _Pattern(NamedTuple):
    kind: ChangeKind
    mark: str
    match: re.Pattern[str]
    least: int
    """Characters that its shortest spelling has."""


class _Literals:
    """Texts as they are, to be found in bytes, in the charsets that text in base64 is met in, in either case."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for text in texts:
            for one in (text, text.upper(), text.title()):
                for codec in _CODECS:
                    form = one.encode(codec, "ignore").decode("latin-1").lower()
                    if form:
                        self._automaton.add_word(form, True)
        self._automaton.make_automaton()

    def in_bytes(self, data: bytes) -> bool:
        """Whether one of them is there."""
        return len(self._automaton) > 0 and next(self._automaton.iter(data.decode("latin-1").lower()), None) is not None


class Secrets:
    """What must not leave, and what stands in its place."""

    def __init__(self) -> None:
        self._patterns: list[_Pattern] = []
        self._plain: dict[str, _Pattern] = {}
        self._hashes: set[str] = set()
        self._long = self._any = _Literals(())
        self._spelt = 0
        self._stale = False

    def add_address(self, address: str, mark: str) -> None:
        """Take an e-mail address: itself, its halves joined in the ways bounce addresses join them, its hashes."""
        local, _, domain = address.strip().rpartition("@")
        if not local or not domain:
            return
        for one in dict.fromkeys((domain.lower(), unicode_domain(domain), ascii_domain(domain))):
            self._add("address", mark, f"{local}@{one}", _of_address)
            self._add("address", mark, f"{one}={local}", _anywhere)
        for form in (f"{local}@{domain}", f"{local}@{domain}".lower(), f"{local}@{domain}".upper()):
            for hashed in ("md5", "sha1", "sha256"):
                self._hashes.add(
                    hashlib.new(hashed, form.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
                )

    def add_name(self, name: str) -> None:
        """Take a person's name, or a word of it, which counts as a whole word only."""
        name = normalize("NFC", name)
        self._add("name", REDACTED, name, _as_word)
        if not name.isascii():
            for word in name.split():
                self._add("name", REDACTED, ascii_domain(word), _as_word)

    def mask(self, text: str, log: Log, where: str, *, names: bool = True) -> str:
        """``text`` without the secrets; ``names`` False leaves the names of persons."""
        self._prepare()
        for hiding in HIDING:
            text, pieces = hide(text, hiding)
            for pattern in self._patterns:
                if names or pattern.kind != "name":
                    text, pieces = _masked(text, pieces, pattern, log, where)
            text = shown(text, pieces)
        text = _BASE64.sub(lambda found: self._run(found[0], log, where), text)
        return _HEX.sub(lambda found: self._hex(found[0], log, where), text)

    def mask_bytes(self, data: bytes, log: Log, where: str, *, names: bool = True) -> bytes:
        """Bytes of any charset that extends ASCII, without the secrets."""
        return self.mask(data.decode("latin-1"), log, where, names=names).encode("latin-1", "replace")

    def _add(self, kind: ChangeKind, mark: str, text: str, pattern: Callable[[str, Spell], str]) -> None:
        key = text.strip().lower()
        if not 1 < len(key) <= _MAX_LENGTH or key in self._plain or len(self._plain) >= MAX_SECRETS:
            return
        self._spelt += len(key)
        spell = spelt if self._spelt <= MAX_SPELT else written
        self._plain[key] = _Pattern(kind, mark, re.compile(pattern(key, spell)), shortest(key))
        self._stale = True

    def _prepare(self) -> None:
        if not self._stale:
            return
        self._stale = False
        # The longest first: a whole name is one change, not one for each of its words.
        order = sorted(self._plain, key=lambda one: (-len(one), one))
        self._patterns = sorted((self._plain[one] for one in order), key=lambda pattern: -pattern.least)
        self._long = _Literals(one for one in order if len(one) >= _MIN_ANYWHERE)
        self._any = _Literals(order)

    def _run(self, run: str, log: Log, where: str) -> str:
        if len(run) < 6 or not self._in_base64(run):
            return run
        log.add("token", where, run, REDACTED)
        return REDACTED

    def _hex(self, run: str, log: Log, where: str) -> str:
        data = bytes.fromhex(run)
        if run.lower() not in self._hashes and not self._in_bytes(data, 0):
            return run
        log.add("token", where, run, REDACTED)
        return REDACTED

    def _in_base64(self, run: str, depth: int = 0) -> bool:
        clean = unquote_to_bytes(run).decode("latin-1").replace("-", "+").replace("_", "/")
        clean = _NOT_BASE64.sub("", clean)
        for offset in range(4):
            part = clean[offset:]
            whole = len(part) & ~3
            if self._in_bytes(b64decode(part[:whole]) + _tail(part[whole:]), depth):
                return True
        return False

    def _in_bytes(self, data: bytes, depth: int) -> bool:
        """Whether decoded bytes hold a secret: any secret in what reads as text, long ones in whatever."""
        if self._long.in_bytes(data):
            return True
        if len(data.translate(None, _READABLE)) * 4 > len(data):
            return False
        if self._any.in_bytes(data):
            return True
        text = data.decode("utf-8", "replace")
        for hiding in HIDING:
            hidden, _ = hide(text, hiding)
            # Each word of a text is looked at as base64, and most decode to less than any secret has.
            fits = bisect_left(self._patterns, -len(hidden), key=lambda pattern: -pattern.least)
            if any(pattern.match.search(hidden) for pattern in self._patterns[fits:]):
                return True
        return depth < _DEPTH and any(
            self._in_base64(found[0], depth + 1) for found in _BASE64.finditer(text) if len(found[0]) >= 8
        )


def words_of(name: str) -> Iterable[str]:
    """The words of a name that tell a person: no particles, titles or initials."""
    for word in re.split(r"[\s,;.\"'()<>]+", name):
        if len(word) > 2 and word.lower() not in _NOT_NAMES and any(char.isalpha() for char in word):
            yield word


_NOT_NAMES = frozenset(
    (
        "and", "avec", "client", "contact", "dans", "des", "for", "les", "madame", "mlle", "mme", "monsieur", "mrs",
        "nous", "par", "pas", "pour", "que", "recipients", "service", "sur", "the", "und", "une", "undisclosed", "van",
        "von", "votre", "vous", "you", "your",
    )
)  # fmt: skip


def _tail(rest: str) -> bytes:
    return b64decode(rest + "=" * (4 - len(rest))) if len(rest) > 1 else b""


def _masked(text: str, pieces: list[str], pattern: _Pattern, log: Log, where: str) -> tuple[str, list[str]]:
    """The text without one secret, and what still hides in it."""
    out: list[str] = []
    left: list[str] = []
    at = hidden = 0
    for found in pattern.match.finditer(text):
        start = max(0, found.start() - 100)
        if pattern.kind == "name" and " " not in found[0] and _HOST.search(text, start, found.start()):
            continue  # a host is evidence, and a first name may be a word in it
        before = text[at : found.start()]
        kept = hidden + before.count(HIDDEN)
        left += pieces[hidden:kept]
        hidden, at = kept + found[0].count(HIDDEN), found.end()
        out += (before, pattern.mark)
        log.add(pattern.kind, where, found[0].replace(HIDDEN, ""), pattern.mark)
    return ("".join((*out, text[at:])), left + pieces[hidden:]) if out else (text, pieces)


def _anywhere(text: str, spell: Spell) -> str:
    return spell(text)


def _as_word(text: str, spell: Spell) -> str:
    """A name counts between anything but letters; an escape before it may end in a letter itself."""
    before = r"(?:(?<![^\W\d_])|(?<=%[0-9A-Fa-f]{2})|(?<==[0-9A-F]{2})|(?<=\\[nrt]))"
    return rf"{begins(text)}{before}{spell(text)}(?![^\W\d_])"


def _of_address(text: str, spell: Spell) -> str:
    local, _, domain = text.rpartition("@")
    return GAP.join((spell(local), rf"(?:{spell('@')}|[=#]|_at_|\(at\)|\[at\]|\s*+at\s++)", spell(domain)))


def ascii_domain(domain: str) -> str:
    """``domain`` in lower-case ASCII (punycode where it needs it)."""
    return domain.lower() if domain.isascii() else str(ada_url.idna_to_ascii(domain).decode("ascii", "replace"))


def unicode_domain(domain: str) -> str:
    """``domain`` as it is shown, lower case."""
    low = domain.lower()
    return str(ada_url.idna_to_unicode(low.encode("ascii", "ignore"))) if "xn--" in low else low
