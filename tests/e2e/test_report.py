"""A person on a fake page is two clicks from a sent report: real browsers, the real daemon, the channels' doubles."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import zipfile
from base64 import b64decode
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from PIL import Image

from guetteur.reports.verify import verify
from support import axe, pages
from support.browser import running, until
from support.daemon import Daemon
from support.paint import TOLERANCE
from support.recorded import recorded
from support.report_cases import WALLET
from support.report_doubles import Doubles
from support.sites import DOUBTFUL_HOSTS, FAKE
from support.webmail import letters
from support.webmail.reading import Reader, press, wording

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser, Tab
    from support.sites import Site
    from support.webmail.imap import Imap
    from support.webmail.roundcube import Roundcube

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or ROOT / "build/screenshots")
SCRIPT = ROOT / "tests/support/report_daemon.py"
REPORT_PAGE = r"/pages/report/report\.html"
GUIDE_PAGE = r"/pages/guide/guide\.html"
SIZE = (1000, 1100)
NARROW = (320, 640)
SCREEN = "document.body.dataset.screen === '{}' && document.querySelector('#screen').ariaBusy !== 'true'"
TAKEN = '!!document.querySelector(\'.receipt[data-channel="{}"][data-state="{}"]\')'
SECRET = "jeton-de-la-victime-31337"
TYPED = "Claire-Martin-1962"
#: What scripts of pages do with what is typed. A field that is called like a method stands in that method's place.
FILLED = f"""(document.body.insertAdjacentHTML('beforeend', `
<div data-replicated-value="{TYPED}"><textarea>{TYPED}</textarea></div><p contenteditable>{TYPED}</p>
<form data-note="{TYPED}"><input type="hidden" name="removeAttribute" value="{TYPED}"></form>
<my-field value="{TYPED}" data-old="{TYPED}"></my-field><button value="payer">Payer</button>
<guetteur-bar>Ce qui porte notre nom</guetteur-bar>`), true)"""
BLACKMAIL = letters.letter(
    "Pirate <pirate@zolmarek.example>",
    "Votre mot de passe",
    "J'ai piraté votre ordinateur et votre webcam. Je vous ai filmé pendant que vous regardiez des vidéos pour adultes."
    f" J'ai la liste de tous vos contacts. Payez 1200 euros en bitcoin à {WALLET} sous 48 heures, sinon j'envoie la"
    " vidéo à tous vos proches.\n",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def doubles() -> AsyncIterator[Doubles]:
    """Netcraft and nobody else: a channel without a double has no credentials here, and nothing is sent to it."""
    doubles = Doubles()
    await doubles.add("netcraft")
    yield doubles
    await doubles.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(doubles: Doubles, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Daemon]:
    """A daemon that reports to the doubles."""
    bases = tmp_path_factory.mktemp("bases") / "bases.json"
    bases.write_text(json.dumps(doubles.bases), "utf-8")
    daemon = Daemon({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, command=(str(SCRIPT), str(bases)))
    await daemon.start()
    yield daemon
    await daemon.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(
    factory: Callable[[str], Callable[..., Browser]], desk: Daemon, engine: str
) -> AsyncIterator[Browser]:
    """A browser over it, in French, whose person has given an e-mail address."""
    await desk.ask("/v1/report/channels", {"id": "email", "value": "claire@exemple.fr"})
    async with running(factory(engine)(desk)) as browser:
        await pages.set_language(browser, "fr")
        yield browser


async def opened(browser: Browser, before: list[Tab], screen: str = "preview") -> Tab:
    """The report page that a click opened, once it shows a screen."""
    tab = await browser.wait_new_tab(before)
    await browser.wait_url(tab, REPORT_PAGE)
    await browser.wait_js(tab, SCREEN.format(screen), 15, f"the screen {screen}")
    return tab


async def warned(browser: Browser, path: str) -> Tab:
    """Open the fake tax office at a path, press "report" on the warning; returns the report page."""
    tab = await pages.open_fake(browser, FAKE, path)
    before = await browser.tabs()
    await browser.click(tab, "#report")
    return await opened(browser, before)


async def sent(browser: Browser, tab: Tab, channel: str = "netcraft", state: str = "accepted") -> str:
    """Press the one button and wait for the receipt; returns the case's number."""
    await browser.click(tab, "#send")
    await browser.wait_js(tab, SCREEN.format("receipt"), 15, "the receipt")
    await browser.wait_js(tab, TAKEN.format(channel, state), 30, f"{channel} {state}")
    return str(await browser.eval(tab, "location.hash.slice('#case='.length)"))


