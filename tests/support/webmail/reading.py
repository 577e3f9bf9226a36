"""What a person sees and presses in an opened mail: our elements stand in closed shadow roots."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.browser import BrowserError, until

if TYPE_CHECKING:
    from support.browser import Browser, Tab
    from support.webmail.imap import Imap
    from support.webmail.roundcube import Roundcube
    from support.webmail.sogo import Sogo

ROOT = Path(__file__).parents[3]
LOCALES = ROOT / "extension/_locales"
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or ROOT / "build/screenshots")
SETTLED = "new Promise((done) => setTimeout(() => done(true), 250))"

BANNER = "guetteur-banner"
MARK = "guetteur-mark"
BUBBLE = "guetteur-bubble"
ASK = "guetteur-ask"

LOOK = """function () {
  const host = this.host;
  const buttons = [...this.querySelectorAll('button')].map((b) => [b.textContent, b.getAttribute('aria-expanded')]);
  const visible = (node) => [...node.childNodes].map((one) => one.nodeType === 3 ? one.nodeValue
    : getComputedStyle(one).display === 'none' ? '' : ' ' + visible(one) + ' ').join('');
  const box = host.getBoundingClientRect();
  return {
    said: this.querySelector('[role=status]')?.textContent ?? '', text: visible(this).replace(/\\s+/g, ' ').trim(),
    level: host.dataset.level ?? '', role: host.getAttribute('role') ?? '',
    label: host.getAttribute('aria-label') ?? '',
    buttons: Object.fromEntries(buttons), focused: this.activeElement?.textContent ?? '',
    shown: getComputedStyle(host).display !== 'none' && box.width > 0, top: box.top }
}"""

#: The middle of a button with these words, in the tab's viewport, wherever its frame stands.
MIDDLE = """function () {
  const button = [...this.querySelectorAll('button')].find((one) => one.textContent === %s);
  if (!button) return null;
  button.scrollIntoView({block: 'center'});
  const box = button.getBoundingClientRect();
  let [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  for (let view = button.ownerDocument.defaultView; view.frameElement; view = view.parent) {
    const frame = view.frameElement.getBoundingClientRect();
    [x, y] = [x + frame.x, y + frame.y];
  }
  return [x, y]
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One of our elements as it is on screen and read aloud.

    Attributes:
        said: the sentence a screen reader announces.
        text: all visible words.
        level: the verdict's level; empty for a grey line.
        role: its role.
        label: its accessible name.
        buttons: words -> whether it is open ("true", "false"), None where there is nothing to open.
        focused: words of the button that has the focus.
        shown: whether it takes room on screen.
        top: how far from the top of its document.
    """

    said: str
    text: str
    level: str
    role: str
    label: str
    buttons: dict[str, str | None]
    focused: str
    shown: bool
    top: float


async def look(browser: Browser, tab: Tab, what: str = BANNER) -> Seen | None:
    """Return one of our elements, in the page or a frame of it; None when there is none."""
    try:
        return Seen(**await browser.within(tab, what, LOOK))
    except BrowserError:
        return None


async def told(browser: Browser, tab: Tab, what: str = BANNER, timeout: float = 10) -> Seen:
    """Wait until one of our elements stands there and has spoken."""

    async def spoken() -> Seen | None:
        seen = await look(browser, tab, what)
        return seen if seen and seen.said and seen.shown else None

    return await until(spoken, f"{browser.name}: {what}", timeout, lambda: browser.url(tab))


async def gone(browser: Browser, tab: Tab, what: str = BANNER) -> None:
    """Wait until none of our elements of this name is there."""

    async def none() -> bool:
        return await look(browser, tab, what) is None

    await until(none, f"{browser.name}: no more {what}", 5)


async def press(browser: Browser, tab: Tab, words: str, what: str = BANNER) -> None:
    """Click the button with these words in one of our elements."""

    async def middle() -> Any:
        return await browser.within(tab, what, MIDDLE % json.dumps(words))

    async def standing() -> Seen | None:
        return await look(browser, tab, what)

    await browser.click_at(tab, *await until(middle, f"{browser.name}: button {words!r} in {what}", 5, standing))


def wording(key: str, lang: str = "fr") -> str:
    """Return one of the extension's sentences."""
    return str(json.loads((LOCALES / lang / "messages.json").read_text("utf-8"))[key]["message"])


async def picture(browser: Browser, tab: Tab, name: str) -> None:
    """Keep what is on screen as ``mail-NAME-ENGINE.png``, for people to look at."""
    await browser.eval(tab, SETTLED)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"mail-{name}-{browser.name}.png").write_bytes(await browser.screenshot(tab))


async def verdict(browser: Browser, tab: Tab) -> dict[str, Any] | None:
    """Return what the extension keeps of the mail that is open in a tab: shown or not."""
    url = json.dumps(await browser.url(tab))
    found = await browser.extension(
        f"const tabs = (await api.tabs.query({{}})).filter((tab) => tab.url === {url}); if (!tabs.length) return null;"
        "const key = `tab:${tabs.at(-1).id}`; return (await api.storage.session.get(key))[key]?.mail?.verdict ?? null"
    )
    return dict(found) if found else None


@dataclass(slots=True)
class Reader:
    """A person with a webmail open in a tab.

    Attributes:
        browser: theirs.
        webmail: where they read.
        server: where their mails lie.
        tab: the tab with the webmail.
    """

    browser: Browser
    webmail: Roundcube | Sogo
    server: Imap
    tab: Tab = ""

    async def sit_down(self) -> None:
        """Log in, in a tab of its own."""
        self.tab = await self.browser.new_tab()
        await self.webmail.log_in(self.browser, self.tab)

    async def open(self, name: str, raw: bytes) -> None:
        """Have a mail delivered, unless it was before, and open it."""
        await self.browser.front(self.tab)  # mails are read when they are looked at
        await self.webmail.open(self.browser, self.tab, self.server.inbox.put(name, raw))

    async def agree(self) -> None:
        """Say yes where the extension asks whether it may read; a mail is open."""
        await told(self.browser, self.tab, ASK)
        await press(self.browser, self.tab, wording("mailAskYes"), ASK)

    async def banner(self, level: str) -> Seen:
        """Wait for a banner of this level."""
        seen = await told(self.browser, self.tab)
        assert seen.level == level, seen
        return seen

    async def turned(self, level: str, timeout: float = 40) -> None:
        """Wait until the banner that stands there has become one of this level."""

        async def told_anew() -> Seen | None:
            seen = await look(self.browser, self.tab)
            return seen if seen and seen.level == level else None

        await until(told_anew, f"{self.browser.name}: {level}", timeout)

    async def checked(self, subject: str, timeout: float = 10) -> dict[str, Any]:
        """Wait until the mail with this subject has been judged, told or not."""

        async def judged() -> dict[str, Any] | None:
            found = await verdict(self.browser, self.tab)
            return found if found and found["subject"] == subject else None

        return await until(judged, f"{self.browser.name}: verdict on {subject!r}", timeout)
