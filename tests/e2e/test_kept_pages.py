"""Pages a browser has kept and shows again without a new visit: in memory for Back, or from the last session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from guetteur.publish.sync_blocklists import PUBLISHED
from support import pages
from support.browser import BrowserError, running, until
from support.daemon import Daemon
from support.maintainer import PASSPHRASE, Maintainer
from support.recorded import recorded
from support.sites import FAKE, FAKE_COLOUR, GOOD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.browser import Browser, Tab
    from support.sites import Site

NEW = "gardee-en-memoire.com"
#: Unlike the pages of ``Site`` it may be kept: nothing in its headers forbids it.
KEPT = f"<!doctype html><title>Impots.gouv.fr</title><body style='background:rgb{FAKE_COLOUR}'><h1 id=card>x</h1>"
GONE = "document.readyState === 'complete' && !!document.querySelector('#plain')"


def keep(site: Site, host: str, text: str = KEPT) -> None:
    """Serve one page at every address of a host, without a word on how long it may be kept."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="text/html")

    site.servers[host] = answer


async def move(browser: Browser, tab: Tab, js: str) -> None:
    """Let a page go elsewhere."""
    await browser.eval(tab, f"(setTimeout(() => {{ {js} }}), true)")


async def opened_and_left(browser: Browser, url: str) -> Tab:
    """Open a page that nobody warns of, leave it, and make sure that Back would show the very same one."""
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await browser.wait_js(tab, "location.protocol === 'http:' && document.readyState === 'complete'")
    await browser.wait_js(tab, pages.SHOWN)
    await browser.eval(tab, "(window.kept = true)")
    await move(browser, tab, f"location.href = 'http://{GOOD}/away'")
    await browser.wait_js(tab, GONE)
    await move(browser, tab, "history.back()")
    await browser.wait_js(tab, f"location.href === {json.dumps(url)} && window.kept === true")
    await move(browser, tab, "history.forward()")
    await browser.wait_js(tab, GONE)
    return tab


async def test_a_page_opened_while_nobody_could_judge_it_is_judged_when_one_comes_back(
    prepare: Callable[..., Browser], own_daemon: Daemon, site: Site
) -> None:
    """One gives itself away by its name, the other by what it shows alone."""
    telling = next(one for one in recorded() if one.is_fake and one.expect == "DANGER")
    innocent = telling.url.partition("//")[2].partition("/")[0]
    named = f"memoire.{FAKE}"
    keep(site, named)
    keep(site, innocent, telling.text())
    try:
        await own_daemon.stop()
        async with running(prepare(own_daemon)) as browser:
            tabs = [await opened_and_left(browser, f"http://{host}/kept") for host in (named, innocent)]
            await own_daemon.start()
            await pages.protected(browser, "/again")
            asked = [len(site.seen(host, "/kept")) for host in (named, innocent)]
            for tab in tabs:
                await browser.front(tab)
                await move(browser, tab, "history.back()")
                await pages.covered(browser, tab)
            assert [len(site.seen(host, "/kept")) for host in (named, innocent)] == asked, "kept, not asked for again"
    finally:
        del site.servers[named], site.servers[innocent]


async def test_a_page_that_came_onto_the_list_meanwhile_is_covered_when_one_comes_back(
    prepare: Callable[..., Browser], site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUETTEUR_KEY_PASSPHRASE", PASSPHRASE)
    maintainer = Maintainer(tmp_path)
    keep(site, NEW)
    async with TestServer(maintainer.app(), host="127.0.0.1") as server:
        mirror = str(server.make_url("/mirror/"))
        maintainer.feeds = {"one": "".join(f"old-{n}.com\n" for n in range(200)), "two": "http://other.com/x\n"}
        assert (await maintainer.publish(mirror))[0] == PUBLISHED
        published = str(server.make_url("/published/"))
        daemon = Daemon({"GUETTEUR_LISTS_URL": published, "GUETTEUR_LISTS_ROOT": str(maintainer.root)})
        await daemon.start()
        try:
            assert (await daemon.ask("/v1/lists/sync", {}))["outcome"] == "updated"
            async with running(prepare(daemon)) as browser:
                tab = await opened_and_left(browser, f"http://{NEW}/kept")
                maintainer.feeds["one"] += f"{NEW}\n"
                assert (await maintainer.publish(mirror))[0] == PUBLISHED
                assert (await daemon.ask("/v1/lists/sync", {}))["outcome"] == "updated"
                await pages.protected(browser, "/again")  # any answer brings the news
                asked = len(site.seen(NEW, "/kept"))
                await browser.front(tab)
                await move(browser, tab, "history.back()")
                await pages.covered(browser, tab)
                assert len(site.seen(NEW, "/kept")) == asked
        finally:
            await daemon.close()
            del site.servers[NEW]


async def open_tabs(browser: Browser) -> list[dict[str, Any]]:
    """What the browser itself says of its tabs: one that was restored and never looked at has no page to ask."""
    try:
        found = await browser.extension(
            "return (await api.tabs.query({})).map(({id, url, pendingUrl, active, discarded}) =>"
            " ({id, url: pendingUrl || url, active, discarded}))"
        )
    except TimeoutError as error:  # a browser that is restoring its tabs forgets what a new one should open
        raise BrowserError(str(error)) from error
    return list(found)


@pytest.mark.parametrize("comes", ["before", "after"])
async def test_a_restored_fake_is_covered(
    prepare: Callable[..., Browser], own_daemon: Daemon, site: Site, comes: str
) -> None:
    """They were opened while no daemon was there; it comes before the browser starts again, or after."""
    paths = [f"/restored-{comes}-{number}" for number in range(3)]
    browser = prepare(own_daemon)
    browser.setup.restored = True
    await own_daemon.stop()
    async with running(browser):
        for path in paths:
            tab = await browser.new_tab()
            await browser.go(tab, f"http://{FAKE}{path}")
            await browser.wait_js(tab, "!!document.querySelector('#card')")
    if comes == "before":
        await own_daemon.start()
    async with running(type(browser)(browser.setup)) as again:
        if comes == "after":

            async def restored() -> bool:
                found = [tab["url"] for tab in await open_tabs(again)]
                return all(f"http://{FAKE}{path}" in found for path in paths)

            await until(restored, f"{again.name}: the tabs of the last session", 30)
            await own_daemon.start()
            await pages.protected(again, "/again")

        async def covered() -> bool:
            found = [tab["url"] for tab in await open_tabs(again)]
            left = [url for url in found if FAKE in url]
            return not left and sum("/warning/" in url for url in found) == len(paths)

        await until(covered, f"{again.name}: every restored tab", 30, lambda: open_tabs(again))
        asked = [len(site.seen(FAKE, path)) for path in paths]
        for tab in await open_tabs(again):
            if "/warning/" in tab["url"]:
                await again.extension(f"await api.tabs.update({tab['id']}, {{ active: true }}); return true")
        await again.extension("return new Promise((done) => setTimeout(() => done(true), 500))")
        assert await covered()
        assert [len(site.seen(FAKE, path)) for path in paths] == asked, "what is looked at now is the warning"
