"""Text from addresses and from the daemon is shown, never parsed: no field becomes an element, a script or a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from support import pages
from support.browser import running
from support.sites import FAKE, GOOD
from support.stub_host import HOSTILE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser, Tab
    from support.sites import Site

#: Also looks into open and closed shadow roots as far as a page can, and for links that are not web addresses.
HARM = """(() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)];
  const found = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  const links = found('a[href], area[href], form[action], iframe[src]')
    .map((e) => e.getAttribute('href') ?? e.getAttribute('action') ?? e.getAttribute('src'));
  return [
    ...(document.documentElement.dataset.pwned ? ['ran: ' + document.documentElement.dataset.pwned] : []),
    ...found('.pwned, [onerror], img[src="x"]').map((e) => e.outerHTML.slice(0, 80)),
    ...links.filter((href) => /^\\s*(javascript|data|file|vbscript):/i.test(href)),
  ];
})()"""

URLS = (
    f"http://{FAKE}/%3Cimg%20class=pwned%20src=x%20onerror=alert(1)%3E?q=<img class=pwned src=x>#<script>",
    f"http://{FAKE}/'\"><img src=x class=pwned onerror=document.documentElement.dataset.pwned=1>",
    f"http://<user>:<img%20class=pwned>@{FAKE}/",
    f"http://{FAKE}/?{'a' * 3000}<b class=pwned>",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(factory: Callable[[str], Callable[..., Browser]], engine: str) -> AsyncIterator[Browser]:
    """A browser whose "daemon" is the stub that answers attacks."""
    async with running(factory(engine)(None)) as browser:
        yield browser


async def harm(browser: Browser, tab: Tab) -> list[str]:
    found = await browser.eval(tab, HARM)
    return list(found)


async def test_addresses_stay_text_on_the_warning_page(browser: Browser, site: Site) -> None:
    for url in URLS:
        tab = await browser.new_tab()
        await browser.go(tab, url)
        await pages.covered(browser, tab)
        await browser.click(tab, pages.WHY)
        assert await harm(browser, tab) == []
        await browser.close_tab(tab)


async def test_a_hostile_answer_stays_text_on_the_warning_page(hostile: Browser, site: Site) -> None:
    tab = await hostile.new_tab()
    await hostile.go(tab, f"http://{GOOD}/danger")
    text = await pages.covered(hostile, tab)
    assert "<img src=x class=pwned" in text
    assert await harm(hostile, tab) == []
    for button in (pages.WHY, pages.DETAILS, pages.HOME):
        if await hostile.eval(tab, f"!!document.querySelector('{button}')?.offsetWidth"):
            await hostile.click(tab, button)
    assert await harm(hostile, tab) == []


async def test_a_hostile_answer_stays_text_in_the_bar(hostile: Browser, site: Site) -> None:
    tab = await hostile.new_tab()
    await hostile.go(tab, f"http://{GOOD}/caution")
    await hostile.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
    assert await harm(hostile, tab) == []
    nodes = await hostile.shadow(tab, pages.BAR)
    assert any("<img src=x class=pwned" in text for _, _, text in nodes)
    assert not {name for name, _, _ in nodes} & {"img", "script", "b", "iframe", "object"}
    assert not [
        attributes for _, attributes, _ in nodes if "onerror" in attributes or attributes.get("class") == "pwned"
    ]


async def test_a_hostile_answer_stays_text_in_every_other_page(hostile: Browser, site: Site) -> None:
    shown = await hostile.new_tab()
    await hostile.go(shown, f"http://{GOOD}/official")
    await hostile.wait_js(shown, "!!document.querySelector('#plain')")
    for path in pages.plain_pages(hostile):
        tab = await hostile.open_extension_page(path)
        await hostile.eval(tab, "new Promise((done) => setTimeout(() => done(true), 300))")
        assert await harm(hostile, tab) == [], path
        await hostile.close_tab(tab)


async def test_hostile_titles_and_hosts_in_a_page(browser: Browser, site: Site) -> None:
    """A page may call itself anything; nothing of it is copied into ours as markup."""
    body = f"<!doctype html><title>{HOSTILE.replace('<', '&lt;')}</title><h1 id=plain>x</h1>"
    url = site.page("mon-espace-ameli.fr", "/hostile", body)
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await browser.wait_url(tab, r"ameli|warning\.html")
    await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 500))")
    assert await harm(browser, tab) == []
