"""What in an address, or in text, tells one person or session from another, by its shape alone."""

from __future__ import annotations

import re

EMAIL = re.compile(r"[^\s@<>()\[\]\"',;:/?&=#|\\]{1,64}@(?:[^\s@<>()\[\]\"',;:/?&=#|\\.]{1,63}\.)+[^\W\d_]{2,24}")
JWT = re.compile(r"(?<![A-Za-z0-9_-])ey[A-Za-z0-9_-]{10,8000}+\.[A-Za-z0-9_-]{4,8000}+(?:\.[A-Za-z0-9_-]{0,2000}+)?")
PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ .-]?\d){8,14}(?!\w)")
_WORD = re.compile(r"[a-z]{1,15}|[A-Z]?[a-z]{1,14}|[A-Z]{1,15}|[a-z]{1,8}\d{1,2}|\d{1,5}", re.ASCII)
_LETTERS = re.compile(r"[^\W\d_]{1,15}")
_PIECES = re.compile(r"[-_.+~ ]+")
_LONG = 16

_PRIVATE = frozenset(
    (
        "account", "acct", "adr", "adresse", "auth", "birth", "bsft", "cid", "client", "cmd", "code", "compte",
        "contact", "courriel", "cust", "customer", "data", "dossier", "e", "ecid", "em", "email", "fbclid", "firstname",
        "gclid", "hash", "iban", "id", "ident", "identifiant", "jeton", "key", "lastname", "login", "m", "mail", "mcid",
        "mid", "mobile", "mot", "msclkid", "msisdn", "name", "nom", "nonce", "num", "numero", "order", "otp", "pass",
        "passwd", "password", "phone", "portable", "prenom", "pwd", "rcpt", "recipient", "ref", "reference", "rid",
        "secret", "session", "sessionid", "sid", "sig", "sign", "signature", "state", "subscriber", "suivi", "tel",
        "telephone", "ticket", "to", "token", "tracking", "u", "uid", "user", "userid", "username", "usr",
        "utilisateur", "uuid", "v",
    )
)  # fmt: skip
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


def is_private_name(name: str) -> bool:
    """Whether a parameter or field of that name holds something about a person or a session."""
    low = name.lower()
    return low in _PRIVATE or any(part.lower() in _PRIVATE for part in _PARTS.findall(name) if len(part) > 1)


def is_plain(text: str) -> bool:
    """Whether a value is ordinary words and small numbers: it tells nobody from anybody."""
    pieces = [piece for piece in _PIECES.split(text) if piece]
    if len(text) > 200 or len(pieces) > 20 or PHONE.search(text):
        return False
    return all(_WORD.fullmatch(piece) or (not piece.isascii() and _LETTERS.fullmatch(piece)) for piece in pieces)


def without_tokens(segment: str, mark: str) -> str:
    """One segment of a path, decoded, with what is no plain word replaced by ``mark``; its ending stays."""
    if is_plain(segment):
        return segment
    for pattern in (EMAIL, JWT, PHONE):
        replaced = pattern.sub(mark, segment)
        if replaced != segment:
            return without_tokens(replaced, mark) if mark in replaced and len(replaced) < len(segment) else mark
    stem, dot, ending = segment.rpartition(".")
    if not (dot and stem and len(ending) <= 5 and _WORD.fullmatch(ending)):
        stem, dot, ending = segment, "", ""
    pieces = re.split(r"([-_.+~ ]+)", stem)
    words = any(len(piece) > 3 and piece.islower() and piece.isalpha() for piece in pieces)
    if len(stem) >= _LONG and not words:
        return mark + dot + ending
    kept = (piece if index % 2 or not piece or is_plain(piece) else mark for index, piece in enumerate(pieces))
    return "".join(kept) + dot + ending
