"""Programs that hang, die, race: what the person sees meanwhile, and that protection comes back by itself.

The table in docs/reference/failures.md names these tests.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support import pages, processes
from support.browser import running, until
from support.daemon import Daemon
from support.report_doubles import Doubles
from support.sites import FAKE, FAKE_HOSTS, GOOD, OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser, Tab
    from support.sites import Site

ROOT = Path(__file__).parents[2]
REPORT_DAEMON = ROOT / "tests/support/report_daemon.py"
SAID_S = 6
"""The badge of a page that gets no answer says so within two seconds; a busy machine gets a few more."""

HEALED_S = 90
"""An extension that has given the daemon up asks again after a minute at most."""

RECEIPT = '!!document.querySelector(\'.receipt[data-channel="netcraft"][data-state="accepted"]\')'
SCREEN = "document.body.dataset.screen === '{}' && document.querySelector('#screen').ariaBusy !== 'true'"


def says_unprotected(badge: dict[str, object]) -> bool:
    return badge["text"] == "?"


async def listed_host(browser: Browser, daemon: Daemon) -> str:
    """A host of the starter list, once the browser blocks by it."""
    answer = await daemon.ask("/v1/lists/hosts", {"base": None, "cursor": 0})
    host = next(host for host in answer["hosts"] if host.endswith(".fr") and "_" not in host)

    async def loaded() -> bool:
        return bool(
            await browser.extension(
                "const rules = await api.declarativeNetRequest.getDynamicRules();"
                f"return rules.some((rule) => rule.condition.requestDomains?.includes({host!r}))"
            )
        )

    await until(loaded, f"{browser.name}: the list", 20, pause=0.2)
    return str(host)


async def shows(browser: Browser, tab: Tab, url: str) -> None:
    """Open an ordinary page and wait until it can be read."""
    await browser.go(tab, url)
    await browser.wait_js(tab, f"location.href === {json.dumps(url)} && !!document.querySelector('#plain')")
    await browser.wait_js(tab, pages.SHOWN)


async def popup_text(browser: Browser, url: str) -> str:
    """What the popup says of a tab that shows an address."""
    number = await browser.extension(
        f"return (await api.tabs.query({{}})).filter((tab) => tab.url === {json.dumps(url)}).at(-1)?.id ?? null"
    )
    popup = await browser.open_extension_page(f"pages/popup/popup.html?tab={number}")
    await browser.wait_js(popup, "document.body.dataset.ready === 'true'", 15)
    text = str(await browser.eval(popup, "document.body.innerText"))
    await browser.close_tab(popup)
    return text


async def pid_of(daemon: Daemon) -> int:
    status = await daemon.status()
    assert status is not None
    return int(status["pid"])


@pytest.mark.parametrize("end", ["goes-on", "is-killed"])
async def test_a_daemon_that_hangs_is_said_and_heals(
    prepare: Callable[..., Browser], own_daemon: Daemon, site: Site, end: str
) -> None:
    async with running(prepare(own_daemon)) as browser:
        await pages.set_language(browser, "fr")
        host = await listed_host(browser, own_daemon)
        tab = await browser.new_tab()
        await browser.go(tab, f"https://{OFFICIAL}/before-{end}")
        await browser.wait_badge(tab, lambda badge: badge["text"] == "✓")
        pid = await pid_of(own_daemon)
        with processes.frozen(pid):
            url = f"http://{GOOD}/hung-{end}"
            await shows(browser, tab, url)
            assert (await browser.badge(tab))["text"] != "✓", "the page before it was the State's, this one is not"
            badge = await browser.wait_badge(tab, says_unprotected, SAID_S)
            assert "n’a pas été vérifiée" in badge["title"]
            text = await popup_text(browser, url)
            assert "Non protégé" in text
            assert "ne répond pas" in text
            assert "veille" not in text
            # What a list names is covered all the same, and never asked for.
            path = f"/hung-{end}-{browser.name}"
            await pages.open_fake(browser, host, path)
            assert site.seen(host, path) == []
            if end == "is-killed":
                os.kill(pid, signal.SIGKILL)
        # The open page is judged by itself; nobody has to load it again.
        await browser.wait_badge(tab, lambda badge: badge["text"] == "", HEALED_S)
        await pages.protected(browser, f"/healed-{end}", HEALED_S)
        assert (await pid_of(own_daemon) == pid) == (end == "goes-on")


async def test_a_relay_that_hangs_is_replaced(prepare: Callable[..., Browser], own_daemon: Daemon) -> None:
    async with running(prepare(own_daemon)) as browser:
        await pages.open_fake(browser)
        stuck = processes.relays(own_daemon.home)
        assert len(stuck) == 1
        with processes.frozen(*stuck):
            tab = await browser.new_tab()
            await shows(browser, tab, f"http://{GOOD}/relay")
            await browser.wait_badge(tab, says_unprotected, SAID_S)
            await pages.protected(browser, "/relay-replaced", HEALED_S)
            assert set(processes.relays(own_daemon.home)) - set(stuck)
            await browser.wait_badge(tab, lambda badge: badge["text"] == "", HEALED_S)


async def test_a_browser_killed_over_warnings_comes_back_as_it_should_be(
    prepare: Callable[..., Browser], own_daemon: Daemon, site: Site
) -> None:
    first = prepare(own_daemon)
    async with running(first):
        host = await listed_host(first, own_daemon)
        await pages.open_fake(first, FAKE, "/standing")
        tab = await pages.open_fake(first, host, "/wanted")
        await pages.proceed(first, tab)
        await first.wait_url(tab, f"^http://{host}/wanted")
        processes.kill(processes.browser(first.setup.profile))

    async with running(type(first)(first.setup)) as browser:
        rules = await browser.extension("return (await api.declarativeNetRequest.getSessionRules()).length")
        assert rules == 0, "what one tab was let through to ends with the browser"
        await pages.open_fake(browser, host, "/at-once")
        # Killed soon after it got the list, a browser may have to fetch it anew; from then on nothing is asked for.
        assert await listed_host(browser, own_daemon) == host
        path = f"/after-kill-{browser.name}"
        await pages.open_fake(browser, host, path)
        assert site.seen(host, path) == []
        await pages.open_fake(browser, FAKE, "/after-kill")
        tab = await browser.new_tab()
        await shows(browser, tab, f"http://{GOOD}/after-kill")
        await shows(browser, tab, f"https://{OFFICIAL}/after-kill")
        await browser.wait_badge(tab, lambda badge: badge["text"] == "✓")


async def test_a_report_goes_on_when_the_browser_is_killed(prepare: Callable[..., Browser], tmp_path: Path) -> None:
    doubles = Doubles()
    netcraft = await doubles.add("netcraft")
    opened, take = asyncio.Event(), netcraft.netcraft

    async def slow(request: object) -> object:
        await opened.wait()
        return await take(request)  # type: ignore[arg-type]

    netcraft.netcraft = slow  # type: ignore[method-assign, assignment]
    bases = tmp_path / "bases.json"
    bases.write_text(json.dumps(doubles.bases), "utf-8")
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    desk = Daemon(keyring, command=(str(REPORT_DAEMON), str(bases)))
    await desk.start()
    try:
        await desk.ask("/v1/report/channels", {"id": "email", "value": "claire@exemple.fr"})
        first = prepare(desk)
        async with running(first):
            tab = await pages.open_fake(first, FAKE, "/report")
            before = await first.tabs()
            await first.click(tab, "#report")
            report = await first.wait_new_tab(before)
            await first.wait_js(report, SCREEN.format("preview"), 20)
            await first.click(report, "#send")
            await first.wait_js(report, SCREEN.format("receipt"), 20)
            case = await first.eval(report, "location.hash.slice('#case='.length)")

            async def asked() -> bool:
                return netcraft.asked > 0

            await until(asked, "the report on its way", 20)
            processes.kill(processes.browser(first.setup.profile))
        opened.set()

        async with running(type(first)(first.setup)) as browser:
            report = await browser.open_extension_page(f"pages/report/report.html#case={case}")
            await browser.wait_js(report, RECEIPT, 30)
        assert len(netcraft.taken) == 1
    finally:
        opened.set()
        await desk.close()
        await doubles.close()


@pytest.fixture
def engines(factory: Callable[[str], Callable[..., Browser]]) -> dict[str, Callable[..., Browser]]:
    """Both engines' builders of browsers."""
    wanted = os.environ.get("GUETTEUR_BROWSERS", "chromium,firefox").split(",")
    if set(wanted) != {"chromium", "firefox"}:
        pytest.skip("needs Chromium and Firefox")
    return {name: factory(name) for name in wanted}


