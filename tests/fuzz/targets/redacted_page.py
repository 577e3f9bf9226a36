"""Documents of pages for third parties: what is known to be secret is never in the copy, however it is spelt."""

import html
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote

from guetteur.reports.redact import redact_html
from support.leaks import readings

MAX_LENGTH = 2048
SECRETS = ("jeanne.dupont-vernet@free.fr", "4970 1012 3456 7890", "Correct-Cheval-Pile")
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
)


def planted(template: str) -> str:
    """Each mark, and the character after it as a number, replaced by a secret in one of the spellings."""
    head, *rest = template.split(MARK)
    for piece in rest:
        number = ord(piece[0]) if piece else 0
        head += SPELLED[number % len(SPELLED)](SECRETS[number // len(SPELLED) % len(SECRETS)]) + piece[1:]
    return head


def seeds() -> Iterator[bytes]:
    for number in range(len(SPELLED) * len(SECRETS)):
        place = f"{MARK}{chr(64 + number)}"
        yield f"<p>Bonjour {place}, voyez <a href='https://e.example/a?z={place}&b=1'>ici</a><!-- {place} -->".encode()
        yield f"<script>var a = {{email: \"{place}\"}}; go('{place}')</script><input name=a value={place}>".encode()


def check(data: bytes) -> None:
    page = planted(data.decode("utf-8", "replace"))
    after = redact_html(page, SECRETS).value
    for secret in SECRETS:
        assert secret.lower() not in after.lower(), after
    if data.count(MARK.encode()):
        before = redact_html(planted(data.decode("utf-8", "replace").replace(MARK, "")), SECRETS).value
        for reading in readings(after, 1) - readings(before, 1):
            assert not any(secret.lower() in reading for secret in SECRETS), after
