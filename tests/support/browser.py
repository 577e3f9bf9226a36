"""What a test may ask of a browser, whichever it is."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

T = TypeVar("T")
#: A tab's handle; its meaning belongs to the driver.
Tab = str
#: A DOM node: name in lower case (``#text`` for text), attributes, text.
Node = tuple[str, dict[str, str], str]
InstallHost = Callable[["Setup"], None]


class BrowserError(Exception):
    """The browser refused or lost what a test asked for."""


@dataclass(slots=True)
class Setup:
    """All a browser is started with.

    Attributes:
        root: private folder of this browser: profile, HOME, copies.
        extension: built extension folder.
        http_port, https_port: where ports 80 and 443 of every name lead.
        trust: makes the NSS database in a folder trust the sites' certificates.
        install_host: writes the native host's manifest into ``native_hosts``.
        env: added to the browser's environment, and so to the native host's.
        ports: more ports of every name, and the loopback ports they lead to.
        beside: folders of other extensions.
        restored: open again what was open when the browser of this profile last ended.
    """

    root: Path
    extension: Path | None
    http_port: int
    https_port: int
    trust: Callable[[Path], None]
    install_host: InstallHost | None = None
    env: dict[str, str] = field(default_factory=dict)
    ports: dict[int, int] = field(default_factory=dict)
    beside: list[Path] = field(default_factory=list)
    restored: bool = False
    native_hosts: Path = Path()

    @property
    def home(self) -> Path:
        """The browser's HOME."""
        return self.root / "home"

    @property
    def profile(self) -> Path:
        """The browser's profile folder."""
        return self.root / "profile"


class Browser(ABC):
    """A running browser with the extension in it."""

    name: ClassVar[str]
    #: Scheme and host of the extension's pages, without a final slash.
    origin: str
    setup: Setup

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.probe: Tab | None = None

    @abstractmethod
    async def start(self, start_url: str | None = None) -> None:
        """Start, load the extension, wait until it can be reached."""

    @abstractmethod
    async def close(self) -> None:
        """End the browser and everything it started."""

    @abstractmethod
    async def tabs(self) -> list[Tab]:
        """Return the open tabs, oldest first."""

    @abstractmethod
    async def new_tab(self) -> Tab:
        """Open an empty tab in front."""

    @abstractmethod
    async def front(self, tab: Tab) -> None:
        """Bring a tab to the front: what lies behind counts as hidden."""

    @abstractmethod
    async def close_tab(self, tab: Tab) -> None:
        """Close one tab."""

    @abstractmethod
    async def go(self, tab: Tab, url: str) -> None:
        """Begin to open an address as if it were typed; does not wait for the page."""

    @abstractmethod
    async def url(self, tab: Tab) -> str:
        """Return the address of what the tab shows."""

    @abstractmethod
    async def eval(self, tab: Tab, js: str) -> Any:
        """Evaluate an expression (a promise is awaited) in the page's own world, past its CSP; JSON values only."""

    @abstractmethod
    async def screenshot(self, tab: Tab) -> bytes:
        """Return the visible part of the page as PNG."""

    @abstractmethod
    def film(self, tab: Tab, keep: Callable[[bytes], None]) -> contextlib.AbstractAsyncContextManager[None]:
        """Hand over small pictures of the tab as long as the context is open."""

    @abstractmethod
    async def click_at(self, tab: Tab, x: float, y: float) -> None:
        """Click a point of the viewport."""

    @abstractmethod
    async def point_at(self, tab: Tab, x: float, y: float) -> None:
        """Move the pointer to a point of the viewport."""

    @abstractmethod
    async def press(self, tab: Tab, keys: str) -> None:
        """Press keys one after the other (text, or one key's name such as ``Tab``)."""

    @abstractmethod
    async def resize(self, tab: Tab, width: int, height: int) -> None:
        """Give a tab's viewport another size, in CSS pixels."""

    @abstractmethod
    async def shadow(self, tab: Tab, selector: str) -> list[Node]:
        """Return what lies in an element's shadow root, closed or not, depth first."""

    @abstractmethod
    async def within(self, tab: Tab, selector: str, function: str) -> Any:
        """Call a function with a shadow root, closed or not, as ``this``; JSON values only.

        Args:
            tab: where.
            selector: the first element that matches, in the page or in a frame of the same host.
            function: source of a function without arguments.

        Raises:
            BrowserError: there is no such element, or it has no shadow root.
        """

    @abstractmethod
    async def dark(self, on: bool) -> None:
        """Prefer a dark colour scheme from the next page on."""

    @abstractmethod
    async def allow_private(self) -> None:
        """Let the extension into private windows, as the person does in the browser's own settings."""

    @abstractmethod
    def other_origin(self, folder: Path) -> str:
        """Scheme and host of the pages of an extension of ``setup.beside``."""

    async def click(self, tab: Tab, selector: str) -> None:
        """Click the middle of the first element that matches, once a click there would reach it."""
        rect = await self.wait_js(
            tab,
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); if (!e) return null;"
            "e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            "const [x, y] = [r.x + r.width / 2, r.y + r.height / 2];"
            "return e.contains(document.elementFromPoint(x, y)) ? [x, y] : null })()",
            what=f"{selector} to click",
        )
        await self.click_at(tab, rect[0], rect[1])

    async def wait_url(self, tab: Tab, pattern: str, timeout: float = 10) -> str:
        """Wait until the tab's address matches a regular expression (searched, not anchored)."""

        async def look() -> str | None:
            url = await self.url(tab)
            return url if re.search(pattern, url) else None

        return await until(look, f"{self.name}: address {pattern!r}", timeout, lambda: self.url(tab))

    async def wait_js(self, tab: Tab, js: str, timeout: float = 10, what: str = "") -> Any:
        """Wait until an expression is truthy; navigations in between are waited out."""
        return await until(lambda: self.eval(tab, js), f"{self.name}: {what or js}", timeout, lambda: self.url(tab))

    async def wait_new_tab(self, before: list[Tab], timeout: float = 10) -> Tab:
        """Wait for a tab that was not there before."""

        async def look() -> Tab | None:
            return next((tab for tab in await self.tabs() if tab not in before), None)

        return await until(look, f"{self.name}: new tab", timeout)

    async def open_extension_page(self, path: str) -> Tab:
        """Open a page of the extension in a new tab and wait until it is complete."""
        tab = await self.new_tab()
        await self.go(tab, f"{self.origin}/{path}")
        await self.wait_js(
            tab, f"location.href.startsWith({json.dumps(self.origin)}) && document.readyState === 'complete'"
        )
        return tab

    async def welcome(self) -> Tab:
        """Wait for the page that a fresh profile opens by itself."""

        async def look() -> Tab | None:
            for tab in await self.tabs():
                if (await self.url(tab)).startswith(f"{self.origin}/{WELCOME}"):
                    return tab
            return None

        return await until(look, f"{self.name}: the page of a first run", 15)

    async def extension(self, js: str) -> Any:
        """Evaluate in an extension page kept for this, where ``browser``/``chrome`` are the extension's own."""
        if self.probe is None or self.probe not in await self.tabs():
            self.probe = await self.open_extension_page(probe_page(self.setup.extension))
        return await self.eval(self.probe, f"(async () => {{ const api = globalThis.browser ?? chrome; {js} }})()")

    async def private_tab(self) -> Tab:
        """Open a private window and return its only tab."""
        before = await self.tabs()
        await self.extension("await api.windows.create({ incognito: true }); return true")
        return await self.wait_new_tab(before)

    async def badge(self, tab: Tab) -> dict[str, Any]:
        """Return the toolbar button as one tab shows it: ``text``, ``colour`` (RGBA), ``title``."""
        url = json.dumps(await self.url(tab))
        found = await self.extension(
            f"const tabs = (await api.tabs.query({{}})).filter((t) => t.url === {url});"
            "if (!tabs.length) return null; const tabId = tabs.at(-1).id;"
            "return {text: await api.action.getBadgeText({tabId}), title: await api.action.getTitle({tabId}),"
            "colour: [...await api.action.getBadgeBackgroundColor({tabId})]}"
        )
        return dict(found or {})

    async def wait_badge(self, tab: Tab, ok: Callable[[dict[str, Any]], bool], timeout: float = 10) -> dict[str, Any]:
        """Wait until the badge is as wanted."""

        async def look() -> dict[str, Any] | None:
            badge = await self.badge(tab)
            return badge if badge and ok(badge) else None

        return await until(look, f"{self.name}: badge", timeout, lambda: self.badge(tab))


