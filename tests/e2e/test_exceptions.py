""" "I know this site": said in the popup, kept by the daemon, taken back in the options; never where a list warns."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support import axe, pages
from support.browser import running, until
from support.sites import DOUBTFUL_HOSTS, FAKE, FAKE_HOSTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser, Tab
    from support.daemon import Daemon
    from support.sites import Site

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or ROOT / "build/screenshots")
POPUP_SIZE = (470, 760)
OPTIONS = "pages/options/options.html"


async def popup_for(browser: Browser, url: str) -> Tab:
    """Open the popup of the tab that shows an address (or whose address was covered)."""
    tab_id = await browser.extension(
        "const tabs = await api.tabs.query({});"
        f"return (tabs.filter((t) => t.url.startsWith({url!r})).at(-1)"
        "  ?? tabs.filter((t) => t.url.includes('/warning/')).at(-1))?.id ?? null"
    )
    assert tab_id is not None
    popup = await browser.open_extension_page(f"pages/popup/popup.html?tab={tab_id}")
    await browser.resize(popup, *POPUP_SIZE)
    await browser.wait_js(popup, "document.body.dataset.ready === 'true'")
    return popup


async def visible(browser: Browser, tab: Tab, selector: str) -> bool:
    return bool(await browser.eval(tab, f"!!document.querySelector('{selector}')?.offsetWidth"))


async def know(browser: Browser, popup: Tab) -> None:
    """Press "I know this site" and say that one is sure."""
    await browser.click(popup, "#pause")
    await browser.click(popup, "#pause-confirm")
    await browser.wait_js(
        popup, "document.querySelector('#pause-sure').hidden && !document.querySelector('#level').dataset.level"
    )


async def exceptions(daemon: Daemon) -> list[str]:
    answer = await daemon.ask("/v1/exceptions", {"action": "list"})
    return [one["host"] for one in answer["exceptions"]]


async def forget_all(daemon: Daemon) -> None:
    for host in await exceptions(daemon):
        await daemon.ask("/v1/exceptions", {"action": "remove", "host": host})


async def judge(browser: Browser, tab: Tab, name: str, lang: str) -> None:
    """A picture to look at, and no axe finding."""
    await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 250))")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"{name}-{lang}-{browser.name}.png").write_bytes(await browser.screenshot(tab))
    assert await axe.violations(browser, tab) == []


async def test_a_doubtful_site_one_knows_gets_no_bar(browser: Browser, daemon: Daemon, site: Site) -> None:
    host = await daemon.first("CAUTION", DOUBTFUL_HOSTS)
    tab = await browser.new_tab()
    await browser.go(tab, f"http://{host}/known")
    await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
    popup = await popup_for(browser, f"http://{host}/known")
    await know(browser, popup)
    assert await exceptions(daemon) == [host]
    # At once in the open page, and on the button; then at the next visit.
    await browser.wait_js(tab, f"!document.querySelector('{pages.BAR}')")
    await browser.wait_badge(tab, lambda badge: badge["text"] == "")
    await browser.go(tab, f"http://{host}/again")
    await browser.wait_url(tab, "/again$")
    await browser.wait_js(tab, "!!document.querySelector('#plain')")
    await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 500))")
    assert not await browser.eval(tab, f"!!document.querySelector('{pages.BAR}')")

    again = await popup_for(browser, f"http://{host}/again")
    await browser.click(again, "#pause")  # "warn me again"
    await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
    assert await exceptions(daemon) == []


async def test_a_covered_site_one_knows_opens_and_its_takers_name_does_not(
    browser: Browser, daemon: Daemon, site: Site
) -> None:
    tab = await pages.open_fake(browser, FAKE, "/mine")
    popup = await popup_for(browser, f"http://{FAKE}/mine")
    await know(browser, popup)
    await browser.wait_url(tab, f"^http://{FAKE}/mine")
    await browser.wait_js(tab, "!!document.querySelector('#card')")
    other = await browser.new_tab()
    await browser.go(other, f"http://{FAKE}/other-tab")
    await browser.wait_js(other, "!!document.querySelector('#card')")
    await pages.open_fake(browser, f"login.{FAKE}", "/below")
    await pages.open_fake(browser, FAKE_HOSTS[2], "/another")

    options = await browser.open_extension_page(OPTIONS)
    await browser.wait_js(options, f"document.querySelector('#exceptions').innerText.includes('{FAKE}')")
    await browser.click(options, "#exceptions button")
    await browser.wait_js(options, "!document.querySelector('#exceptions li')")
    assert await exceptions(daemon) == []
    await pages.covered(browser, tab)  # the open page too, at once
    await pages.covered(browser, other)


async def test_one_may_think_better_of_it(browser: Browser, daemon: Daemon, site: Site) -> None:
    await pages.open_fake(browser, FAKE, "/doubt")
    popup = await popup_for(browser, f"http://{FAKE}/doubt")
    await browser.click(popup, "#pause")
    await browser.click(popup, "#pause-cancel")
    assert await visible(browser, popup, "#pause")
    assert not await visible(browser, popup, "#pause-confirm")
    assert await exceptions(daemon) == []


async def test_what_a_list_names_cannot_be_excepted(browser: Browser, daemon: Daemon, site: Site) -> None:
    hosts = (await daemon.ask("/v1/lists/hosts", {"base": None, "cursor": 0}))["hosts"]
    listed = next(host for host in hosts if host.endswith(".fr") and "_" not in host)
    await daemon.ask("/v1/exceptions", {"action": "add", "host": listed})
    try:
        await pages.open_fake(browser, listed, "/listed")
        popup = await popup_for(browser, f"http://{listed}/listed")
        assert await browser.eval(popup, "document.querySelector('#level').dataset.level") == "DANGER"
    finally:
        await daemon.ask("/v1/exceptions", {"action": "remove", "host": listed})
    await pages.open_fake(browser, listed, "/listed-again")
    popup = await popup_for(browser, f"http://{listed}/listed-again")
    assert not await visible(browser, popup, "#pause")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_pictures(browser: Browser, daemon: Daemon, site: Site, lang: str) -> None:
    await pages.set_language(browser, lang)
    try:
        await pages.open_fake(browser, FAKE, f"/picture-{lang}")
        popup = await popup_for(browser, f"http://{FAKE}/picture-{lang}")
        await judge(browser, popup, "popup-know", lang)
        await browser.click(popup, "#pause")
        await judge(browser, popup, "popup-know-sure", lang)
        await browser.click(popup, "#pause-confirm")
        await browser.wait_js(
            popup, "document.querySelector('#pause-sure').hidden && !document.querySelector('#level').dataset.level"
        )
        await judge(browser, popup, "popup-known", lang)
        options = await browser.open_extension_page(OPTIONS)
        await browser.wait_js(options, f"document.querySelector('#exceptions').innerText.includes('{FAKE}')")
        await judge(browser, options, "options-known", lang)
        await browser.resize(options, 320, 640)
        assert await browser.eval(options, "document.scrollingElement.scrollWidth <= innerWidth")
    finally:
        await forget_all(daemon)
        await pages.set_language(browser, "auto")


async def test_without_the_daemon_it_is_said(prepare: Callable[..., Browser], own_daemon: Daemon, site: Site) -> None:
    async with running(prepare(own_daemon)) as browser:
        await pages.open_fake(browser, FAKE, "/away")
        popup = await popup_for(browser, f"http://{FAKE}/away")
        await own_daemon.stop()
        await browser.click(popup, "#pause")
        await browser.click(popup, "#pause-confirm")
        await browser.wait_js(popup, "document.querySelector('#pause-failed').textContent.length > 20", 20)

        options = await browser.open_extension_page(OPTIONS)
        await browser.wait_js(options, "document.querySelector('#no-exceptions').offsetWidth > 0", 20)
        said = await browser.eval(options, "document.querySelector('#no-exceptions').textContent")
        await judge(browser, options, "options-away", "fr")

        await own_daemon.start()

        async def reachable() -> bool:
            await browser.eval(options, "(setTimeout(() => location.reload()), true)")
            await browser.wait_js(options, "document.body?.dataset.ready === 'true'")
            return bool(said != await browser.eval(options, "document.querySelector('#no-exceptions').textContent"))

        assert await until(reachable, "the list in the options", 30, pause=0.5)
