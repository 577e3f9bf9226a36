"""How long Guetteur makes people wait, measured in real browsers. Not a test: ``make bench`` runs it and prints.

python tests/e2e/measure.py [chromium] [firefox]
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "daemon")]

from support import pages  # noqa: E402
from support.browser import Browser, Setup, running  # noqa: E402
from support.certs import Authority  # noqa: E402
from support.chromium import Chromium  # noqa: E402
from support.daemon import Daemon, install_relay  # noqa: E402
from support.firefox import Firefox  # noqa: E402
from support.sites import FAKE, Site  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

ENGINES: dict[str, type[Browser]] = {"chromium": Chromium, "firefox": Firefox}
CHECKS = 1000
WARNINGS = 20
LOADS = 30

#: The extension's own client, in one of its pages, one question after the other, each about another address.
ROUND_TRIPS = f"""
const {{ Daemon, HOST_NAME }} = await import('/shared/daemon.js');
const daemon = new Daemon({{ connect: () => api.runtime.connectNative(HOST_NAME), lastError: () => '',
  now: () => Date.now(), setTimer: (run, ms) => setTimeout(run, ms), clearTimer: (handle) => clearTimeout(handle) }});
await daemon.request('/v1/status', null);
const times = [];
for (let n = 0; n < {CHECKS}; n++) {{
  const start = performance.now();
  const reply = await daemon.request('/v1/check/url', {{ url: `https://page-${{n}}.example/a?b=${{n}}`, lang: 'fr' }});
  times.push(performance.now() - start);
  if (!reply.ok) throw new Error(reply.error.code);
}}
return times;
"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


async def round_trips(browser: Browser) -> list[float]:
    """Milliseconds from question to answer."""
    await browser.extension(ROUND_TRIPS.replace(f"n < {CHECKS}", "n < 50"))
    times = await browser.extension(ROUND_TRIPS)
    return list(times)


async def warning_times(browser: Browser) -> list[float]:
    """Milliseconds from the typed address to the warning's words on screen, a fresh tab each."""
    times = []
    for run in range(WARNINGS):
        tab = await browser.new_tab()
        start = time.perf_counter()
        await browser.go(tab, f"http://{FAKE}/measured-{run}")
        await pages.covered(browser, tab)
        times.append((time.perf_counter() - start) * 1000)
        await browser.close_tab(tab)
    return times


async def load_times(browser: Browser) -> list[float]:
    """Milliseconds from navigation to first contentful paint of pages nobody knows."""
    times = []
    for run in range(LOADS + 3):
        tab = await browser.new_tab()
        await browser.go(tab, f"http://inconnu-{run}.example/")
        painted = await browser.wait_js(tab, f"location.hostname.startsWith('inconnu') && {FIRST_PAINT}")
        times.append(float(painted))
        await browser.close_tab(tab)
    return times[3:]


def percentile(times: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def measure(engine: str, site: Site, daemon: Daemon, root: Path) -> None:
    """Measure one browser with the extension and once more without."""

    def make(extension: Path | None) -> Browser:
        folder = Path(tempfile.mkdtemp(dir=root))
        return ENGINES[engine](
            Setup(
                folder,
                extension,
                site.http_port,
                site.https_port,
                site.authority.trust_in,
                lambda setup: install_relay(setup, daemon),
                daemon.env,
            )
        )

    async with running(make(ROOT / "dist/extension" / engine)) as browser:
        trips = await round_trips(browser)
        warnings = await warning_times(browser)
        guarded = await load_times(browser)
    async with running(make(None)) as browser:
        bare = await load_times(browser)
    before, after = statistics.median(bare), statistics.median(guarded)
    rows = [
        (f"check round trip, n={CHECKS}", f"p50 {percentile(trips, 0.5):.2f} ms, p99 {percentile(trips, 0.99):.2f} ms"),
        (
            f"address typed to warning shown, n={WARNINGS}",
            f"median {statistics.median(warnings):.0f} ms, max {max(warnings):.0f} ms",
        ),
        (
            f"first paint of an unknown good page, n={LOADS}",
            f"median {before:.0f} ms bare, {after:.0f} ms with Guetteur: {after - before:+.0f} ms",
        ),
    ]
    for what, value in rows:
        print(f"{engine:9} {what:48} {value}", flush=True)


async def main(engines: Sequence[str]) -> None:
    """Build, measure, clean up."""
    build = await asyncio.create_subprocess_exec("node", "build.mjs", cwd=ROOT / "extension", stdout=subprocess.DEVNULL)
    if await build.wait():
        sys.exit("the extension could not be built")
    with tempfile.TemporaryDirectory(prefix="guet-bench-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        site = Site(Authority(Path(folder) / "ca"))
        daemon = Daemon()
        await site.start()
        try:
            await daemon.start()
            for engine in engines:
                await measure(engine, site, daemon, Path(folder))
        finally:
            await daemon.close()
            await site.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or list(ENGINES)))
