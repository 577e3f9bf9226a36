"""A case with its evidence, small or of a usual size."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from guetteur.reports.case import Case, Item
from guetteur.reports.warc import KIND, PATH, page_warc

TAKEN = datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
CASE = Case(
    id="6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    kind="page",
    found_at=TAKEN,
    url="https://impots-remboursement.example/suivi?id=84",
    redirects=("https://court.example/a",),
    body="impots",
    level="DANGER",
    reasons=("Ce site se fait passer pour impots.gouv.fr.",),
    product="guetteur 0.1.0",
    browser="Firefox 145",
)


def page_items(*, html: bytes = b"<p>Remboursement</p>", shot: bytes = b"\x89PNG\r\n\x1a\n1234") -> list[Item]:
    """Screenshot, document and WARC of a page."""
    warc = page_warc(
        CASE.url or "", html, taken_at=TAKEN, product=CASE.product, status=200, headers=[("Content-Type", "text/html")]
    )
    return [
        Item("page/screenshot.png", "image/png", shot, TAKEN, "extension"),
        Item("page/page.html", "text/html", html, TAKEN, "extension"),
        Item(PATH, KIND, warc, TAKEN, "daemon"),
    ]


def usual_page() -> list[Item]:
    """A screenshot of 400 KB and a document of 300 KB."""
    lot = random.Random(7)
    words = [f"mot{lot.randrange(4000)}" for _ in range(44_000)]
    return page_items(html=" ".join(words).encode()[:300_000], shot=lot.randbytes(400_000))