async def test_two_browsers_and_two_profiles_share_one_daemon(
    engines: dict[str, Callable[..., Browser]], own_daemon: Daemon
) -> None:
    known = FAKE_HOSTS[2]
    pid = await pid_of(own_daemon)
    first, second = (engines["chromium"](own_daemon) for _ in range(2))
    third = engines["firefox"](own_daemon)
    async with running(second):
        async with running(third):
            async with running(first):
                for browser in (first, second, third):
                    await pages.open_fake(browser, known, "/before")
                await first.extension(
                    f"return api.runtime.sendMessage({{type: 'options.except', host: {known!r}, on: true}})"
                )
                # What the person knows in one browser they know in the others.
                for browser in (first, second, third):
                    tab = await browser.new_tab()
                    await browser.go(tab, f"http://{known}/known")
                    await browser.wait_js(tab, "!!document.querySelector('#card')")
            # One is closed, one is killed: the daemon stays, and so does the others' protection.
            await pages.open_fake(second, FAKE, "/first-closed")
            await pages.open_fake(third, FAKE, "/first-closed")
            processes.kill(processes.browser(third.setup.profile))
        await pages.open_fake(second, FAKE, "/third-killed")
    assert await pid_of(own_daemon) == pid


async def test_browsers_that_start_at_once_start_one_daemon(
    engines: dict[str, Callable[..., Browser]], own_daemon: Daemon
) -> None:
    await own_daemon.stop()
    (own_daemon.home / "broken").unlink()
    browsers = [engines["chromium"](own_daemon), engines["firefox"](own_daemon)]
    async with running(browsers[0]), running(browsers[1]):
        await asyncio.gather(*(pages.protected(browser, "/raced", 40) for browser in browsers))

        async def alone() -> bool:
            return processes.daemons(own_daemon.home) == [await pid_of(own_daemon)]

        await until(alone, "one daemon", 15)


async def test_a_daemon_that_starts_beside_another_gives_way(own_daemon: Daemon) -> None:
    pid = await pid_of(own_daemon)
    others = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "guetteur", "serve"),
            env=os.environ | own_daemon.env,
            stderr=asyncio.subprocess.DEVNULL,
        )
        for _ in range(4)
    ]
    assert [await asyncio.wait_for(other.wait(), 30) for other in others] == [0] * 4
    assert processes.daemons(own_daemon.home) == [pid] == [await pid_of(own_daemon)]