#: What the extension opens once in a fresh profile.
WELCOME = "pages/welcome/welcome.html"


@contextlib.asynccontextmanager
async def running(browser: Browser, start_url: str | None = None, *, welcome: bool = False) -> AsyncIterator[Browser]:
    """Start a browser and, whatever happens, close it.

    Args:
        browser: which.
        start_url: opened at start.
        welcome: leave the page of a first run open; a test that is not about it has no tab it did not open.
    """
    is_new = browser.setup.extension is not None and not browser.setup.profile.exists()
    try:
        await browser.start(start_url)
        if is_new and not welcome:
            await browser.close_tab(await browser.welcome())
        yield browser
    finally:
        await browser.close()


def probe_page(extension: Path | None) -> str:
    """Return the path of an extension page that is quiet to keep open: the options page."""
    if extension is None:
        raise BrowserError("no extension was loaded")
    manifest = json.loads((extension / "manifest.json").read_text("utf-8"))
    return str(manifest["options_ui"]["page"])


async def until(
    look: Callable[[], Awaitable[T | None]],
    what: str,
    timeout: float,
    context: Callable[[], Awaitable[Any]] | None = None,
    pause: float = 0.02,
) -> T:
    """Call until the answer is truthy. A browser error counts as "not yet".

    Raises:
        TimeoutError: it never was; the message ends with what ``context`` says.
    """
    deadline = time.monotonic() + timeout
    last: object = None
    while time.monotonic() < deadline:
        try:
            if found := await look():
                return found
        except BrowserError as error:
            last = error
        await asyncio.sleep(pause)
    seen = ""
    if context:
        try:
            seen = f"; now {await context()}"
        except BrowserError as error:
            seen = f"; {error}"
    raise TimeoutError(f"{what} not within {timeout} s{seen}{f' ({last})' if last else ''}")
