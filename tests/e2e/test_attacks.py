"""Web pages and other extensions that want a word with the daemon: nothing they can make a browser send is answered."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from support import pages
from support.attack_pages import ATTACK, BEFORE, REBOUND, LoopbackDaemon, Witness, impostor
from support.browser import running, until
from support.daemon import IDENTITIES
from support.sites import FAKE, GOOD, OFFICIAL
from support.target import statuses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser, Tab
    from support.daemon import Daemon
    from support.sites import Site

NAMES = ("127.0.0.1", "localhost", "0.0.0.0", REBOUND)
#: What each page tries at the least; an engine may refuse some of it without asking anybody.
SENT = 8


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def besieged() -> AsyncIterator[tuple[LoopbackDaemon, Witness]]:
    """A daemon behind a port, and the witness of what comes there."""
    daemon = LoopbackDaemon()
    await daemon.start()
    told = json.loads(daemon.settings.loopback_file.read_text("utf-8"))
    witness = Witness(told["port"])
    await witness.start()
    yield daemon, witness
    await witness.stop()
    await daemon.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def attacker(
    factory: Callable[[str], Callable[..., Browser]], engine: str, besieged: tuple[LoopbackDaemon, Witness]
) -> AsyncIterator[Browser]:
    """A browser whose only way to the daemon is what its pages send: nothing else counts in the daemon's numbers."""
    daemon, witness = besieged
    browser = factory(engine)(daemon, extension=False)
    browser.setup.ports = {witness.to: witness.port}
    async with running(browser):
        yield browser


async def standing(browser: Browser, url: str) -> Tab:
    """A page of the attacker's."""
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await browser.wait_js(tab, "!!document.querySelector('#plain') && document.readyState === 'complete'")
    return tab


async def counted(daemon: Daemon) -> tuple[int, str, str]:
    """What the daemon says of itself that a page could have changed."""
    status = await daemon.status()
    assert status
    return status["checks"], status["started_at"], json.dumps(status["lists"])


def careless(witness: Witness, names: set[str]) -> list[str]:
    """Whatever was not refused, or may be read by another origin."""
    wrong = []
    for name in names:
        for one in witness.of(name):
            allowed = [header for header in one.answer.headers if header.startswith(("access-control", "set-cookie"))]
            if allowed or any(status < 400 for status in statuses(one.answer)):
                wrong.append(f"{one.line} {one.header('host')}: {one.answer.whole[:200]!r}")
    return wrong


@pytest.mark.parametrize("name", NAMES)
async def test_a_page_of_another_origin_is_answered_nothing(
    attacker: Browser, besieged: tuple[LoopbackDaemon, Witness], site: Site, name: str
) -> None:
    daemon, witness = besieged
    witness.heard.clear()
    before = await counted(daemon)
    tab = await standing(attacker, f"http://{GOOD}/attack")
    to = f"{name}:{witness.to}"
    told = await attacker.eval(tab, f"{ATTACK}({json.dumps(to)})")
    read = {how: said for how, said in told.items() if isinstance(said, list) or said in ("load", "open", "message")}
    assert read == {}
    if name != "0.0.0.0":  # which Chromium itself may refuse to open
        assert len(list(witness.of(to))) >= SENT
    assert careless(witness, {to}) == []
    assert await counted(daemon) == before


async def test_a_rebound_page_reads_nothing_but_refusals(
    attacker: Browser, besieged: tuple[LoopbackDaemon, Witness]
) -> None:
    """Its own name now leads to the daemon: the browser takes it for the page's own server and lets it read."""
    daemon, witness = besieged
    witness.heard.clear()
    before = await counted(daemon)
    to = f"{REBOUND}:{witness.to}"
    tab = await standing(attacker, f"http://{to}{BEFORE}")
    told = await attacker.eval(tab, f"{ATTACK}({json.dumps(to)})")
    assert told["get"][0] == 421
    read = [said for said in told.values() if isinstance(said, list)]
    assert len(read) >= 5
    for status, text in read:
        assert status >= 400
        assert set(json.loads(text)) == {"error"}
    plain = [
        one for one in witness.of(to) if one.line.startswith("GET /v1/status") and not one.header("sec-fetch-site")
    ]
    assert plain, "a request that nothing but its host gives away"
    assert careless(witness, {to}) == []
    assert await counted(daemon) == before
    await attacker.close_tab(tab)


