"""What the last pages showed, so that a report of one says what the warning said; in memory alone."""

from __future__ import annotations

from collections import OrderedDict
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
        self._pages: OrderedDict[str, tuple[datetime, PageSeen]] = OrderedDict()

    def keep(self, url: str, page: PageSeen, now: datetime) -> None:
        """Keep what a page shows, in the place of what it showed before; the oldest makes room."""
        self._pages.pop(url, None)
        self._pages[url] = (now, page)
        while len(self._pages) > MOST:
            self._pages.popitem(last=False)

    def of(self, url: str, now: datetime) -> PageSeen | None:
        """What that page showed a while ago, or None."""
        seen = self._pages.get(url)
        return seen[1] if seen is not None and now - seen[0] <= FORGOTTEN_AFTER else None
