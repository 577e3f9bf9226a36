"""What the last pages showed, so that a report of one says what the warning said; in memory alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from guetteur.core.pageseen import PageSeen

MOST = 8
FORGOTTEN_AFTER = timedelta(hours=1)


class PagesSeen:
    """A few pages by their address; each is at most as large as the check of a page allows."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[datetime, PageSeen]] = {}

    def keep(self, url: str, page: PageSeen, now: datetime) -> None:
        """Keep what a page shows, in the place of what it showed before; the oldest makes room."""
        self._pages = {one: seen for one, seen in self._pages.items() if one != url and _is_fresh(seen[0], now)}
        self._pages[url] = (now, page)
        for oldest in list(self._pages)[:-MOST]:
            del self._pages[oldest]

    def of(self, url: str, now: datetime) -> PageSeen | None:
        """What that page showed a while ago, or None."""
        seen = self._pages.get(url)
        return seen[1] if seen is not None and _is_fresh(seen[0], now) else None


def _is_fresh(seen_at: datetime, now: datetime) -> bool:
    return now - seen_at <= FORGOTTEN_AFTER
