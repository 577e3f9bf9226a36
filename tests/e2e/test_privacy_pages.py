"""What left this computer, warnings that were kept, sites one knows, whose lists: through the daemon, by eye, axe."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support import axe, pages
from support.browser import running, until
from support.daemon import Daemon
from support.sites import DOUBTFUL_HOSTS, FAKE, GOOD

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser, Tab
    from support.sites import Site

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or ROOT / "build/screenshots")
PRIVACY = "pages/privacy/privacy.html"
OPTIONS = "pages/options/options.html"
READY = "document.body?.dataset.ready === 'true'"


async def show(browser: Browser, path: str) -> Tab:
    tab = await browser.open_extension_page(path)
    await browser.wait_js(tab, READY, 30)
    return tab


async def reload(browser: Browser, tab: Tab) -> None:
    """Load a page again; what was there before no longer counts as ready."""
    await browser.eval(tab, "(delete document.body.dataset.ready, setTimeout(() => location.reload()), true)")
    await browser.wait_js(tab, READY, 30)


async def text(browser: Browser, tab: Tab, selector: str) -> str:
    """What an element says, with plain spaces."""
    said = await browser.eval(tab, f"document.querySelector({selector!r})?.innerText ?? ''")
    return str(said).replace("\u00a0", " ").strip()


async def says(browser: Browser, tab: Tab, selector: str, pattern: str, timeout: float = 10) -> str:
    """Wait until an element says something."""

    async def look() -> str | None:
        said = await text(browser, tab, selector)
        return said if re.search(pattern, said) else None

    return await until(look, f"{selector}: {pattern}", timeout, lambda: text(browser, tab, selector))


async def judge(browser: Browser, tab: Tab, name: str, lang: str, look_at: str = "h1") -> None:
    """Pictures to look at, no axe finding, and nothing that needs scrolling sideways at 320 pixels."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in ((1280, 900), (320, 1200)):
        await browser.resize(tab, width, height)
        await browser.eval(tab, f"(document.querySelector('{look_at}').scrollIntoView(), true)")
        await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 250))")
        picture = SCREENSHOTS / f"{name}-{lang}-{browser.name}-{width}.png"
        picture.write_bytes(await browser.screenshot(tab))
        assert await browser.eval(tab, "document.scrollingElement.scrollWidth <= innerWidth"), (name, width)
        assert await axe.violations(browser, tab) == []
    await browser.resize(tab, 1280, 800)


async def kept(daemon: Daemon) -> list[dict[str, Any]]:
    """Return the warnings the daemon keeps, the newest first."""
    answer = await daemon.ask("/v1/history/clear", {"ids": []})
    return list(answer["entries"])


def note(daemon: Daemon, days_ago: int, purpose: Any, to: str, what: str, outcome: Any, times: int = 1) -> None:
    """Write into a stopped daemon's log what it would have written on a day in the past."""
    from guetteur.egress import Left
    from guetteur.store.database import StateDatabase
    from guetteur.store.egress import EgressLog
    from guetteur.store.person import FILE_NAME

    at = datetime.now(UTC) - timedelta(days=days_ago)
    database = StateDatabase(daemon.settings.state_dir / FILE_NAME)
    log = EgressLog(database, lambda: at)
    for _ in range(times):
        log.ended(Left(purpose, to, what), log.begun(Left(purpose, to, what)), outcome)
    log.close()
    database.close()


