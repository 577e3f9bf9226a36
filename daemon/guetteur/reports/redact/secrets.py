"""Known secrets, found however they are written.

In any case, percent-encoded, as character references, quoted-printable, as JavaScript escapes, in base64 at any offset,
in hex, hashed, in punycode, and these in one another. A letter is matched by all its spellings, so that what is found
is replaced where it stands and nothing around it moves.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from functools import lru_cache
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

import ada_url

from guetteur.reports.redact.changes import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.reports.redact.changes import ChangeKind, Log

MAX_SECRETS = 400
_MIN_ANYWHERE = 6
_MAX_LENGTH = 320
_DEPTH = 2
# Between two letters a line may be folded (headers, quoted-printable) and characters without width or tags may hide.
_GAP = "(?:=?\r?\n[ \t]*|[\u00ad\u200b-\u200d\u2060\ufeff]|=E2=80=8[BCD]|<[^<>]{1,100}>)*"
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]|%2[BbFf]|(?<=[A-Za-z0-9+/_=-])=?\r?\n[ \t]?(?=[A-Za-z0-9+/_-]))+")
_SPACE = r"(?:\s|\+|_|%(?:25){0,3}(?:20|C2%(?:25){0,3}A0)|=20|=C2=A0|&nbsp;|&#0*(?:32|160);?|&#[xX]0*(?:20|[aA]0);?)+"
_HOST = re.compile(r"(?:https?(?::|%3A)(?:/|%2F){2}|@|www\.)[\w.-]*\Z", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_CODECS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
_NAMED: dict[str, list[str]] = {
    char: [name for name, value in html5.items() if value == char and name.endswith(";")]
    for char in "@._-+'&= éèêëàâäîïôöûüùçÉÈÀÇ"
}
_READABLE = bytes((9, 10, 13, *range(32, 127), *range(0xC0, 0xF5), *range(0x80, 0xC0)))


class _Pattern(NamedTuple):
    kind: ChangeKind
    mark: str
    match: re.Pattern[str]


class Secrets:
    """What must not leave, and what stands in its place."""

    def __init__(self) -> None:
        self._patterns: list[_Pattern] = []
        self._plain: dict[str, _Pattern] = {}
        self._hashes: set[str] = set()
        self._long: re.Pattern[bytes] | None = None
        self._any: re.Pattern[bytes] | None = None

    def add_address(self, address: str, mark: str) -> None:
        """Take an e-mail address: itself, its halves joined in the ways bounce addresses join them, its hashes."""
        local, _, domain = address.strip().rpartition("@")
        if not local or not domain:
            return
        for one in dict.fromkeys((domain.lower(), unicode_domain(domain), ascii_domain(domain))):
            self._add("address", mark, f"{local}@{one}", _of_address(local.lower(), one))
            self._add("address", mark, f"{one}={local}", _anywhere(f"{one}={local}".lower()))
        for form in (f"{local}@{domain}", f"{local}@{domain}".lower(), f"{local}@{domain}".upper()):
            for hashed in ("md5", "sha1", "sha256"):
                self._hashes.add(
                    hashlib.new(hashed, form.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
                )

    def add_name(self, name: str) -> None:
        """Take a person's name, or a word of it, which counts as a whole word only."""
        self._add("name", REDACTED, name, _as_word(name.strip().lower()))
        if not name.isascii():
            for word in name.split():
                self._add("name", REDACTED, ascii_domain(word), _as_word(ascii_domain(word)))

    def add_text(self, text: str, kind: ChangeKind = "token") -> None:
        """Take any other text: a token, something typed."""
        key = text.strip().lower()
        self._add(kind, REDACTED, text, _anywhere(key) if len(key) >= _MIN_ANYWHERE else _as_word(key))

    def mask(self, text: str, log: Log, where: str, *, names: bool = True) -> str:
        """``text`` without the secrets; ``names`` False leaves the names of persons."""
        for pattern in self._patterns:
            if names or pattern.kind != "name":
                text = _masked(text, pattern, log, where)
        text = _BASE64.sub(lambda found: self._run(found[0], log, where), text)
        return _HEX.sub(lambda found: self._hex(found[0], log, where), text)

    def mask_bytes(self, data: bytes, log: Log, where: str, *, names: bool = True) -> bytes:
        """Bytes of any charset that extends ASCII, without the secrets."""
        return self.mask(data.decode("latin-1"), log, where, names=names).encode("latin-1", "replace")

    def _add(self, kind: ChangeKind, mark: str, text: str, match: re.Pattern[str] | None) -> None:
        key = text.strip().lower()
        if match is None or key in self._plain or len(self._plain) >= MAX_SECRETS:
            return
        self._plain[key] = _Pattern(kind, mark, match)
        # The longest first: a whole name is one change, not one for each of its words.
        order = sorted(self._plain, key=lambda one: (-len(one), one))
        self._patterns = [self._plain[one] for one in order]
        self._long = _literal(one for one in order if len(one) >= _MIN_ANYWHERE)
        self._any = _literal(order)

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
        if self._long is not None and self._long.search(data):
            return True
        if len(data.translate(None, _READABLE)) * 4 > len(data):
            return False
        if self._any is not None and self._any.search(data):
            return True
        text = data.decode("utf-8", "replace")
        if any(pattern.match.search(text) for pattern in self._patterns):
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


