"""Pages that would hide the bar, by style sheet or by script, and pages that borrow its name."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops

from support import pages
from support.sites import DOUBTFUL_HOSTS
from support.webmail.reading import SCREENSHOTS, press, told, wording

if TYPE_CHECKING:
    from support.browser import Browser, Tab
    from support.daemon import Daemon
    from support.sites import Site

PLAIN = "<!doctype html><html lang=fr><meta charset=utf-8><title>t</title>{}<h1 id=plain>Bonjour</h1>"
SHEETS = {
    "plain": "",
    "zoom": "html { zoom: .01 } body { zoom: 100 }",
    "zoom-to-nothing": "html { zoom: 1e-9 } body { zoom: 1e9 }",
    "zoom-large": "html { zoom: 200 } body { zoom: .005 }",
    "zoom-later": """@keyframes less { to { zoom: .01 } } @keyframes more { to { zoom: 100 } }
      html { animation: less .1s 1s forwards } body { animation: more .1s 1s forwards }""",
    "laid-over": """guetteur-bar::before, guetteur-bar::after { content: 'Page sûre'; position: fixed !important;
      inset: 0 0 auto 0; height: 120px; background: lime; z-index: 2147483647 }""",
    "out-of-sight": """html { visibility: hidden; transform: translateX(-9999px); contain: strict }
      body { visibility: visible } guetteur-bar { display: none !important; opacity: 0 !important; zoom: 0 !important;
      transition: all 999s !important; animation: gone 1s infinite !important; content-visibility: hidden !important }
      @keyframes gone { from, to { display: none; visibility: hidden } }""",
    "unreadable": """html { direction: rtl; font-size: 0; -webkit-text-fill-color: transparent }
      guetteur-bar { letter-spacing: -40px !important; word-spacing: -400px !important; line-height: 0 !important;
      unicode-bidi: bidi-override !important; direction: rtl !important } * { color: transparent !important }""",
}
SCRIPTS = {
    "style": "bar.style.setProperty('display', 'none', 'important')",
    "attributes": """bar.setAttribute('style', 'opacity: 0'); bar.hidden = bar.inert = true; bar.ariaHidden = 'true';
      bar.removeAttribute('role')""",
    "taken-out": "bar.remove()",
    "moved": "document.body.append(document.createElement('div')); document.body.lastChild.hidden = true;"
    "document.body.lastChild.append(bar)",
    "another-root": "document.documentElement.replaceWith(document.createElement('html'))",
}
SETTLED = "new Promise((done) => setTimeout(() => done(true), 1300))"
STRIP = (0, 0, 900, 40)


async def barred(browser: Browser, site: Site, daemon: Daemon, path: str, extra: str = "") -> Tab:
    """Open a doubtful page with this in its head, and wait until the bar has spoken."""
    host = await daemon.first("CAUTION", DOUBTFUL_HOSTS)
    tab = await browser.new_tab()
    await browser.go(tab, site.page(host, path, PLAIN.format(extra)))
    await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
    await told(browser, tab, pages.BAR)
    return tab


async def strip(browser: Browser, tab: Tab, name: str) -> Image.Image:
    """Return what is on screen where the bar's words stand; the whole is kept for people to look at."""
    shot = await browser.screenshot(tab)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"hiding-{name}-{browser.name}.png").write_bytes(shot)
    return Image.open(io.BytesIO(shot)).convert("RGB").crop(STRIP)


def differing(one: Image.Image, other: Image.Image) -> float:
    """How much of two pictures is not the same, of 1."""
    difference = ImageChops.difference(one, other).convert("L").point(lambda step: 255 if step > 40 else 0)
    return difference.histogram()[255] / (one.width * one.height)


async def test_no_style_sheet_hides_the_bar(browser: Browser, site: Site, daemon: Daemon) -> None:
    seen = {}
    for name, sheet in SHEETS.items():
        tab = await barred(browser, site, daemon, f"/{name}", f"<style>{sheet}</style>")
        await browser.eval(tab, SETTLED)
        seen[name] = await strip(browser, tab, name)
        await press(browser, tab, wording("barClose", "en"), pages.BAR)
        await browser.wait_js(tab, f"!document.querySelector('{pages.BAR}')", what=f"{name}: closed by its button")
        await browser.close_tab(tab)
    assert len(seen["plain"].getcolors(1 << 16) or []) > 20, "words on a ground"
    assert {name: share for name, one in seen.items() if (share := differing(one, seen["plain"])) > 0.01} == {}


@pytest.mark.parametrize("name", SCRIPTS)
async def test_the_bar_comes_back_as_it_was(browser: Browser, site: Site, daemon: Daemon, name: str) -> None:
    tab = await barred(browser, site, daemon, "/script")
    plain = await strip(browser, tab, "script")
    given = "document.querySelector('guetteur-bar').getAttributeNames().map((name) => [name, bar.getAttribute(name)])"
    before = await browser.eval(tab, f"((bar) => {given})(document.querySelector('guetteur-bar'))")
    await browser.eval(tab, f"((bar) => {{ {SCRIPTS[name]}; return true }})(document.querySelector('guetteur-bar'))")
    await browser.wait_js(tab, f"document.querySelector('{pages.BAR}')?.parentNode === document.documentElement")
    await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 300))")
    after = await browser.eval(tab, f"((bar) => {given})(document.querySelector('guetteur-bar'))")
    assert dict(after) == dict(before)
    assert differing(await strip(browser, tab, f"script-{name}"), plain) < 0.01
    await browser.close_tab(tab)


async def test_a_page_that_never_gives_up_does_not_hang(browser: Browser, site: Site, daemon: Daemon) -> None:
    tab = await barred(browser, site, daemon, "/fight")
    fight = """(() => { const bar = document.querySelector('guetteur-bar'); window.rounds = 0;
      new MutationObserver(() => { window.rounds++; bar.style.setProperty('display', 'none', 'important') })
        .observe(bar, { attributes: true });
      bar.inert = true; return true })()"""
    assert await browser.eval(tab, fight)
    await browser.wait_js(tab, "window.rounds > 10")
    await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 500))")
    assert await browser.eval(tab, "window.rounds") < 50
    await browser.close_tab(tab)


async def test_our_own_words_are_none_of_the_page(browser: Browser, site: Site, daemon: Daemon) -> None:
    """What the bar says of scams would otherwise be read as a page that warns of them."""
    copy = """(() => { const copy = document.createElement('guetteur-bar'); document.documentElement.append(copy);
      copy.attachShadow({ mode: 'closed' }).innerHTML = '<p>Un mot de la page.</p><input name=code>';
      return true })()"""
    tab = await barred(browser, site, daemon, "/words")
    assert await browser.eval(tab, copy)
    url = json.dumps(await browser.url(tab))
    page = await browser.extension(
        f"const [tab] = (await api.tabs.query({{}})).filter((one) => one.url === {url});"
        "const func = () => globalThis.guetteurDescribe(() => false, () => false).page;"
        "return (await api.scripting.executeScript({ target: { tabId: tab.id }, func }))[0].result"
    )
    assert " ".join(page["text"].split()) == "Bonjour Un mot de la page."
    assert [field["words"] for field in page["fields"]] == ["Un mot de la page. | code"]
    await browser.close_tab(tab)