@pytest.mark.parametrize("name", NAMES[:2])
async def test_an_address_that_is_opened_in_a_tab(
    attacker: Browser, besieged: tuple[LoopbackDaemon, Witness], name: str
) -> None:
    """Typed by the person, or opened by a page: also a page of its own."""
    daemon, witness = besieged
    witness.heard.clear()
    before = await counted(daemon)
    to = f"{name}:{witness.to}"
    tab = await attacker.new_tab()
    await attacker.go(tab, f"http://{to}/v1/status")

    async def answered() -> bool:
        return any(one.answered for one in witness.of(to))

    await until(answered, "an answer", 10)
    # A tab that is closed between two pages may never say that it is.
    await attacker.wait_js(tab, "location.href !== 'about:blank' && document.readyState === 'complete'")
    assert careless(witness, {to}) == []
    assert await counted(daemon) == before
    await attacker.close_tab(tab)


async def test_the_port_alone_tells_pages_no_more_than_that_something_is_there(
    attacker: Browser, besieged: tuple[LoopbackDaemon, Witness]
) -> None:
    """Pictures, scripts and sockets end as they do at a port where nobody listens."""
    _, witness = besieged
    tab = await standing(attacker, f"http://{GOOD}/probe")
    events = ("img", "script", "style", "websocket", "eventsource", "get", "post")
    ends = []
    for port in (witness.to, 1025):
        told = await attacker.eval(tab, f"{ATTACK}({json.dumps(f'127.0.0.1:{port}')})")
        ends.append({name: told[name] for name in events})
    assert ends[0] == ends[1]


STRANGER = {
    "manifest_version": 3,
    "name": "Stranger",
    "version": "1",
    "permissions": ["nativeMessaging", "tabs", "scripting"],
    "host_permissions": ["<all_urls>"],
    "browser_specific_settings": {"gecko": {"id": "stranger@example.org"}},
}
ASK = """(async () => {
  const api = globalThis.browser ?? chrome;
  const [host, ours, origin] = ARGUMENTS;
  const told = {};
  told.port = await new Promise((done) => {
    const port = api.runtime.connectNative(host);
    port.onMessage.addListener((message) => done({ message }));
    port.onDisconnect.addListener((closed) => done(closed.error?.message ?? api.runtime.lastError?.message ?? ''));
    port.postMessage({ id: 1, path: '/v1/status', body: null });
  });
  const said = async (name, ask) => {
    try { told[name] = { message: (await ask()) ?? null }; } catch (error) { told[name] = error.message; }
  };
  await said('once', () => api.runtime.sendNativeMessage(host, { id: 1, path: '/v1/status', body: null }));
  await said('asked', () => api.runtime.sendMessage(ours, { type: 'page.begin' }));
  await said('connected', () => new Promise((done, refused) => {
    const port = api.runtime.connect(ours);
    port.onMessage.addListener(done);
    port.onDisconnect.addListener((closed) =>
      refused(closed.error ?? new Error(api.runtime.lastError?.message ?? 'closed')));
    try { port.postMessage({ type: 'warning.proceed' }); } catch (error) { refused(error); }
  }));
  await said('page', () => fetch(`${origin}/pages/popup/popup.html`).then((answer) => answer.text()));
  return told;
})()"""
#: What it tries with the warning that stands in a tab.
MEDDLE = """(async () => {
  const api = globalThis.browser ?? chrome;
  const [origin, tabId] = ARGUMENTS;
  const told = {};
  const said = async (name, ask) => {
    try { told[name] = { message: (await ask()) ?? null }; } catch (error) { told[name] = error.message; }
  };
  const change = () => { document.body.textContent = ''; return true; };
  await said('script', () => api.scripting.executeScript({ target: { tabId }, func: change }));
  await said('style', () => api.scripting.insertCSS({ target: { tabId }, css: 'body { display: none }' }));
  await said('message', () => api.tabs.sendMessage(tabId, { type: 'warning.proceed' }));
  const frame = document.createElement('iframe');
  frame.src = `${origin}/pages/warning/warning.html`;
  document.body.append(frame);
  await new Promise((done) => setTimeout(done, 400));
  await said('frame', () => frame.contentWindow.document.body.innerText);
  return told;
})()"""
#: What an impostor answers to everything: what would be green.
PRAISE = json.dumps({"level": "OFFICIAL", "host": "", "reasons": [], "skipped": [], "summary": ""}).encode()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def invaded(
    factory: Callable[[str], Callable[..., Browser]],
    engine: str,
    daemon: Daemon,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Browser, str]]:
    """A browser with an extension of somebody else's that may talk to programs and to every site; its origin."""
    stranger = tmp_path_factory.mktemp("stranger")
    (stranger / "manifest.json").write_text(json.dumps(STRANGER), "utf-8")
    (stranger / "page.html").write_text("<!doctype html><title>x</title><h1 id=plain>x</h1>", "utf-8")
    browser = factory(engine)(daemon)
    browser.setup.beside = [stranger]
    async with running(browser):
        yield browser, browser.other_origin(stranger)


