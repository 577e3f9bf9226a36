"""200 tabs at once in a real Chromium: every lookalike covered, the time it takes, what the daemon holds meanwhile.

``python tests/e2e/measure_tabs.py [TABS]``; `make load` calls it. Writes its section of docs/reference/load.md.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from measure import ROOT

sys.path.append(str(ROOT / "tests/bench"))

from page import write_section

from guetteur.evaluate.tables import Table, markdown
from support.browser import Setup, running
from support.certs import Authority
from support.chromium import Chromium
from support.daemon import Daemon, install_relay
from support.sites import Site
from support.tabs import all_shown, close_all, open_at_once
from support.vitals import machine, vitals

PAGE = ROOT / "docs/reference/load.md"
TABS, WITHIN_S = 200, 300
MB = 1e6


async def measure(tabs: int, root: Path) -> str:
    """Open, look, close; the section's text.

    Raises:
        TimeoutError: not every tab was settled.
    """
    site, daemon = Site(Authority(root / "ca")), Daemon()
    await site.start()
    try:
        await daemon.start()
        setup = Setup(
            root / "browser",
            ROOT / "dist/extension/chromium",
            site.http_port,
            site.https_port,
            site.authority.trust_in,
            lambda setup: install_relay(setup, daemon),
            daemon.env,
        )
        async with running(Chromium(setup)) as browser:
            opened = await open_at_once(browser, site, daemon, tabs, WITHIN_S)
            wrong = await all_shown(browser, opened)
            if wrong:
                sys.exit(f"not shown as they must be: {wrong}")
            status = await daemon.status()
            assert status
            await close_all(browser, opened)
            after = vitals(status["pid"])
    finally:
        await daemon.close()
        await site.stop()
    before, looks = opened.looks[0], opened.looks
    rows = (
        ("tabs opened at once", f"{tabs}"),
        ("lookalikes among them, all covered", f"{len(opened.fakes())}"),
        ("other pages, all shown and with their verdict", f"{tabs - len(opened.fakes())}"),
        ("until the last tab was settled, s", f"{opened.seconds:.1f}"),
        ("checks the daemon answered", f"{status['checks']}"),
        ("processor time the daemon used, s", f"{looks[-1].cpu_s - before.cpu_s:.2f}"),
        ("resident memory of the daemon before, MB", f"{before.rss / MB:.1f}"),
        ("most while the tabs opened, MB", f"{max(look.rss for look in looks) / MB:.1f}"),
        ("after they were closed, MB", f"{after.rss / MB:.1f}"),
        ("file descriptors of the daemon, most", f"{max(look.files for look in looks)}"),
        ("threads of the daemon, most", f"{max(look.threads for look in looks)}"),
    )
    note = "Closed tabs leave nothing behind in the extension. The time is that of the whole browser. " + machine()
    return markdown([Table("Chromium", ("", "measured"), rows, note)], heading="###")


def main() -> None:
    """Measure, print, write."""
    tabs = int(sys.argv[1]) if len(sys.argv) > 1 else TABS
    with tempfile.TemporaryDirectory(prefix="guet-tabs-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        text = asyncio.run(measure(tabs, Path(folder)))
    print(text)
    if tabs >= TABS:
        write_section(PAGE, "tabs", text)


if __name__ == "__main__":
    main()
