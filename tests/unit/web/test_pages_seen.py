"""What pages showed is kept for a while, of a few, in memory."""

from datetime import UTC, datetime, timedelta

from guetteur.core.pageseen import PageSeen
from guetteur.web.pages_seen import FORGOTTEN_AFTER, MOST, PagesSeen

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_the_last_few_for_a_while() -> None:
    seen = PagesSeen()
    for number in range(MOST + 2):
        seen.keep(f"http://{number}.test/", PageSeen(title=str(number)), NOW)
    assert [seen.of(f"http://{number}.test/", NOW) is None for number in (0, 1, 2)] == [True, True, False]
    assert seen.of("http://5.test/", NOW + FORGOTTEN_AFTER) == PageSeen(title="5")
    assert seen.of("http://5.test/", NOW + FORGOTTEN_AFTER + timedelta(seconds=1)) is None


def test_the_same_page_again_takes_its_own_place() -> None:
    seen = PagesSeen()
    for title in ("a", "b"):
        seen.keep("http://x.test/", PageSeen(title=title), NOW)
    assert seen.of("http://x.test/", NOW) == PageSeen(title="b")
