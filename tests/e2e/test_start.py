"""A browser that starts on a fake page: the extension may be late, the cover must come all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support import pages
from support.browser import running, until
from support.sites import FAKE

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser
    from support.daemon import Daemon


async def test_the_start_page_is_covered(prepare: Callable[..., Browser], daemon: Daemon) -> None:
    async with running(prepare(daemon), start_url=f"http://{FAKE}/start") as browser:

        async def warning() -> str | None:
            for tab in await browser.tabs():
                if "warning.html" in await browser.url(tab):
                    return tab
            return None

        tab = await until(warning, f"{browser.name}: warning at start", 15)
        await pages.covered(browser, tab)


async def test_the_relay_starts_the_daemon(prepare: Callable[..., Browser], own_daemon: Daemon) -> None:
    """Nobody started it: opening a page is enough."""
    await own_daemon.stop()
    (own_daemon.home / "broken").unlink()
    async with running(prepare(own_daemon)) as browser:
        assert await until(own_daemon.status, "a daemon started by the relay", 15)
        await pages.open_fake(browser)