async def test_another_extension_is_not_let_in(invaded: tuple[Browser, str], daemon: Daemon) -> None:
    browser, stranger = invaded
    await browser.extension("return true")
    before = (await daemon.status() or {})["checks"]
    tab = await standing(browser, f"{stranger}/page.html")
    identities = IDENTITIES["gecko_extension_ids" if browser.name == "firefox" else "chromium_extension_ids"]
    arguments = json.dumps([IDENTITIES["host_name"], identities[0], browser.origin])
    told = await browser.eval(tab, ASK.replace("ARGUMENTS", arguments))
    for name in ("port", "once"):
        assert re.search(r"forbidden|permission|no such native application", told[name], re.IGNORECASE), told
    for name in ("asked", "connected"):
        assert re.search(r"receiving end does not exist|could not establish", told[name], re.IGNORECASE), told
    assert isinstance(told["page"], str), told
    # Ours is let in by the same browser.
    assert await browser.extension(
        f"return new Promise((done) => {{ const port = api.runtime.connectNative('{IDENTITIES['host_name']}');"
        "port.onMessage.addListener((message) => done(message.status === 200));"
        "port.onDisconnect.addListener(() => done(false));"
        "port.postMessage({ id: 1, path: '/v1/status', body: null }); })"
    )
    assert (await daemon.status() or {})["checks"] == before


async def test_another_extension_has_no_hand_in_the_warning(invaded: tuple[Browser, str]) -> None:
    """It cannot write into it, speak to it, show it as its own, nor press its buttons."""
    browser, stranger = invaded
    fake = await pages.open_fake(browser)
    text = await pages.covered(browser, fake)
    found = "(await api.tabs.query({})).find((tab) => tab.url?.includes('/warning/')).id"
    number = await browser.extension(f"return {found}")
    tab = await standing(browser, f"{stranger}/page.html")
    told = await browser.eval(tab, MEDDLE.replace("ARGUMENTS", json.dumps([browser.origin, number])))
    assert all(isinstance(answer, str) or not (answer["message"] or "").strip() for answer in told.values()), told
    assert isinstance(told["script"], str), told
    assert await pages.covered(browser, fake) == text
    assert await browser.eval(fake, "getComputedStyle(document.body).display !== 'none'")


async def test_an_impostor_in_the_daemons_place_turns_no_badge_green(
    prepare: Callable[..., Browser], site: Site
) -> None:
    """It took the port of a daemon that crashed, and praises every page."""
    daemon = LoopbackDaemon()
    await daemon.start()
    port = json.loads(daemon.settings.loopback_file.read_text("utf-8"))["port"]
    try:
        await daemon.kill()
        async with impostor(port, PRAISE) as heard, running(prepare(daemon)) as browser:
            tab = await browser.new_tab()
            for number, address in enumerate((f"https://{OFFICIAL}", f"http://{GOOD}", f"http://{FAKE}")):
                url = f"{address}/unseen-{number}"
                await browser.go(tab, url)
                await browser.wait_url(tab, re.escape(url))
                await browser.wait_badge(tab, lambda badge: badge["text"] == "?", 15)
            assert heard, "it was asked"
            assert not any(b"unseen" in one for one in heard), "and not told what is visited"
    finally:
        await daemon.close()
