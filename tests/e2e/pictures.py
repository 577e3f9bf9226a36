"""Takes the pictures of README and docs anew, from the real extension in Chromium: ``make pictures``.

python tests/e2e/pictures.py [FOLDER]
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from measure import ROOT
from PIL import Image

from support import pages
from support.browser import Setup, running
from support.certs import Authority
from support.chromium import Chromium
from support.daemon import Daemon, install_relay
from support.report_doubles import Doubles
from support.sites import FAKE, Site
from support.webmail import letters
from support.webmail.imap import Imap
from support.webmail.reading import Reader, told
from support.webmail.roundcube import Roundcube

if TYPE_CHECKING:
    from support.browser import Browser, Tab

IMAGES = ROOT / "docs/images"
COLOURS = 96
SETTLED = "new Promise((done) => setTimeout(() => done(true), 400))"
SCREEN = "document.body.dataset.screen === '{}' && document.querySelector('#screen').ariaBusy !== 'true'"


class Camera:
    """Writes ``NAME-fr.png`` files, with few colours: text and flat areas lose nothing by it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder

    async def take(self, tab: Tab, name: str, width: int, height: int) -> None:
        await self._browser.resize(tab, width, height)
        await self._browser.eval(tab, SETTLED)
        shot = Image.open(BytesIO(await self._browser.screenshot(tab))).convert("RGB")
        few = shot.quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(self._folder / f"{name}-fr.png", optimize=True)


async def from_warning_to_receipt(browser: Browser, camera: Camera) -> None:
    """A fake tax office: the warning, the popup's word on it, the report, the receipt."""
    tab = await pages.open_fake(browser, FAKE, "/fr")
    await camera.take(tab, "warning", 1280, 800)
    before = await browser.tabs()
    await browser.click(tab, "#report")
    report = await browser.wait_new_tab(before)
    await browser.wait_url(report, r"/pages/report/report\.html")
    await browser.wait_js(report, SCREEN.format("preview"), 15)
    await camera.take(report, "report", 1000, 760)
    await browser.click(report, "#send")
    await browser.wait_js(report, """!!document.querySelector('.receipt[data-state="accepted"]')""", 30)
    await camera.take(report, "receipt", 1000, 760)


async def the_popup(browser: Browser, camera: Camera) -> None:
    """What the button says on a site nobody knows."""
    url = "http://jardin-de-mamie.example/"
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await browser.wait_js(tab, "document.readyState === 'complete'")
    number = await browser.extension(f"return (await api.tabs.query({{}})).find((one) => one.url === '{url}')?.id")
    popup = await browser.open_extension_page(f"pages/popup/popup.html?tab={number}")
    await browser.wait_js(popup, "document.body.dataset.ready === 'true'")
    await camera.take(popup, "popup", 470, 620)


async def the_guide(browser: Browser, camera: Camera) -> None:
    """Its first question."""
    tab = await browser.open_extension_page("pages/guide/guide.html")
    await browser.wait_js(tab, "document.querySelectorAll('button').length > 3")
    await camera.take(tab, "guide", 1000, 900)


async def a_mail(browser: Browser, camera: Camera, site: Site) -> None:
    """The banner over a false refund, in Roundcube."""
    server = Imap()
    await server.start()
    roundcube = Roundcube(server)
    try:
        await roundcube.start(site)
        reader = Reader(browser, roundcube, server)
        await reader.sit_down()
        await browser.resize(reader.tab, 1280, 800)
        await reader.open("refund", letters.refund())
        await reader.agree()
        await told(browser, reader.tab)
        await camera.take(reader.tab, "mail", 1280, 800)
    finally:
        await roundcube.close()
        await server.close()


async def main(folder: Path) -> None:
    """All of them."""
    root = Path(tempfile.mkdtemp(prefix="guet-pictures-", dir="/tmp"))
    # A copy: a build beside us changes nothing under the browser.
    shutil.copytree(ROOT / "dist/extension/chromium", root / "extension")
    site, doubles = Site(Authority(root / "ca")), Doubles()
    await site.start()
    await doubles.add("netcraft")
    bases = root / "bases.json"
    bases.write_text(json.dumps(doubles.bases), "utf-8")
    daemon = Daemon(
        {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        command=(str(ROOT / "tests/support/report_daemon.py"), str(bases)),
    )
    try:
        await daemon.start()
        await daemon.ask("/v1/report/channels", {"id": "email", "value": "claire@exemple.fr"})
        setup = Setup(
            root / "browser", root / "extension", site.http_port, site.https_port, site.authority.trust_in,
            lambda setup: install_relay(setup, daemon), daemon.env,
        )  # fmt: skip
        async with running(Chromium(setup)) as browser:
            await pages.set_language(browser, "fr")
            camera = Camera(browser, folder)
            await from_warning_to_receipt(browser, camera)
            await the_popup(browser, camera)
            await the_guide(browser, camera)
            await a_mail(browser, camera, site)
    finally:
        await daemon.close()
        await doubles.close()
        await site.stop()
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES))