async def test_what_left_is_shown_and_cleared(prepare: Callable[..., Browser], aged: Daemon, site: Site) -> None:
    doubtful = await aged.first("CAUTION", DOUBTFUL_HOSTS)
    async with running(prepare(aged)) as browser:
        await pages.set_language(browser, "fr")
        page = await show(browser, PRIVACY)
        assert await text(browser, page, "#log") == "Rien n’est parti."
        assert "ne l’avez pas permis" in await text(browser, page, "#age")
        await judge(browser, page, "privacy-empty", "fr")
        await browser.extension("await api.storage.local.set({ageLookups: true}); return true")
        tab = await browser.new_tab()
        await browser.go(tab, f"http://{doubtful}/privacy?secret=1")

        async def noted() -> bool:
            await reload(browser, page)
            return doubtful in await text(browser, page, "#log")

        assert await until(noted, "the line", 20, pause=0.5)
        said = await text(browser, page, "#log")
        assert re.search(rf"\d+ h \d\d\s+à rdap\.registry\.test : le nom {re.escape(doubtful)} \(âge du site\)", said)
        assert "secret" not in said
        assert await text(browser, page, "#age") == "Vous l’avez permis."
        await browser.front(page)  # behind another tab Firefox does not scroll to what was just shown
        await browser.click(page, ".clear button")
        await browser.click(page, ".sure .button:not(.quiet)")  # no
        assert doubtful in await text(browser, page, "#log")
        await browser.click(page, ".clear button")
        await browser.click(page, ".sure .quiet")
        await says(browser, page, "#log", "Rien n’est parti")
        assert await text(browser, page, "#said") == "La liste est effacée."
        await reload(browser, page)
        assert await text(browser, page, "#log") == "Rien n’est parti."


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_full_log_by_eye(prepare: Callable[..., Browser], own_daemon: Daemon, lang: str) -> None:
    await own_daemon.stop()
    note(own_daemon, 3, "timestamp", "tsa.example.org", "", "refused")
    note(own_daemon, 2, "report", "report.netcraft.com", "netcraft", "answered")
    note(own_daemon, 2, "lookup", "dns", "connexion-bancaire-verification-securite.example.com", "answered")
    note(own_daemon, 0, "watch", "faux-colis.example", "faux-colis.example", "failed", 4)
    note(own_daemon, 0, "age", "rdap.nic.fr", "exemple.fr", "answered")
    note(own_daemon, 0, "lists", "listes.example.org", "", "answered", 6)
    await own_daemon.start()
    async with running(prepare(own_daemon)) as browser:
        await pages.set_language(browser, lang)
        page = await show(browser, PRIVACY)
        assert await browser.eval(page, "document.querySelectorAll('.day').length") == 3
        assert await browser.eval(page, "document.querySelectorAll('.day[open] li').length") == 3
        await judge(browser, page, "privacy", lang)
        await browser.eval(page, "document.querySelectorAll('.day').forEach((e) => { e.open = true })")
        await judge(browser, page, "privacy-log", lang, "#log-title")


async def test_a_log_with_a_gap_says_so(prepare: Callable[..., Browser], own_daemon: Daemon) -> None:
    """The file of choices was damaged: it is begun anew, and what stood in it is missing."""
    from guetteur.store.person import FILE_NAME

    await own_daemon.stop()
    (own_daemon.settings.state_dir / FILE_NAME).write_bytes(b"no database" * 500)
    await own_daemon.start()
    async with running(prepare(own_daemon)) as browser:
        await pages.set_language(browser, "fr")
        page = await show(browser, PRIVACY)
        assert "il manque des lignes" in await text(browser, page, "#log .note")
        assert "Rien" not in await text(browser, page, "#log")  # nobody knows
        await judge(browser, page, "privacy-gap", "fr", "#log-title")
        await browser.click(page, ".clear button")
        await browser.click(page, ".sure .quiet")
        await says(browser, page, "#log", "^Rien n’est parti")