def _masked(text: str, pattern: _Pattern, log: Log, where: str) -> str:
    def replace(found: re.Match[str]) -> str:
        if (
            pattern.kind == "name"
            and " " not in found[0]
            and _HOST.search(text, max(0, found.start() - 100), found.start())
        ):
            return found[0]  # a host is evidence, and a first name may be a word in it
        log.add(pattern.kind, where, found[0], pattern.mark)
        return pattern.mark

    return pattern.match.sub(replace, text)


def _literal(texts: Iterable[str]) -> re.Pattern[bytes] | None:
    """Any of ``texts`` in bytes, in the charsets that text in base64 is met in."""
    forms: dict[bytes, None] = {}
    for text in texts:
        for one in (text, text.upper(), text.title()):
            for codec in _CODECS:
                forms[re.escape(one.encode(codec, "ignore"))] = None
    forms.pop(b"", None)
    return re.compile(b"|".join(forms), re.IGNORECASE) if forms else None


def _anywhere(text: str) -> re.Pattern[str] | None:
    return re.compile(_body(text)) if 1 < len(text) <= _MAX_LENGTH else None


def _as_word(text: str) -> re.Pattern[str] | None:
    """A name counts between anything but letters; an escape before it may end in a letter itself."""
    if not 1 < len(text) <= _MAX_LENGTH:
        return None
    return re.compile(
        rf"(?:(?<![^\W\d_])|(?<=%[0-9A-Fa-f]{{2}})|(?<==[0-9A-F]{{2}})|(?<=\\[nrt])){_body(text)}(?![^\W\d_])"
    )


def _of_address(local: str, domain: str) -> re.Pattern[str] | None:
    if len(local) + len(domain) > _MAX_LENGTH:
        return None
    at = rf"(?:{_spellings('@')}|[=#]|_at_|\(at\)|\[at\]|\s+at\s+)"
    return re.compile(_GAP.join((_body(local), at, _body(domain))))


def _body(text: str) -> str:
    return _GAP.join(_spellings(char) for char in re.sub(r"\s+", " ", text))


@lru_cache(maxsize=512)
def _spellings(char: str) -> str:
    """Every way to write one character, in either case."""
    if char.isspace():
        return _SPACE
    forms: list[str] = []
    for one in dict.fromkeys((char, char.upper(), char.lower())):
        if len(one) != 1:
            continue
        code = ord(one)
        forms.append(re.escape(one))
        forms += [f"%(?:25){{0,3}}{_hexes('u00' + f'{code:02x}')}"] if code < 256 else []
        for codec in ("utf-8", "latin-1") if code > 127 else ("ascii",):
            try:
                data = one.encode(codec)
            except UnicodeEncodeError:
                continue
            forms.append("".join(f"%(?:25){{0,3}}{_hexes(f'{byte:02x}')}" for byte in data))
            forms.append("".join(f"={_hexes(f'{byte:02x}')}" for byte in data))
            if code > 127:
                forms.append(re.escape(data.decode("latin-1")))
        forms.append(f"&#0{{0,8}}{code};?")
        forms.append(f"&#[xX]0{{0,8}}{_hexes(f'{code:x}')};?")
        forms += [re.escape("&" + name) for name in _NAMED.get(one, ())]
        forms.append(rf"\\u{_hexes(f'{code:04x}')}")
        if code < 256:
            forms.append(rf"\\x{_hexes(f'{code:02x}')}")
    return f"(?:{'|'.join(dict.fromkeys(forms))})"


def _hexes(digits: str) -> str:
    return "".join(f"[{char.lower()}{char.upper()}]" if char.isalpha() and char != "u" else char for char in digits)


def ascii_domain(domain: str) -> str:
    """``domain`` in lower-case ASCII (punycode where it needs it)."""
    return domain.lower() if domain.isascii() else str(ada_url.idna_to_ascii(domain).decode("ascii", "replace"))


def unicode_domain(domain: str) -> str:
    """``domain`` as it is shown, lower case."""
    low = domain.lower()
    return str(ada_url.idna_to_unicode(low.encode("ascii", "ignore"))) if "xn--" in low else low
