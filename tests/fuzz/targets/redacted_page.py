"""Reports of pages: the person's own address, as it stands in their settings, never leaves in the page's address."""

import html
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote

import msgspec

from guetteur.app import build_checker
from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.subject import parse_url
from guetteur.errors import InvalidInputError
from guetteur.reports.redact import Person
from guetteur.texts import load_explainers
from guetteur.web.report_reading import copy_of, read_page
from support.leaks import folded, readings

MAX_LENGTH = 2048
ADDRESS = "jeanne.dupont-vernet@free.fr"
PERSON = Person(ADDRESS, "Jeanne Dupont-Vernet")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MARK = "\x01"
SPELLED: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    lambda text: quote(text, safe=""),
    lambda text: quote(quote(text, safe=""), safe=""),
    lambda text: "".join(f"&#{ord(char)};" for char in text),
    lambda text: html.escape(text).replace("@", "&commat;"),
    lambda text: b64encode(text.encode()).decode(),
    lambda text: text.encode().hex(),
    lambda text: text.replace("e", "é").replace("o", "Ô"),
    lambda text: text.replace("e", "e\u0301"),
    lambda text: quote(text.replace("e", "é"), safe=""),
    lambda text: text.replace("n", "n&shy;").replace("v", "v&zwnj;").replace("d", "d&#8203;"),
    lambda text: text.replace("u", "u<!-- a>b -->"),
    lambda text: text.replace("r", f"<b title='{'x>' * 60}'>r</b>"),
)


def planted(template: str) -> str:
    """Each mark, and the character after it as a number, replaced by the address in one of the spellings."""
    head, *rest = template.split(MARK)
    for piece in rest:
        head += SPELLED[(ord(piece[0]) if piece else 0) % len(SPELLED)](ADDRESS) + piece[1:]
    return head


@cache
def checker() -> Checker:
    return build_checker(PACKAGE_DATA)


def seeds() -> Iterator[bytes]:
    for number in range(len(SPELLED)):
        place = f"{MARK}{chr(70 + number)}"
        yield f"https://impots-gouv.example.com/dossier/{place}/suite?a={place}&b=x{place}#{place}".encode()
        yield f"https://r.example/?u=https%3A%2F%2Fe.example%2F{place};x".encode()


def check(data: bytes) -> None:
    text = planted(data.decode("utf-8", "replace"))
    try:
        subject = parse_url(text)
    except InvalidInputError:
        return
    verdict = checker().check(subject, now=NOW)
    reading = read_page(
        subject, verdict, load_explainers()["fr"], case_id="1", now=NOW, found_at=NOW, redirects=(text,), person=PERSON
    )
    copy = copy_of(reading, now=NOW, keep_exact=False)
    for one in (copy.case.url or "", *copy.case.redirects):
        # The host is evidence, whatever it says.
        for reading_of in readings(one.replace(subject.host, ""), 1):
            assert ADDRESS not in reading_of, one
        assert ADDRESS not in folded(one), one
    assert msgspec.json.encode(copy.case)