async def test_without_the_daemon_it_is_said(prepare: Callable[..., Browser], own_daemon: Daemon) -> None:
    async with running(prepare(own_daemon)) as browser:
        await pages.set_language(browser, "fr")
        await own_daemon.stop()
        page = await show(browser, PRIVACY)
        await says(browser, page, "#log", "ne peut pas être montrée")
        await judge(browser, page, "privacy-away", "fr", "#log-title")
        options = await show(browser, OPTIONS)
        await says(browser, options, "#history-place", "ne peuvent pas être montrées")
        await says(browser, options, "#lists-place", "ne peuvent pas être montrées")
        await judge(browser, options, "options-history-away", "fr", "#history-title")
        await own_daemon.start()

        async def shown() -> bool:
            await browser.eval(page, "(document.querySelector('#log button')?.click(), true)")
            return await text(browser, page, "#log") == "Rien n’est parti."

        assert await until(shown, "the log", 30, pause=0.5)
        await browser.click(options, "#history-place button")
        await browser.wait_js(options, "!document.querySelector('#history-place').hasChildNodes()")
        await browser.click(options, "#lists-place button")
        await says(browser, options, "#lists-place", "sites")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_warnings_are_kept_only_where_that_is_wanted(
    prepare: Callable[..., Browser], own_daemon: Daemon, lang: str, site: Site
) -> None:
    daemon = own_daemon
    doubtful = await daemon.first("CAUTION", DOUBTFUL_HOSTS)
    async with running(prepare(daemon)) as browser:
        await pages.set_language(browser, lang)
        options = await show(browser, OPTIONS)
        assert not await browser.eval(options, "document.querySelector('#history').checked")
        tab = await pages.open_fake(browser, FAKE, "/before")
        assert await kept(daemon) == []

        await browser.click(options, "#history")
        await says(browser, options, "#history-place", "Aucune" if lang == "fr" else "No warning")
        await browser.go(tab, f"http://{GOOD}/between")
        await browser.wait_js(tab, "!!document.querySelector('#plain')")
        for path in ("/one", "/two"):
            await pages.open_fake(browser, FAKE, path)
        await browser.go(tab, f"http://{doubtful}/bar")
        await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")

        async def all_kept() -> list[tuple[str, str, int]] | None:
            found = [(one["host"], one["level"], one["times"]) for one in await kept(daemon)]
            return found if len(found) == 2 else None

        found = await until(all_kept, "the warnings", 10)
        # Said once however often the page is judged.
        await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 1500))")
        assert await all_kept() == found == [(doubtful, "CAUTION", 1), (FAKE, "DANGER", 2)]

        await reload(browser, options)
        await browser.click(options, "#history-place summary")
        lines = await text(browser, options, "#history-place ul")
        for word in (FAKE, doubtful, "Danger", *(("2 fois",) if lang == "fr" else ("2 times",))):
            assert word in lines
        await judge(browser, options, "options-history", lang, "#history-title")

        await browser.click(options, "#history-place li button")
        await says(browser, options, "#history-place", "1 alerte gardée" if lang == "fr" else "1 warning kept")
        assert [one["host"] for one in await kept(daemon)] == [FAKE]
        await browser.click(options, "#history")  # off: what is there already may stay, or go
        await browser.wait_js(options, "!!document.querySelector('#history-off .sure').offsetWidth")
        await judge(browser, options, "options-history-off", lang, "#history-title")
        await browser.click(options, "#history-off .button:not(.quiet)")
        assert [one["host"] for one in await kept(daemon)] == [FAKE]
        await browser.click(options, "#history-place details > div button")
        await browser.click(options, "#history-place .sure .quiet")
        await browser.wait_js(options, "!document.querySelector('#history-place').hasChildNodes()")
        assert await kept(daemon) == []
        await pages.open_fake(browser, FAKE, "/after")
        assert await kept(daemon) == []


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_sites_one_knows_are_taken_back_put_back_and_added(browser: Browser, daemon: Daemon, lang: str) -> None:
    async def known() -> list[str]:
        answer = await daemon.ask("/v1/exceptions", {"action": "list"})
        return [one["host"] for one in answer["exceptions"]]

    await pages.set_language(browser, lang)
    try:
        options = await show(browser, OPTIONS)
        await browser.click(options, "#exception-add summary")
        await browser.click(options, "#exception-host")
        await browser.press(options, "mon club")
        await browser.press(options, "Enter")
        await browser.wait_js(options, "document.querySelector('#exception-fault').textContent.length > 20")
        await judge(browser, options, "options-exception-fault", lang, "#exceptions-title")
        await browser.eval(options, "(document.querySelector('#exception-host').value = '', true)")
        await browser.click(options, "#exception-host")
        await browser.press(options, "https://www.mon-club.example/accueil")
        await browser.press(options, "Enter")
        await says(browser, options, ".setting + .sure", r"www\.mon-club\.example")
        assert await known() == []
        await browser.click(options, ".setting + .sure .quiet")
        await browser.wait_js(options, "!!document.querySelector('#exceptions li')")
        assert await known() == ["mon-club.example"]
        assert not await browser.eval(options, "document.querySelector('#exceptions-undo').offsetWidth")

        await browser.click(options, "#exceptions button")
        await browser.wait_js(options, "!document.querySelector('#exceptions li')")
        assert await known() == []
        await browser.wait_js(options, "document.activeElement?.id === 'exceptions-undo'")
        await judge(browser, options, "options-exception-undo", lang, "#exceptions-title")
        await browser.click(options, "#exceptions-undo")
        await browser.wait_js(options, "!!document.querySelector('#exceptions li')")
        assert await known() == ["mon-club.example"]
        assert not await browser.eval(options, "document.querySelector('#exceptions-undo').offsetWidth")
    finally:
        for host in await known():
            await daemon.ask("/v1/exceptions", {"action": "remove", "host": host})
        await pages.set_language(browser, "auto")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_lists_say_whose_they_are(browser: Browser, daemon: Daemon, lang: str) -> None:
    await pages.set_language(browser, lang)
    try:
        options = await show(browser, f"{OPTIONS}#lists")
        said = await text(browser, options, "#lists-place")
        status = await daemon.status()
        assert status
        assert status["lists"]["version"] in said
        assert await browser.eval(options, "document.querySelectorAll('#lists-place li').length") > 0
        await judge(browser, options, "options-lists", lang, "#lists")
    finally:
        await pages.set_language(browser, "auto")
