"""axe-core on a page, past its CSP (the debugger evaluates, not the page)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.browser import Browser, Tab

SOURCE = Path(__file__).parents[2] / "extension/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

RUN = f"""axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS}}}, resultTypes: ['violations']}})
  .then((r) => r.violations.map((v) => ({{id: v.id, help: v.help, where: v.nodes.map((n) => n.target.join(' ')),
    why: v.nodes[0].failureSummary}})))"""


@cache
def _source() -> str:
    return SOURCE.read_text("utf-8")


async def violations(browser: Browser, tab: Tab) -> list[dict[str, Any]]:
    """Return what axe finds against WCAG 2.0 to 2.2, levels A and AA, in the page as it is now."""
    await browser.eval(tab, f"(() => {{ {_source()}\nreturn true }})()")
    found = await browser.eval(tab, RUN)
    return list(found)


async def contrast_of(browser: Browser, tab: Tab) -> list[dict[str, Any]]:
    """Return only colour-contrast findings (used in the dark scheme)."""
    return [one for one in await violations(browser, tab) if one["id"] == "color-contrast"]