def bundle_of(desk: Daemon, case: str) -> Path:
    """The sealed original on the disk."""
    (path,) = (desk.home / "state/reports").glob(f"*-{case[:8]}.zip")
    return path


async def judge(browser: Browser, tab: Tab, name: str) -> None:
    """In both languages: a picture, nothing for axe, nothing sideways at 320 pixels."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for lang in ("en", "fr"):
        await pages.set_language(browser, lang)
        await browser.eval(tab, "(setTimeout(() => location.reload()), true)")
        await browser.wait_js(tab, f"document.documentElement.lang === '{lang}'")
        await browser.wait_js(tab, "!document.querySelector('[aria-busy=true]') && document.body.innerText.length > 80")
        await browser.eval(tab, "new Promise((done) => setTimeout(() => done(true), 300))")
        await browser.resize(tab, *SIZE)
        (SCREENSHOTS / f"{name}-{lang}-{browser.name}.png").write_bytes(await browser.screenshot(tab))
        assert await axe.violations(browser, tab) == []
        await browser.resize(tab, *NARROW)
        assert await browser.eval(tab, "document.scrollingElement.scrollWidth <= innerWidth"), name
        await browser.resize(tab, *SIZE)


async def test_two_clicks_from_the_warning_to_the_receipt(browser: Browser, desk: Daemon, doubles: Doubles) -> None:
    report = await warned(browser, f"/fr/login?email=claire.martin@exemple.fr&token={SECRET}")
    assert FAKE in await browser.eval(report, "document.querySelector('#what').innerText")
    await judge(browser, report, "report-preview")
    taken = doubles.by_channel["netcraft"].taken
    before = len(taken)
    case = await sent(browser, report)
    assert len(taken) == before + 1
    told = json.dumps(taken[-1])
    assert FAKE in told
    assert SECRET not in told
    assert "claire.martin" not in told
    assert verify(bundle_of(desk, case)).unaltered
    # The person's own copy is untouched: the police get what was really opened.
    with zipfile.ZipFile(bundle_of(desk, case)) as bundle:
        assert SECRET in bundle.read("case.json").decode()
    await judge(browser, report, "report-receipt")
    assert await browser.eval(report, TAKEN.format("netcraft", "accepted"))


async def test_the_same_page_again_is_said_and_needs_a_second_word(browser: Browser) -> None:
    await sent(browser, await warned(browser, "/encore"))
    report = await warned(browser, "/encore")
    text = await browser.eval(report, "document.querySelector('#screen').innerText")
    assert wording("reportEarlier").partition("$1")[0].strip() in text
    assert wording("reportSendAgain") in text or await browser.eval(report, "document.querySelector('#send')?.disabled")


async def test_a_page_told_by_its_content_is_kept_with_picture_and_text(
    browser: Browser, desk: Daemon, site: Site
) -> None:
    page = next(one for one in recorded() if one.is_fake and one.expect == "DANGER")
    page.serve(site)
    tab = await browser.new_tab()
    await browser.go(tab, page.url)
    await pages.covered(browser, tab)
    edge = await browser.eval(tab, "getComputedStyle(document.body).borderTopColor")
    before = await browser.tabs()
    await browser.click(tab, "#report")
    report = await opened(browser, before)
    text = await browser.eval(report, "document.querySelector('#screen').innerText")
    case = await sent(browser, report)
    with zipfile.ZipFile(bundle_of(desk, case)) as bundle:
        names = set(bundle.namelist())
        assert json.loads(bundle.read("case.json"))["level"] == "DANGER"
        shots = [bundle.read(name) for name in sorted(names) if name.startswith("page/screenshot.")]
    assert {"page/page.html", "page/page.warc.gz", "page/visit.json", "page/verdict.json"} <= names, names
    # The covering does not wait for the picture; where Firefox was too late for it, the page says so.
    assert bool(shots) != (wording("reportPartial") in text)
    assert shots or browser.name == "firefox"
    # It is the page's: along the top of our warning runs a line of its own.
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for shot in shots:
        (SCREENSHOTS / f"report-evidence-{browser.name}.jpg").write_bytes(shot)
        with Image.open(io.BytesIO(shot)) as image:
            pixel = image.convert("RGB").getpixel((image.width // 2, 2))
        assert isinstance(pixel, tuple)
        line = map(int, re.findall(r"\d+", edge)[:3])
        assert any(abs(one - other) > TOLERANCE for one, other in zip(pixel, line, strict=True))
    assert bundle_of(desk, case).stat().st_size < 5_000_000


async def test_from_the_bar_and_the_popup(browser: Browser, desk: Daemon) -> None:
    host = await desk.first("CAUTION", DOUBTFUL_HOSTS)
    tab = await browser.new_tab()
    await browser.go(tab, f"http://{host}/")
    await browser.wait_js(tab, f"!!document.querySelector('{pages.BAR}')")
    assert await browser.eval(tab, FILLED)
    before = await browser.tabs()
    await press(browser, tab, wording("mailReport"), pages.BAR)
    report = await opened(browser, before)
    case = await sent(browser, report)
    with zipfile.ZipFile(bundle_of(desk, case)) as bundle:
        html = bundle.read("page/page.html").decode()
        (shot,) = [name for name in bundle.namelist() if name.startswith("page/screenshot.")]
        assert len(bundle.read(shot)) > 1_000
    assert "plain" in html
    assert '<button value="payer">Payer</button>' in html
    assert TYPED not in html
    assert html.count(f"<{pages.BAR}") == 1
    assert f"<{pages.BAR}>Ce qui porte notre nom</" in html
    shown = f"getComputedStyle(document.querySelector('{pages.BAR}')).visibility === 'visible'"
    await browser.wait_js(tab, shown, 10, "the bar after the picture")

    await browser.front(tab)
    number = await browser.extension(
        f"return (await api.tabs.query({{}})).find((one) => one.url === 'http://{host}/')?.id ?? null"
    )
    popup = await browser.open_extension_page(f"pages/popup/popup.html?tab={number}")
    await browser.wait_js(popup, "document.body.dataset.ready === 'true'")
    before = await browser.tabs()
    await browser.click(popup, "#report")
    report = await opened(browser, before)
    assert host in await browser.eval(report, "document.querySelector('#what').innerText")


async def test_where_the_page_lies_is_asked_only_when_wanted(browser: Browser) -> None:
    report = await warned(browser, "/qui-heberge")
    await browser.click(report, "#hosting summary")
    await browser.click(report, "#lookups")
    await browser.wait_js(report, "!!document.querySelector('#hosting dl')", 20)
    (SCREENSHOTS / f"report-network-{browser.name}.png").write_bytes(await browser.screenshot(report))


async def test_all_reports_and_their_campaign(browser: Browser) -> None:
    for path in ("/campagne-1", "/campagne-2"):
        await sent(browser, await warned(browser, path))
    tab = await browser.open_extension_page("pages/reports/reports.html")
    await browser.wait_js(
        tab, "!document.querySelector('[aria-busy=true]') && !!document.querySelector('#campaign-list').textContent"
    )
    assert FAKE in await browser.eval(tab, "document.body.innerText")
    await judge(browser, tab, "reports")


async def test_a_blackmail_leads_to_advice_a_draft_and_the_letter(
    browser: Browser, desk: Daemon, roundcube: Roundcube, mail_server: Imap
) -> None:
    reader = Reader(browser, roundcube, mail_server)
    await reader.sit_down()
    await reader.open("blackmail", BLACKMAIL)
    await reader.agree()
    seen = await reader.banner("DANGER")
    assert seen.text
    before = await browser.tabs()
    await press(browser, reader.tab, wording("guideOpen"))
    guide = await browser.wait_new_tab(before)
    await browser.wait_url(guide, GUIDE_PAGE)
    assert "#blackmail" in await browser.url(guide)
    await browser.front(reader.tab)
    before = await browser.tabs()
    await press(browser, reader.tab, wording("mailReport"))
    report = await opened(browser, before)
    text = await browser.eval(report, "document.querySelector('#screen').textContent")
    assert WALLET in text
    assert "cyber-chantage@interieur.gouv.fr" in text
    await judge(browser, report, "report-blackmail")
    await browser.click(report, "#send, #keep")
    await browser.wait_js(report, SCREEN.format("receipt"), 15)
    case = str(await browser.eval(report, "location.hash.slice('#case='.length)"))
    with zipfile.ZipFile(bundle_of(desk, case)) as bundle:
        mail = message_from_bytes(bundle.read("mail/original.eml"), policy=default)
    assert WALLET in mail.get_content()
    assert verify(bundle_of(desk, case)).unaltered


async def test_the_evidence_is_saved_from_the_page(browser: Browser, desk: Daemon) -> None:
    """The pieces that the page puts together are the sealed file."""
    report = await warned(browser, "/dossier")
    case = await sent(browser, report)
    pieces: list[Any] = []
    at: int | None = 0
    while at is not None:
        piece = await desk.ask("/v1/report/bundle", {"case": case, "offset": at})
        pieces.append(piece["data"])
        at = piece["next"]
    whole = bundle_of(desk, case).read_bytes()
    assert b"".join(map(b64decode, pieces)) == whole
    await browser.click(report, "[data-act=bundle]")
    folder = browser.setup.home / "Downloads"

    async def saved() -> bool:
        return any(path.is_file() and path.read_bytes() == whole for path in folder.glob("*"))

    await until(saved, f"{browser.name}: the bundle among the downloads", 20)


async def test_without_an_address_the_page_asks_for_it_first(browser: Browser, desk: Daemon) -> None:
    await desk.ask("/v1/report/channels", {"id": "email", "value": None})
    try:
        report = await warned(browser, "/sans-adresse")
        assert await browser.eval(report, "!!document.querySelector('#email-form')")
        await judge(browser, report, "report-no-email")
        await browser.click(report, "#email")
        await browser.press(report, "claire@exemple.fr")
        await browser.click(report, "#email-save")
        await browser.wait_js(report, "!!document.querySelector('#send') && !document.querySelector('#send').disabled")
        await sent(browser, report)
    finally:
        await desk.ask("/v1/report/channels", {"id": "email", "value": "claire@exemple.fr"})


async def test_the_daemon_away_and_back(browser: Browser, desk: Daemon) -> None:
    tab = await pages.open_fake(browser, FAKE, "/panne")
    await desk.stop()
    try:
        before = await browser.tabs()
        await browser.click(tab, "#report")
        report = await opened(browser, before, "trouble")
        await judge(browser, report, "report-away")
        assert FAKE in await browser.eval(report, "document.querySelector('#screen').innerText")
    finally:
        await desk.start()
    await asyncio.sleep(1)

    async def back() -> bool:
        await browser.click(report, "#retry")
        await asyncio.sleep(2)
        return bool(await browser.eval(report, SCREEN.format("preview")))

    await until(back, "the preview once the daemon is back", 40)
    await sent(browser, report)
