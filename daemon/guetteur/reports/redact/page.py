"""The document of a page for third parties, and the HTML of mails: rewritten where it stands, never rebuilt."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from guetteur.reports.redact.changes import REDACTED, Log, Redacted
from guetteur.reports.redact.secrets import Secrets
from guetteur.reports.redact.tokens import EMAIL, JWT, is_plain, is_private_name
from guetteur.reports.redact.url import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.reports.redact.changes import ChangeKind

# Possessive throughout: nothing is read twice, whatever a page holds.
_TAG = re.compile(r"<([a-zA-Z][^\s/>]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)(\s*+=\s*+)("[^"]*+"|'[^']*+'|[^\s>"']++)""")
_TEXTAREA = re.compile(r"(<textarea\b[^>]*+>)(.*?)(</textarea|\Z)", re.IGNORECASE | re.DOTALL)
_WEB = re.compile(r"(?:https?://|(?<![\w@./-])www\.)[^\s<>\"'`\\\u00ab\u00bb\u201c\u201d]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}*_~\u2026"
_URLS = frozenset(
    ("action", "background", "cite", "data", "formaction", "href", "longdesc", "poster", "src", "xlink:href")
)
_UNTYPED = frozenset(("submit", "button", "reset", "image"))
_CHOSEN = frozenset(("hidden", "checkbox", "radio"))
_SETTING = re.compile(
    r"(?<![\w-])([\"']?([\w-]{1,80}+)[\"']?\s{0,8}+[:=]\s{0,8}+)(\"[^\"\r\n]{1,4000}+\"|'[^'\r\n]{1,4000}+')"
)
_SECRET_SETTING = re.compile(r"csrf|xsrf|token|jeton|session|nonce|secret|passw|api_?key|email|courriel", re.IGNORECASE)
_HIDDEN_AT = r"(?:%(?:25)?40|&#0*64;?|&#[xX]0*40;?|&commat;|\\u0040|\\x40)"
_HIDDEN_EMAIL = re.compile(rf"[\w.+%-]{{1,64}}{_HIDDEN_AT}[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+")
_SLASH = r"(?:\\\\|\\|/|%5[Cc])"
_PATHS = (
    re.compile(r"(?<=file:)/{2,3}[^\s\"'<>]{1,400}", re.IGNORECASE),
    re.compile(
        rf"(?<![A-Za-z])[A-Za-z]:{_SLASH}(?:Users|Utilisateurs|Documents and Settings){_SLASH}[^\"'<>|*?\r\n]{{1,260}}"
    ),
    re.compile(r"(?<![\w.])/(?:home|Users)/[^\s\"'<>)]{1,400}"),
)


def redact_html(markup: str, known_secrets: Iterable[str] = ()) -> Redacted[str]:
    """The document without what was typed, tokens of the session, e-mail addresses and paths of this machine.

    Args:
        markup: the document as the tab has it.
        known_secrets: texts that must not leave (what was typed, the person's address), in whatever spelling.
    """
    secrets, log = Secrets(), Log()
    for number, text in enumerate(known_secrets):
        if EMAIL.fullmatch(text.strip()):
            secrets.add_address(text, f"person{number + 1}@redacted.invalid")
        else:
            secrets.add_text(text, "typed")
    markup = _TEXTAREA.sub(lambda found: _typed_text(found, log), markup)
    markup = _TAG.sub(lambda found: _tag(found, log, page=True), markup)
    markup = links_masked(markup, log, "page", escaped=True)
    markup = _SETTING.sub(lambda found: _setting(found, log), markup)
    for pattern in _PATHS:
        markup = _replaced(markup, pattern, "path", log)
    for pattern in (EMAIL, _HIDDEN_EMAIL):
        markup = _replaced(markup, pattern, "address", log)
    markup = _replaced(markup, JWT, "token", log)
    return Redacted(secrets.mask(markup, log, "page"), log.all())


def tags_masked(markup: str, log: Log) -> str:
    """The HTML of a mail with the addresses in its attributes redacted."""
    return _TAG.sub(lambda found: _tag(found, log, page=False), markup)


def links_masked(text: str, log: Log, where: str, *, escaped: bool = False) -> str:
    """``text`` with the web addresses written in it redacted; ``escaped``: it is HTML."""

    def replace(found: re.Match[str]) -> str:
        written = found[0]
        bare = written.rstrip(_TRAILING)
        address = html.unescape(bare) if escaped else bare
        scheme = "" if "://" in address[:9] else "http://"
        after = redacted(scheme + address)
        if after in (scheme + address, scheme + address + "/"):
            return written
        after = after.removeprefix(scheme)
        log.add("token", where, bare, after)
        return (html.escape(after) if escaped else after) + written[len(bare) :]

    return _WEB.sub(replace, text)


def _tag(found: re.Match[str], log: Log, *, page: bool) -> str:
    name, attributes = found[1].lower(), found[2]
    if "=" not in attributes:
        return found[0]
    values = {match[1].lower(): html.unescape(match[3].strip("\"'")) for match in _ATTRIBUTE.finditer(attributes)}

    def replace(match: re.Match[str]) -> str:
        attribute, written = match[1].lower(), match[3]
        value = html.unescape(written[1:-1] if written[0] in "\"'" else written)
        after = _value(name, attribute, value, values, page=page)
        if after == value:
            return match[0]
        typed = attribute == "value"
        log.add("typed" if typed else "token", f"<{name} {attribute}>", value, after)
        return f'{match[1]}{match[2]}"{html.escape(after)}"'

    return f"<{found[1]}{_ATTRIBUTE.sub(replace, attributes)}>"


def _value(tag: str, attribute: str, value: str, values: dict[str, str], *, page: bool) -> str:
    """What an attribute becomes."""
    if attribute in _URLS:
        trimmed = value.strip()
        if trimmed.lower().startswith(("data:", "javascript:")):
            return value
        after = redacted(trimmed)
        return value if after in (trimmed, trimmed + "/") else after
    if page and value and _is_secret(tag, attribute, value, values):
        return REDACTED
    return value


def _is_secret(tag: str, attribute: str, value: str, values: dict[str, str]) -> bool:
    """Whether a value was typed, or tells the session."""
    if tag == "input" and attribute == "value":
        return _is_typed(value, values)
    if tag == "meta" and attribute == "content":
        return _is_secret_name(values.get("name", ""))
    drawn = len(value) > 15 and not any(char in value for char in " /") and not is_plain(value)
    return attribute.startswith("data-") and (drawn or _is_secret_name(attribute.removeprefix("data-")))


def _is_typed(value: str, values: dict[str, str]) -> bool:
    kind = values.get("type", "text").strip().lower()
    if kind in _UNTYPED:
        return False
    return kind not in _CHOSEN or not is_plain(value) or _is_secret_name(values.get("name", ""))


def _is_secret_name(name: str) -> bool:
    return any(word in name.lower() for word in ("csrf", "xsrf", "token", "nonce")) or is_private_name(name)


def _typed_text(found: re.Match[str], log: Log) -> str:
    if not found[2].strip():
        return found[0]
    log.add("typed", "<textarea>", found[2].strip(), REDACTED)
    return f"{found[1]}{REDACTED}{found[3]}"


def _setting(found: re.Match[str], log: Log) -> str:
    value = found[3][1:-1]
    ordinary = is_plain(value) and not any(char.isdigit() for char in value)
    if value == REDACTED or ordinary or not _SECRET_SETTING.search(found[2]):
        return found[0]
    log.add("token", "page", value, REDACTED)
    return f"{found[1]}{found[3][0]}{REDACTED}{found[3][0]}"


def _replaced(markup: str, pattern: re.Pattern[str], kind: ChangeKind, log: Log) -> str:
    def replace(found: re.Match[str]) -> str:
        after = f"///{REDACTED}" if found[0].startswith("//") else REDACTED
        log.add(kind, "page", found[0], after)
        return after

    return pattern.sub(replace, markup)
