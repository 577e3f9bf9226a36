"""A private window is protected like any other, and when it is closed nothing on this computer tells of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from support import pages
from support.browser import running
from support.chromium import Chromium
from support.daemon import Daemon
from support.paint import watching
from support.rdap_site import RdapSite
from support.sites import DOUBTFUL_HOSTS, FAKE

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser, Tab
    from support.sites import Site

#: Stands in every address that is opened in private windows, and nowhere else.
HIDDEN = "cachette"
#: Stands in one address of a normal window: were it not found, the search would be blind.
OPEN = "augrandjour"


def traces(word: str, *folders: Path) -> list[str]:
    """Files of these folders in whose bytes or name a word stands."""
    spellings = (word.encode(), word.encode("utf-16-le"))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [
        str(path) for path in files if word in path.name or any(spelling in path.read_bytes() for spelling in spellings)
    ]


async def know(browser: Browser, tab: Tab) -> None:
    """Say "I know this site" of a covered private tab, in a popup that is private too."""
    url = await browser.url(tab)
    popup = await browser.private_tab()
    await browser.go(popup, f"{browser.origin}/pages/options/options.html")
    number = await browser.wait_js(
        popup,
        f"(globalThis.browser ?? chrome).tabs.query({{}}).then((tabs) => tabs.find((tab) => tab.url === '{url}')?.id)",
    )
    await browser.go(popup, f"{browser.origin}/pages/popup/popup.html?tab={number}")
    await browser.wait_js(popup, "document.body?.dataset.ready === 'true'")
    await browser.resize(popup, 470, 760)
    await browser.click(popup, "#pause")
    await browser.click(popup, "#pause-confirm")
    await browser.wait_js(popup, "document.querySelector('#pause-sure').hidden")
    await browser.close_tab(popup)


async def exceptions(daemon: Daemon) -> list[str]:
    answer = await daemon.ask("/v1/exceptions", {"action": "list"})
    return [one["host"] for one in answer["exceptions"]]


async def test_a_private_window_is_protected_and_leaves_nothing(
    prepare: Callable[..., Browser], aged: Daemon, registry: RdapSite, site: Site
) -> None:
    doubtful = await aged.first("CAUTION", DOUBTFUL_HOSTS)
    async with running(prepare(aged)) as browser:
        await browser.allow_private()
        await browser.extension("await api.storage.local.set({ ageLookups: true, history: true }); return true")
        normal = await browser.new_tab()
        private = await browser.private_tab()
        async with watching(browser, private) as watch:
            await browser.go(private, f"http://{HIDDEN}.{FAKE}/login")
            await pages.covered(browser, private)
        assert not watch.saw()

        # A doubtful page is marked, nobody is asked how old its name is, and that it stayed open is not noted.
        await browser.go(private, f"http://{doubtful}/{HIDDEN}")
        await browser.wait_js(private, f"!!document.querySelector('{pages.BAR}')")
        await asyncio.sleep(1)
        assert registry.asked == []

        # "I know this site" holds in private windows, for as long as the browser runs, and is told to nobody.
        await browser.go(private, f"http://{FAKE}/{HIDDEN}")
        await pages.covered(browser, private)
        await know(browser, private)
        await browser.wait_js(private, "!!document.querySelector('#card')")
        if isinstance(browser, Chromium):
            await browser.stop_worker()  # both halves, the private one too, know again what they knew
        other = await browser.private_tab()
        await browser.go(other, f"http://{FAKE}/{HIDDEN}-again")
        await browser.wait_js(other, "!!document.querySelector('#card')")
        await browser.go(normal, f"http://{FAKE}/{OPEN}")
        await pages.covered(browser, normal)
        assert await exceptions(aged) == []
        assert registry.asked == []

        # What a normal window does is what the private one did not.
        await browser.go(normal, f"http://{doubtful}/{OPEN}")
        await pages.covered(browser, normal)
        assert registry.asked == [doubtful]
    kept = [aged.home, browser.setup.root]
    assert traces(OPEN, *kept)
    assert traces(HIDDEN, *kept) == []
