"""The daemon goes away and comes back: grey, never green, pages still open, what the list knows still covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support import pages
from support.browser import running, until
from support.recorded import recorded
from support.sites import GOOD, OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser
    from support.daemon import Daemon
    from support.sites import Site


async def listed_host(daemon: Daemon) -> str:
    """Return a host the starter list blocks outright."""
    answer = await daemon.ask("/v1/lists/hosts", {"base": None, "cursor": 0})
    hosts = [host for host in answer["hosts"] if host.endswith(".fr") and "_" not in host]
    return str(hosts[0])


async def list_is_loaded(browser: Browser, host: str) -> None:
    """Wait until the browser's own blocking rule knows the host."""

    async def loaded() -> bool:
        return bool(
            await browser.extension(
                "const rules = await api.declarativeNetRequest.getDynamicRules();"
                f"return rules.some((rule) => rule.condition.requestDomains?.includes({host!r}))"
            )
        )

    await until(loaded, f"{browser.name}: the list", 20, pause=0.2)


def is_grey(badge: dict[str, object]) -> bool:
    red, green, blue, *_ = badge["colour"]  # type: ignore[misc]
    return max(red, green, blue) - min(red, green, blue) < 20 and bool(badge["text"])


async def test_a_listed_host_is_covered_without_a_request(browser: Browser, daemon: Daemon, site: Site) -> None:
    host = await listed_host(daemon)
    await list_is_loaded(browser, host)
    path = f"/unasked-{browser.name}"
    await pages.open_fake(browser, host, path)
    await pages.open_fake(browser, f"www.{host}", path)
    assert site.seen(host, path) == []
    assert site.seen(f"www.{host}", path) == []


async def test_continue_anyway_opens_a_listed_host(browser: Browser, daemon: Daemon, site: Site) -> None:
    host = await listed_host(daemon)
    await list_is_loaded(browser, host)
    tab = await pages.open_fake(browser, host, "/wanted")
    await pages.proceed(browser, tab)
    await browser.wait_url(tab, f"^http://{host}/wanted")
    await browser.wait_js(tab, "!!document.querySelector('#plain')")
    await pages.open_fake(browser, host, "/elsewhere")


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_gone_and_back(prepare: Callable[..., Browser], own_daemon: Daemon, site: Site, end: str) -> None:
    host = await listed_host(own_daemon)
    async with running(prepare(own_daemon)) as browser:
        await list_is_loaded(browser, host)
        await pages.open_fake(browser)

        await getattr(own_daemon, end)()
        tab = await browser.new_tab()
        await browser.go(tab, f"http://{GOOD}/gone-{end}")
        await browser.wait_url(tab, f"/gone-{end}")
        await browser.wait_js(tab, "!!document.querySelector('#plain')")
        await browser.wait_js(tab, pages.SHOWN)
        await browser.wait_badge(tab, is_grey, 15)

        await browser.go(tab, f"https://{OFFICIAL}/gone")
        await browser.wait_url(tab, "/gone$")
        await browser.wait_js(tab, "!!document.querySelector('#plain')")
        await browser.wait_badge(tab, is_grey)

        path = f"/gone-{end}-{browser.name}"
        await pages.open_fake(browser, host, path)
        assert site.seen(host, path) == []

        await own_daemon.start()

        await pages.protected(browser, f"/back-{end}", 15)


async def test_an_official_page_goes_grey_when_the_daemon_goes(
    prepare: Callable[..., Browser], own_daemon: Daemon
) -> None:
    async with running(prepare(own_daemon)) as browser:
        tab = await browser.new_tab()
        await browser.go(tab, f"https://{OFFICIAL}/seen")
        await browser.wait_url(tab, "/seen$")
        await browser.wait_badge(tab, lambda badge: badge["text"] == "✓")
        await own_daemon.stop()
        await browser.go(tab, f"https://{OFFICIAL}/unseen")
        await browser.wait_url(tab, "/unseen$")
        await browser.wait_badge(tab, is_grey, 15)


async def test_a_fake_opened_meanwhile_is_covered_for_what_it_shows_once_the_daemon_is_back(
    prepare: Callable[..., Browser], own_daemon: Daemon, site: Site
) -> None:
    page = next(one for one in recorded() if one.is_fake and one.expect == "DANGER")
    page.serve(site)
    async with running(prepare(own_daemon)) as browser:
        await pages.open_fake(browser)
        await own_daemon.stop()
        tab = await browser.new_tab()
        await browser.go(tab, page.url)
        await browser.wait_js(tab, "location.protocol.startsWith('http') && document.readyState === 'complete'")
        await browser.wait_badge(tab, is_grey, 15)
        await own_daemon.start()
        await pages.covered(browser, tab, 40)
