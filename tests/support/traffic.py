"""What browsers ask in a day: addresses, pages with their text, mails of 50 KB; all from the tests' own data."""

from __future__ import annotations

import base64
import csv
import gzip
import json
import random
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from functools import cache
from html.parser import HTMLParser
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.mails import mails
from support.recorded import recorded
from support.sites import DOUBTFUL_HOSTS, FAKE_HOSTS, OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
AT_ONCE = 64
SHARES = {"address": 80, "page": 15, "mail": 5}
"""Of a hundred questions."""
JSON = {"Content-Type": "application/json"}
MAIL_BYTES = 50_000
_MAILS = 40
_HIDDEN = {"script", "style", "template", "noscript"}


@dataclass(frozen=True, slots=True)
class Question:
    """One call.

    Attributes:
        kind: ``address``, ``page`` or ``mail``.
        path: of the call.
        body: JSON.
    """

    kind: str
    path: str
    body: bytes


@dataclass(slots=True)
class _Describer(HTMLParser):
    """What a content script would say of a page: its words and fields."""

    title: str = ""
    headings: list[str] = field(default_factory=list)
    fields: list[dict[str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    _inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") not in ("hidden", "submit"):
            words = " ".join(filter(None, (given.get(name) for name in ("placeholder", "aria-label", "name", "id"))))
            self.fields.append({"kind": given.get("type", "text")[:32], "words": words[:300]})
        elif tag in {"title", "h1", "h2", *_HIDDEN}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        words, place = " ".join(data.split()), self._inside[-1] if self._inside else ""
        if not words or place in _HIDDEN:
            return
        if place == "title":
            self.title = words[:300]
            return
        if place:
            self.headings.append(words[:300])
        self.text.append(words)

    def described(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "headings": self.headings[:16],
            "text": " ".join(self.text)[:4000],
            "fields": self.fields[:64],
        }


def described(page: str) -> dict[str, Any]:
    """The description of a page's HTML, as ``/v1/check/page`` takes it."""
    one = _Describer()
    one.feed(page)
    return one.described()


def _json(**body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


@cache
def popular() -> tuple[str, ...]:
    """Well-known names."""
    with gzip.open(ROOT / "blocklists/popular.txt.gz", "rt") as file:
        return tuple(line.strip() for line in file)


@cache
def listed() -> tuple[str, ...]:
    """Hosts that the shipped list blocks."""
    with gzip.open(ROOT / "blocklists/starter.csv.gz", "rt") as file:
        return tuple(row["host"] for row in islice(csv.DictReader(file), 5000))


@cache
def addresses() -> tuple[Question, ...]:
    """Of popular, unknown, listed, doubtful, fake and official hosts, and of the URL standard's odd ones."""
    hosts = [*islice(popular(), 0, None, 20), *islice(listed(), 0, None, 20), *DOUBTFUL_HOSTS, *FAKE_HOSTS, OFFICIAL]
    hosts += [f"page-{number}.jardin-{number}.example" for number in range(400)]
    urls = [f"https://{host}/a/page?n={number}" for number, host in enumerate(hosts)]
    odd = json.loads((ROOT / "tests/vectors/urltestdata.json").read_text("utf-8"))
    urls += [
        one["href"]
        for one in odd
        if isinstance(one, dict) and re.match(r"https?://[a-z]", one.get("href", "")) and len(one["href"]) < 2000
    ]
    return tuple(Question("address", "/v1/check/url", _json(url=url, lang="fr")) for url in urls)


@cache
def pages() -> tuple[Question, ...]:
    """The recorded and the fake pages, described, each with as many ordinary words below as are read of a page."""
    ordinary = cycle(one.words for one in mails() if not one.is_scam)
    found = []
    for one in recorded():
        page = described(one.text())
        while len(page["text"]) < 4000:
            page["text"] += " " + next(ordinary)
        page["text"] = page["text"][:4000]
        found.append(Question("page", "/v1/check/page", _json(url=one.url, page=page, lang="fr")))
    return tuple(found)


@cache
def long_mails() -> tuple[Question, ...]:
    """Scams and genuine mails in turn, each with the words of others below its own, as a newsletter has them."""
    found = []
    written = mails()
    for one in islice(written, 0, None, max(1, len(written) // _MAILS)):
        raw = one.raw()
        head = BytesHeaderParser(policy=SMTP).parsebytes(raw)
        message = EmailMessage(policy=SMTP)
        for name, value in head.items():
            if not name.lower().startswith(("content-", "mime-")):
                message[name] = value
        html, size = [f"<p>{one.words}</p>"], len(one.words)
        for number, other in enumerate(cycle(written)):
            if size > MAIL_BYTES * 0.9:
                break
            html.append(f'<p><a href="https://lettre-{number % 30}.example/{number}">{other.words}</a></p>')
            size += len(html[-1])
        message.set_content("\n".join(html)[:MAIL_BYTES], subtype="html", cte="8bit")
        found.append(
            Question("mail", "/v1/check/mail", _json(raw=base64.b64encode(message.as_bytes()).decode(), lang="fr"))
        )
    return tuple(found)


def mixed(seed: int, shares: Mapping[str, int] = SHARES) -> Iterator[Question]:
    """Questions without end, in these shares."""
    rng = random.Random(seed)
    kinds = {"address": addresses(), "page": pages(), "mail": long_mails()}
    while True:
        (kind,) = rng.choices(list(shares), list(shares.values()))
        yield rng.choice(kinds[kind])
