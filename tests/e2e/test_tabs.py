"""Forty tabs opened at once: every lookalike is covered, every other page is shown and has its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.browser import running
from support.tabs import all_shown, close_all, open_at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser
    from support.daemon import Daemon
    from support.sites import Site

TABS = 40
MOST_BYTES = 32e6
"""More memory than the daemon may take for them; what it answers once it has started is all it needs."""


async def test_forty_tabs_at_once(prepare: Callable[..., Browser], own_daemon: Daemon, site: Site) -> None:
    async with running(prepare(own_daemon)) as browser:
        opened = await open_at_once(browser, site, own_daemon, TABS, 60)
        assert len(opened.fakes()) == TABS // 5
        assert await all_shown(browser, opened) == []
        assert max(look.private for look in opened.looks) - opened.looks[0].private < MOST_BYTES
        await close_all(browser, opened)
