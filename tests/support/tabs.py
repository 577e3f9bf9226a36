"""Many tabs opened at once, and what becomes of each."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support import pages
from support.browser import until
from support.sites import OFFICIAL
from support.vitals import vitals

if TYPE_CHECKING:
    from support.browser import Browser
    from support.daemon import Daemon
    from support.sites import Site
    from support.vitals import Vitals

#: One in five is a lookalike, one in ten official, the others are pages nobody knows.
FAKE_OF = "impots.gouv.fr.dossier-{}.com"
PLAIN_OF = "jardin-{}.example"

OPEN = (
    "const urls = {urls}; const made = await Promise.all(urls.map((url) => api.tabs.create({{ url, active: false }})));"
)
#: What the tab strip shows and what the background knows, of the tabs in question.
LOOK = """const ids = new Set({ids}); const kept = await api.storage.session.get(null);
const tabs = (await api.tabs.query({{}})).filter((tab) => ids.has(tab.id));
return tabs.map(({{ id, url, status }}) => {{ const {{ level, degraded, cover, verdict }} = kept[`tab:${{id}}`] ?? {{}};
  return {{ id, url, status, level: level ?? null, degraded: degraded ?? null, cover: cover?.url ?? null,
    told: verdict?.level ?? null }} }});"""


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of it.

    Attributes:
        asked: address by the number of its tab.
        told: the last look at each tab, by the same number.
        seconds: from the call that opens them until the last had its verdict and its page, or its cover.
        looks: the daemon before, and at each look.
    """

    asked: dict[int, str]
    told: dict[int, dict[str, Any]]
    seconds: float
    looks: list[Vitals]

    def fakes(self) -> list[int]:
        """Tabs of lookalikes."""
        return [id_ for id_, url in self.asked.items() if _is_fake(url)]


def _is_fake(url: str) -> bool:
    return "gouv.fr.dossier" in url


def addresses(total: int) -> list[str]:
    """As many, mixed."""
    found = []
    for number in range(total):
        if number % 5 == 2:
            found.append(f"http://{FAKE_OF.format(number)}/connexion")
        elif number % 10 == 5:
            found.append(f"https://{OFFICIAL}/page-{number}")
        else:
            found.append(f"http://{PLAIN_OF.format(number)}/page")
    return found


def settled(tab: dict[str, Any], asked: str) -> bool:
    """Whether a tab is as it must be in the end."""
    if _is_fake(asked):
        return bool("/pages/warning/" in tab["url"] and tab["cover"] == asked and tab["status"] == "complete")
    wanted = "OFFICIAL" if asked.startswith("https:") else "NO_KNOWN_RISK"
    shown = tab["url"] == asked and tab["status"] == "complete"
    return bool(shown and tab["level"] == tab["told"] == wanted and tab["degraded"] is None)


async def open_at_once(browser: Browser, site: Site, daemon: Daemon, total: int, within_s: float) -> Opened:
    """Open them in one call of the browser's own; wait until every one is settled.

    Raises:
        TimeoutError: some are not; the message says how they are.
    """
    status = await daemon.status()
    assert status
    # The first text loads what all later ones use; a browser that has been open for a minute has had it loaded.
    await daemon.ask("/v1/check/page", {"url": "http://jardin.example/", "page": {"text": "Une page ordinaire."}})
    urls = addresses(total)
    site.fakes |= {FAKE_OF.format(number) for number in range(total)}
    looks = [vitals(status["pid"])]
    begun = time.monotonic()
    ids = await browser.extension(OPEN.format(urls=json.dumps(urls)) + "return made.map((tab) => tab.id);")
    asked = dict(zip(ids, urls, strict=True))
    told: dict[int, dict[str, Any]] = {}

    async def all_settled() -> bool:
        looks.append(vitals(status["pid"]))
        told.update({tab["id"]: tab for tab in await browser.extension(LOOK.format(ids=json.dumps(ids)))})
        return len(told) == total and all(settled(tab, asked[id_]) for id_, tab in told.items())

    async def others() -> list[Any]:
        return [(url, told.get(id_)) for id_, url in asked.items() if id_ not in told or not settled(told[id_], url)][
            :5
        ]

    await until(all_settled, f"{browser.name}: {total} tabs settled", within_s, others, pause=0.2)
    return Opened(asked, told, time.monotonic() - begun, looks)


async def all_shown(browser: Browser, opened: Opened) -> list[str]:
    """Addresses of tabs that do not show what they must: the warning's words, or the page no longer held back."""
    wrong = []
    for tab in await browser.tabs():
        url = await browser.url(tab)
        if "/pages/warning/" in url:
            ok = bool(await browser.eval(tab, "document.querySelector('#warning') && document.body.innerText"))
        elif url in opened.asked.values():
            ok = bool(await browser.eval(tab, f"!!document.querySelector('#plain') && {pages.SHOWN}"))
        else:
            continue
        if not ok:
            wrong.append(url)
    return wrong


async def close_all(browser: Browser, opened: Opened) -> None:
    """Close them in one call; wait until nothing is kept of any."""
    await browser.extension(f"await api.tabs.remove({json.dumps(list(opened.asked))}); return true")

    async def forgotten() -> bool:
        kept = await browser.extension("return Object.keys(await api.storage.session.get(null))")
        return not [id_ for id_ in opened.asked if f"tab:{id_}" in kept or f"trail:{id_}" in kept]

    await until(forgotten, f"{browser.name}: closed tabs forgotten", 30, pause=0.2)
    await asyncio.sleep(0.5)
