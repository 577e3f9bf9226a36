"""How long a person waits for the preview of a report, and how large the sealed bundle is: ``make bench`` runs it.

python tests/e2e/measure_report.py [chromium] [firefox]

Writes its section of docs/reference/reports.md.
"""

from __future__ import annotations

import asyncio
import base64
import json
import statistics
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from measure import ENGINES, ROOT
from PIL import Image, ImageFilter

sys.path.append(str(ROOT / "tests/bench"))

from page import write_section

from guetteur.evaluate.tables import Table, markdown
from support.browser import Setup, running
from support.certs import Authority
from support.daemon import Daemon, install_relay
from support.report_doubles import Doubles
from support.sites import Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.browser import Browser

PAGE = ROOT / "docs/reference/reports.md"
HOST = "boutique-du-canal.fr"
MORE = 10
PICTURES = 4
#: The popup, a page of its own here, lies behind: Chromium takes the picture of the tab in front.
PRESS = "(() => { const at = Date.now(); document.querySelector('#report').click(); return at })()"
#: Two frames after the preview is in the page it is on the screen.
DRAWN = """new Promise((done) => {
  const isThere = () => document.body?.dataset.screen === 'preview'
    && document.querySelector('#screen').ariaBusy !== 'true' && document.querySelector('#send');
  const next = (run) => requestAnimationFrame(run);
  const look = () => isThere() ? next(() => next(() => done(Date.now()))) : next(look);
  look();
})"""


class Measured(NamedTuple):
    """Of one browser: milliseconds from the click to the preview; bytes of a bundle, and whether it has a picture."""

    first: float
    more: list[float]
    bundle: int
    picture: bool


def shop(number: int) -> str:
    """A page of about 300 KB whose first screen is full of pictures."""
    figures = []
    for shade in range(PICTURES):
        out = BytesIO()
        noise = Image.effect_noise((640, 400), 90 + number + shade).filter(ImageFilter.GaussianBlur(1.2))
        noise.convert("RGB").save(out, "JPEG", quality=82)
        data = base64.b64encode(out.getvalue()).decode()
        figures.append(f'<img width="400" alt="" src="data:image/jpeg;base64,{data}">')
    words = f"<p>Article {number}, livré en deux jours, échange gratuit pendant trente jours.</p>" * 40
    return f"<title>Boutique</title><h1>Boutique du canal</h1>{''.join(figures)}{words}"


async def wait_for_preview(browser: Browser, site: Site, number: int) -> tuple[float, str]:
    """Milliseconds from the click in the popup to the preview on the screen; the report page."""
    url = site.page(HOST, f"/article-{number}", shop(number))
    tab = await browser.new_tab()
    await browser.go(tab, url)
    await browser.wait_js(tab, "document.readyState === 'complete' && document.images.length > 0")
    id_ = await browser.extension(f"return (await api.tabs.query({{}})).find((one) => one.url === '{url}')?.id ?? null")
    popup = await browser.open_extension_page(f"pages/popup/popup.html?tab={id_}")
    await browser.wait_js(popup, "document.body.dataset.ready === 'true'")
    await browser.front(tab)
    await asyncio.sleep(0.5)
    before = await browser.tabs()
    pressed = await browser.eval(popup, PRESS)
    report = await browser.wait_new_tab(before)
    await browser.wait_url(report, r"/pages/report/report\.html")
    drawn = await browser.eval(report, DRAWN)
    await browser.close_tab(popup)
    await browser.close_tab(tab)
    return float(drawn - pressed), report


async def measure(engine: str, site: Site, doubles: Doubles, root: Path) -> Measured:
    """A daemon and a browser that have never reported."""
    folder = Path(tempfile.mkdtemp(dir=root))
    bases = folder / "bases.json"
    bases.write_text(json.dumps(doubles.bases), "utf-8")
    command = (str(ROOT / "tests/support/report_daemon.py"), str(bases))
    # Compiled once, by the first start, as the installed daemon is.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    daemon = Daemon({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"} | compiled, command=command)
    await daemon.start()
    try:
        await daemon.ask("/v1/report/channels", {"id": "email", "value": "claire@exemple.fr"})
        await daemon.stop()
        await daemon.start()
        setup = Setup(
            folder, ROOT / "dist/extension" / engine, site.http_port, site.https_port, site.authority.trust_in,
            lambda setup: install_relay(setup, daemon), daemon.env,
        )  # fmt: skip
        async with running(ENGINES[engine](setup)) as browser:
            first, report = await wait_for_preview(browser, site, 0)
            await browser.click(report, "#send")
            await browser.wait_js(report, "document.body.dataset.screen === 'receipt'", 15)
            (bundle,) = (daemon.home / "state/reports").glob("*.zip")
            size, picture = bundle.stat().st_size, b"page/screenshot." in bundle.read_bytes()
            more = []
            for number in range(1, MORE + 1):
                took, report = await wait_for_preview(browser, site, number)
                more.append(took)
                await browser.close_tab(report)
    finally:
        await daemon.close()
    return Measured(first, more, size, picture)


async def main(engines: Sequence[str]) -> None:
    """Measure, write the section."""
    with tempfile.TemporaryDirectory(prefix="guet-bench-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        site, doubles = Site(Authority(Path(folder) / "ca")), Doubles()
        await site.start()
        await doubles.add("netcraft")
        try:
            found = {engine: await measure(engine, site, doubles, Path(folder)) for engine in engines}
        finally:
            await doubles.close()
            await site.stop()
    if not all(one.picture for one in found.values()):
        sys.exit("a bundle has no picture of the page")
    rows = tuple(
        (engine, f"{one.first:,.0f}", f"{statistics.median(one.more):,.0f}", f"{max(one.more):,.0f}",
         f"{one.bundle / 1000:,.0f}")
        for engine, one in found.items()
    )  # fmt: skip
    columns = ("browser", "first of a daemon, ms", f"median of {MORE} more, ms", "longest, ms", "bundle, kB")
    note = f"A page of {len(shop(0)) / 1000:.0f} kB with {PICTURES} pictures. Every bundle holds picture and source."
    text = markdown([Table("Milliseconds and size", columns, rows, note)], heading="###")
    print(text)
    if set(engines) == set(ENGINES):
        write_section(PAGE, "click", text)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or list(ENGINES)))
