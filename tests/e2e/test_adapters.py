"""The adapters of webmails, each on pages like its webmail's (tests/webmails), in real browsers."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from support.browser import Setup, running
from support.chromium import Chromium
from support.firefox import Firefox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.browser import Browser, Tab
    from support.sites import Site

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "extension/content"
PAGES = ROOT / "tests/webmails"
ADAPTERS = sorted(path.stem for path in (CONTENT / "adapters").glob("*.js"))

NOTHING: dict[str, Any] = {
    "from_name": "",
    "from_address": "",
    "reply_to": [],
    "to": [],
    "subject": "",
    "text": "",
    "links": [],
    "attachments": [],
    "signed_by": "",
    "mailed_by": "",
    "unverified": False,
}
#: https://developer.chrome.com/docs/extensions/develop/concepts/match-patterns
PATTERN = re.compile(r"(?:\*|https?)://(?:\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+)/\S*")

#: Loads every adapter where there is no document, as the background does.
ALONE = """
const { readFileSync } = require("node:fs");
const { createContext, runInContext } = require("node:vm");
const context = createContext({});
for (const path of process.argv.slice(1)) runInContext(readFileSync(path, "utf8"), context, { filename: path });
const facts = context.guetteurAdapters.map((one) => [one.id, one.label, one.matches, Object.keys(one)]);
process.stdout.write(JSON.stringify(facts));
"""


def cases() -> list[Any]:
    """Every recorded-style page with what is to be read of it."""
    expected = {path.parent.name: json.loads(path.read_text("utf-8")) for path in PAGES.glob("*/expected.json")}
    return [
        pytest.param(webmail, page, want, id=f"{webmail}-{page}")
        for webmail, wants in sorted(expected.items())
        for page, want in wants.items()
    ]


def script(*adapters: str) -> str:
    paths = [CONTENT / "mailtools.js", *(CONTENT / "adapters" / f"{name}.js" for name in adapters)]
    return "\n".join(path.read_text("utf-8") for path in paths)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bare(engine: str, scratch: Path, site: Site) -> AsyncIterator[tuple[Browser, Tab]]:
    """A browser without the extension and one tab of it, for all pages."""
    setup = Setup(
        root=Path(tempfile.mkdtemp(prefix="adapters-", dir=scratch)),
        extension=None,
        http_port=site.http_port,
        https_port=site.https_port,
        trust=site.authority.trust_in,
    )
    async with running({"chromium": Chromium, "firefox": Firefox}[engine](setup)) as browser:
        yield browser, await browser.new_tab()


async def visit(browser: Browser, tab: Tab, site: Site, url: str, html: str) -> None:
    """Open a page at the address the webmail would have, through one that differs in more than the fragment."""
    host, path = re.fullmatch(r"https://([^/]+)(/[^?#]*)\S*", url).groups()  # type: ignore[union-attr]
    site.page(host, path, html)
    await browser.go(tab, "about:blank")
    await browser.wait_url(tab, "^about:blank")
    await browser.go(tab, url)
    await browser.wait_js(tab, f"location.href === {json.dumps(url)} && document.readyState === 'complete'")


async def ask(browser: Browser, tab: Tab, adapter: str, question: str) -> Any:
    """Evaluate with ``adapter`` and what it ``found``."""
    return await browser.eval(
        tab,
        f"(async () => {{ globalThis.guetteurAdapters = []; {script(adapter)}\n"
        f"const [adapter] = guetteurAdapters; const found = adapter.find(); {question} }})()",
    )


@pytest.mark.parametrize(("webmail", "page", "want"), cases())
async def test_what_is_read(
    bare: tuple[Browser, Tab], site: Site, webmail: str, page: str, want: dict[str, Any]
) -> None:
    browser, tab = bare
    await visit(browser, tab, site, want["url"], (PAGES / webmail / f"{page}.html").read_text("utf-8"))
    answer = await ask(
        browser,
        tab,
        webmail,
        """if (!found) return null;
        const seen = adapter.read(found.root), again = adapter.find(), place = adapter.place(found.root);
        const bodies = adapter.bodies(found.root), inside = (body) => body.contains(place);
        return {key: found.key, seen, same: again.key === found.key && again.root === found.root,
                bodies: bodies.length, anchors: guetteurMail.links(bodies),
                placed: !!place && place.isConnected && place.ownerDocument === document
                        && !bodies.some((body) => body !== place && inside(body))};""",
    )
    if want.get("found") is False:
        assert answer is None
        return
    assert answer is not None
    assert answer["same"]
    assert answer["key"]
    if "key" in want:
        assert answer["key"] == want["key"]
    if want["seen"] is None:
        assert answer["seen"] is None
        return
    assert answer["seen"] == {**NOTHING, **want["seen"]}
    assert answer["anchors"] == answer["seen"]["links"]
    assert answer["bodies"] > 0
    assert answer["placed"]


@pytest.mark.parametrize("adapter", ADAPTERS)
async def test_other_pages_are_left_alone(bare: tuple[Browser, Tab], site: Site, adapter: str) -> None:
    browser, tab = bare
    html = "<!doctype html><meta charset=utf-8><title>Jardin</title><h1>Les tomates</h1><iframe srcdoc=x></iframe>"
    await visit(browser, tab, site, "https://jardin-de-mamie.example/tomates#potager/semis", html)
    assert await ask(browser, tab, adapter, "return found") is None


async def test_no_webmail_is_taken_for_another(bare: tuple[Browser, Tab], site: Site) -> None:
    """All adapters may be in one page: the first that finds a message reads it."""
    browser, tab = bare
    for webmail in sorted(path.parent.name for path in PAGES.glob("*/message.html")):
        want = json.loads((PAGES / webmail / "expected.json").read_text("utf-8"))["message"]
        await visit(browser, tab, site, want["url"], (PAGES / webmail / "message.html").read_text("utf-8"))
        ours = [name for name in ADAPTERS if (PAGES / name).exists()]
        found = await browser.eval(
            tab,
            f"(() => {{ globalThis.guetteurAdapters = []; {script(*ours)}\n"
            "return guetteurAdapters.filter((one) => one.find()).map((one) => one.id) })()",
        )
        assert found == [webmail]


RAW = b"Received: from a.example\r\nFrom: <service@dossier-attente.example>\r\nSubject: x\r\n\r\nBonjour\r\n"


@pytest.mark.parametrize(
    ("webmail", "page"),
    [("zimbra", "message"), ("zimbra", "pane"), ("zimbra", "modern"), ("gmail", "message")],
)
async def test_the_raw_message_is_asked_for_by_its_own_number(
    bare: tuple[Browser, Tab], site: Site, webmail: str, page: str
) -> None:
    browser, tab = bare
    want = json.loads((PAGES / webmail / "expected.json").read_text("utf-8"))[page]
    await visit(browser, tab, site, want["url"], (PAGES / webmail / f"{page}.html").read_text("utf-8"))
    answer = await ask(
        browser,
        tab,
        webmail,
        f"""const asked = []; const real = globalThis.fetch; const text = {json.dumps(RAW.decode())};
        const raw = async (body) => {{
          globalThis.fetch = async (url) => (asked.push(String(url)), new Response(body));
          const bytes = await adapter.raw(found.root);
          return bytes && new TextDecoder().decode(bytes);
        }};
        const whole = await raw(text), login = await raw('<!doctype html><title>Connexion</title>');
        const long = (await raw(text + 'x'.repeat(2_000_000))).length;
        globalThis.fetch = real; return {{asked, whole, login, long}};""",
    )
    legacy = "/mail/u/0/?ui=2&view=att&th=18a1b2c3d4e5f601&attid=0&disp=comp&safe=1&zw"
    assert answer["asked"] == [want.get("raw", legacy)] * 3
    assert answer["whole"].encode() == RAW
    assert answer["login"] is None
    assert answer["long"] == 600_000


async def test_a_message_without_end_does_not_hold_the_page(bare: tuple[Browser, Tab], site: Site) -> None:
    browser, tab = bare
    want = json.loads((PAGES / "gmail/expected.json").read_text("utf-8"))["message"]
    html = (PAGES / "gmail/message.html").read_text("utf-8")
    huge = """<script>(() => { const body = document.querySelector('.a3s');
      for (let at = 0; at < 100_000; at++) {
        const one = body.appendChild(document.createElement(at % 50 ? 'p' : 'a'));
        one.textContent = 'Remboursement ' + at; one.href = 'https://x.example/' + at; }
      let deep = body; for (let at = 0; at < 400; at++) deep = deep.appendChild(document.createElement('div'));
      document.body.offsetWidth; })()</script>"""
    await visit(browser, tab, site, want["url"], html + huge)
    answer = await ask(
        browser,
        tab,
        "gmail",
        """const start = performance.now(), seen = adapter.read(found.root);
        return {took: performance.now() - start, text: seen.text.length, links: seen.links.length};""",
    )
    assert 100 < answer["text"] <= 64_000
    assert answer["links"] == 256
    assert answer["took"] < 1_000  # of which the browser's own first layout is most


async def test_an_open_message_on_screen_goes_before_a_newer_one_off_it(bare: tuple[Browser, Tab], site: Site) -> None:
    browser, tab = bare
    want = json.loads((PAGES / "gmail/expected.json").read_text("utf-8"))["conversation"]
    html = (PAGES / "gmail/conversation.html").read_text("utf-8")
    tall = "<style>.a3s{min-height:3000px}</style>"
    await visit(browser, tab, site, want["url"], html + tall)
    assert await ask(browser, tab, "gmail", "return found.key") == "#msg-f:2"
    assert await ask(browser, tab, "gmail", "scrollTo(0, document.body.scrollHeight); return adapter.find().key") == (
        "#msg-f:3"
    )


def test_they_load_without_a_document() -> None:
    paths = [str(CONTENT / "adapters" / f"{name}.js") for name in ADAPTERS]
    done = subprocess.run(["node", "-e", ALONE, *paths], capture_output=True, text=True, check=True)
    facts = json.loads(done.stdout)
    assert [identity for identity, *_ in facts] == ADAPTERS
    labels = [label for _, label, *_ in facts]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    for identity, _, matches, keys in facts:
        assert matches, identity
        assert all(PATTERN.fullmatch(pattern) for pattern in matches), (identity, matches)
        assert {"find", "read", "bodies", "place"} <= set(keys), identity


def test_every_closed_webmail_has_its_pages() -> None:
    """What cannot be run here is held by pages: a message, a list, a redesign, attacks."""
    run_for_real = {"roundcube", "sogo"}
    for name in set(ADAPTERS) - run_for_real:
        pages = set(json.loads((PAGES / name / "expected.json").read_text("utf-8")))
        assert {"message", "list", "redesign", "attack", "imitation"} <= pages, name
        assert {path.stem for path in (PAGES / name).glob("*.html")} == pages, name
