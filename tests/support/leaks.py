"""Looks for a secret in what left, by every decoding a curious reader would try; knows nothing of how it was hidden."""

from __future__ import annotations

import base64
import email
import html
import quopri
import re
import unicodedata
from email.header import decode_header, make_header
from email.policy import compat32
from urllib.parse import unquote_plus

_RUN = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){6,}", re.IGNORECASE)


def readings(text: str, depth: int = 2) -> set[str]:
    """``text`` and all that it decodes to, in lower case."""
    found = {text.lower()}
    if depth == 0:
        return found
    plain = {
        unquote_plus(text),
        unquote_plus(unquote_plus(text)),
        html.unescape(text),
        quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace"),
        quopri.decodestring(text.encode("latin-1", "replace")).decode("latin-1"),
        re.sub(r"[\u200b\u00ad]|\r?\n[ \t]*", "", text),
    }
    for one in plain - {text}:
        found |= readings(one, depth - 1)
    for run in _RUN.findall(text):
        clean = run.replace("-", "+").replace("_", "/")
        for offset in range(4):
            part = clean[offset:]
            data = base64.b64decode(part + "=" * (-len(part) % 4) if len(part) % 4 != 1 else part[:-1])
            for codec in ("utf-8", "latin-1"):
                found |= {data.decode(codec, "replace").lower()}
    for run in _HEX.findall(text):
        found.add(bytes.fromhex(run).decode("utf-8", "replace").lower())
    return found


def folded(text: str) -> str:
    """``text`` as a person sees it, without accents, in lower case: no comments, tags or characters without width."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""", "", text)
    plain = unicodedata.normalize("NFKD", html.unescape(text))
    return "".join(char for char in plain if unicodedata.category(char) not in {"Mn", "Cf"}).lower()


def all_texts(raw: bytes) -> set[str]:
    """Everything that a mail says, by the standard library's reading and as bytes."""
    texts = {raw.decode("latin-1"), raw.decode("utf-8", "replace")}
    for part in email.message_from_bytes(raw, policy=compat32).walk():
        for value in part.values():
            texts.add(str(value))
            texts.add(str(make_header(decode_header(value))))
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            texts |= {payload.decode("utf-8", "replace"), payload.decode("latin-1")}
    return {reading for text in texts for reading in readings(text)}
