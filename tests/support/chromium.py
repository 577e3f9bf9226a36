"""Chromium through Playwright, with raw CDP where the page's CSP or timing matters."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, ClassVar

from playwright.async_api import (
    BrowserContext,
    CDPSession,
    Error,
    Page,
    Playwright,
    ViewportSize,
    async_playwright,
)

from support.browser import Browser, BrowserError, Node, Setup, Tab, probe_page, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

EXECUTABLE = os.environ.get("GUETTEUR_CHROMIUM", "/usr/bin/chromium")
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
IN_FRAMES = """selector => [document, ...[...document.querySelectorAll('iframe')].map((e) => e.contentDocument)]
  .map((one) => one?.querySelector(selector)).find(Boolean)"""


class Chromium(Browser):
    """New headless Chromium with a private user-data-dir; the native host manifest lies inside it."""

    name: ClassVar[str] = "chromium"

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        setup.native_hosts = setup.profile / "NativeMessagingHosts"
        self._pages: dict[Tab, Page] = {}
        self._sessions: dict[Tab, CDPSession] = {}
        self._navigations: set[asyncio.Task[Any]] = set()
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None
        self._dark = False

    async def start(self, start_url: str | None = None) -> None:
        setup = self.setup
        for folder in (setup.home, setup.profile, setup.native_hosts):
            folder.mkdir(parents=True, exist_ok=True)
        setup.trust(setup.home / ".pki" / "nssdb")
        if setup.install_host:
            setup.install_host(setup)
        self._playwright = await async_playwright().start()
        self._context = await self._playwright.chromium.launch_persistent_context(
            setup.profile,
            executable_path=self._launcher(start_url),
            headless=True,
            downloads_path=setup.home / "Downloads",
            args=self._arguments(),
            ignore_default_args=[
                *("--disable-extensions", "--disable-back-forward-cache"),
                *(["about:blank"] if start_url else []),
            ],
            env={**os.environ, "HOME": str(setup.home), "XDG_CONFIG_HOME": str(setup.home / ".config"), **setup.env},
            viewport=VIEWPORT,
            timeout=20_000,
        )
        self._context.set_default_timeout(10_000)
        if setup.extension:
            self.origin = await until(self._find_extension, "chromium: the extension's worker", 15)

    async def close(self) -> None:
        for task in self._navigations:
            task.cancel()
        await asyncio.gather(*self._navigations, return_exceptions=True)
        if self._context:
            with contextlib.suppress(Error):  # a test may have killed it a moment ago
                await self._context.close()
        if self._playwright:
            await self._playwright.stop()

    async def tabs(self) -> list[Tab]:
        assert self._context
        known = {page: tab for tab, page in self._pages.items()}
        for page in self._context.pages:
            if page not in known:
                tab = f"c{len(self._pages) + 1}"
                self._pages[tab] = page
                known[page] = tab
        return [known[page] for page in self._context.pages]

    async def new_tab(self) -> Tab:
        assert self._context
        page = await self._context.new_page()
        if self._dark:
            await page.emulate_media(color_scheme="dark")
        await self.tabs()
        return next(tab for tab, other in self._pages.items() if other is page)

    async def front(self, tab: Tab) -> None:
        await self._pages[tab].bring_to_front()

    async def close_tab(self, tab: Tab) -> None:
        await self._pages[tab].close()

    async def go(self, tab: Tab, url: str) -> None:
        session = await self._session(tab)
        task = asyncio.create_task(_ignoring_errors(session, url))
        self._navigations.add(task)
        task.add_done_callback(self._navigations.discard)

    async def url(self, tab: Tab) -> str:
        return self._pages[tab].url

    async def eval(self, tab: Tab, js: str) -> Any:
        try:
            session = await self._session(tab)
            answer = await asyncio.wait_for(
                session.send(
                    "Runtime.evaluate",
                    {"expression": js, "awaitPromise": True, "returnByValue": True, "userGesture": True},
                ),
                20,
            )
        except (Error, TimeoutError) as error:
            raise BrowserError(str(error)) from error
        if problem := answer.get("exceptionDetails"):
            raise BrowserError(problem.get("exception", {}).get("description") or problem["text"])
        return answer["result"].get("value")

    async def screenshot(self, tab: Tab) -> bytes:
        return await self._pages[tab].screenshot()

    @contextlib.asynccontextmanager
    async def film(self, tab: Tab, keep: Callable[[bytes], None]) -> AsyncIterator[None]:
        """Every frame the compositor shows, scaled down to 64 pixels."""
        session = await self._session(tab)
        acks: set[asyncio.Task[Any]] = set()

        def frame(event: dict[str, Any]) -> None:
            keep(base64.b64decode(event["data"]))
            ack = asyncio.create_task(_quiet(session, "Page.screencastFrameAck", {"sessionId": event["sessionId"]}))
            acks.add(ack)
            ack.add_done_callback(acks.discard)

        session.on("Page.screencastFrame", frame)

        async def start() -> bool:
            try:  # refused while the tab is between two pages
                await session.send("Page.startScreencast", {"format": "png", "maxWidth": 64, "maxHeight": 64})
            except Error as error:
                raise BrowserError(str(error)) from error
            return True

        await until(start, "chromium: screencast", 5)
        try:
            yield
        finally:
            await _quiet(session, "Page.stopScreencast", {})
            session.remove_listener("Page.screencastFrame", frame)
            await asyncio.gather(*acks)

    async def click_at(self, tab: Tab, x: float, y: float) -> None:
        await self._pages[tab].mouse.click(x, y)

    async def point_at(self, tab: Tab, x: float, y: float) -> None:
        await self._pages[tab].mouse.move(x, y)

    async def press(self, tab: Tab, keys: str) -> None:
        keyboard = self._pages[tab].keyboard
        await (keyboard.press(keys) if keys in {"Tab", "Enter", "Escape", "Space"} else keyboard.type(keys))

    async def resize(self, tab: Tab, width: int, height: int) -> None:
        await self._pages[tab].set_viewport_size({"width": width, "height": height})

    async def shadow(self, tab: Tab, selector: str) -> list[Node]:
        session = await self._session(tab)
        document = await session.send("DOM.getDocument", {"depth": 0})
        found = await session.send("DOM.querySelector", {"nodeId": document["root"]["nodeId"], "selector": selector})
        answer = await session.send("DOM.describeNode", {"nodeId": found["nodeId"], "depth": -1, "pierce": True})
        return [node for root in answer["node"].get("shadowRoots", []) for node in _flat(root)]

    async def within(self, tab: Tab, selector: str, function: str) -> Any:
        session = await self._session(tab)
        try:
            found = await session.send("Runtime.evaluate", {"expression": f"({IN_FRAMES})({json.dumps(selector)})"})
            host = found["result"].get("objectId")
            node = (await session.send("DOM.describeNode", {"objectId": host, "pierce": True}))["node"] if host else {}
            if not node.get("shadowRoots"):
                raise BrowserError(f"no shadow root in {selector}")
            root = await session.send("DOM.resolveNode", {"backendNodeId": node["shadowRoots"][0]["backendNodeId"]})
            call = {"functionDeclaration": function, "objectId": root["object"]["objectId"], "returnByValue": True}
            answer = await session.send("Runtime.callFunctionOn", call)
        except Error as error:
            raise BrowserError(str(error)) from error
        if problem := answer.get("exceptionDetails"):
            raise BrowserError(problem.get("exception", {}).get("description") or problem["text"])
        return answer["result"].get("value")

    async def dark(self, on: bool) -> None:
        self._dark = on

    async def allow_private(self) -> None:
        tab = await self.new_tab()
        await self.go(tab, "chrome://extensions/")
        await self.wait_js(tab, "globalThis.chrome?.developerPrivate !== undefined")
        update = json.dumps({"extensionId": self.origin.rpartition("/")[2], "incognitoAccess": True})
        # An extension from a folder is loaded anew only in developer mode.
        await self.eval(
            tab,
            "chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })"
            f".then(() => chrome.developerPrivate.updateExtensionConfiguration({update})).then(() => true)",
        )
        await until(lambda: self.extension("return api.extension.isAllowedIncognitoAccess()"), "private windows", 10)
        await self.close_tab(tab)

    def other_origin(self, folder: Path) -> str:
        # Chromium names an extension without a key after its folder.
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:32]
        return f"chrome-extension://{digest.translate(str.maketrans('0123456789abcdef', 'abcdefghijklmnop'))}"

    async def stop_worker(self) -> None:
        """Stop the extension's service worker, as Chromium does after 30 idle seconds. Any event starts it again."""
        tab = await self.open_extension_page(probe_page(self.setup.extension))
        session = await self._session(tab)
        stopped = asyncio.Event()

        def watch(event: dict[str, Any]) -> None:
            if any(version["runningStatus"] == "stopped" for version in event["versions"]):
                stopped.set()

        session.on("ServiceWorker.workerVersionUpdated", watch)
        await session.send("ServiceWorker.enable")
        await session.send("ServiceWorker.stopAllWorkers")
        await asyncio.wait_for(stopped.wait(), 5)

    def _arguments(self) -> list[str]:
        setup = self.setup
        ports = {80: setup.http_port, 443: setup.https_port, **setup.ports}
        rules = ", ".join([*(f"MAP *:{port} 127.0.0.1:{to}" for port, to in ports.items()), "MAP * ~NOTFOUND"])
        args = [
            "--no-sandbox",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--disable-gpu",
            "--no-first-run",
            "--lang=fr",
            f"--host-resolver-rules={rules}",
        ]
        if setup.restored:
            args.append("--restore-last-session")
        if setup.extension:
            folders = ",".join(map(str, [setup.extension, *setup.beside]))
            args += [f"--disable-extensions-except={folders}", f"--load-extension={folders}"]
        return args

    def _launcher(self, start_url: str | None) -> str:
        """Playwright refuses a start address among the arguments: a wrapper adds it in place of about:blank."""
        if start_url is None:
            return EXECUTABLE
        wrapper = self.setup.root / "chromium-with-start-page"
        wrapper.write_text(f'#!/bin/sh\nexec {EXECUTABLE} "$@" {json.dumps(start_url)}\n')
        wrapper.chmod(0o755)
        return str(wrapper)

    async def _find_extension(self) -> str | None:
        assert self._context
        urls = (worker.url for worker in self._context.service_workers)
        return next(("/".join(url.split("/")[:3]) for url in urls if url.startswith("chrome-extension://")), None)

    async def _session(self, tab: Tab) -> CDPSession:
        assert self._context
        if tab not in self._sessions:
            try:
                self._sessions[tab] = await self._context.new_cdp_session(self._pages[tab])
            except Error as error:
                raise BrowserError(str(error)) from error
        return self._sessions[tab]


def _flat(node: dict[str, Any]) -> Iterator[Node]:
    for child in node.get("children", []):
        pairs = child.get("attributes", [])
        yield child["nodeName"].lower(), dict(zip(pairs[::2], pairs[1::2], strict=True)), child.get("nodeValue", "")
        yield from _flat(child)


async def _ignoring_errors(session: CDPSession, url: str) -> None:
    """An extension that replaces the page makes the navigation "fail": that is what is tested."""
    await _quiet(session, "Page.navigate", {"url": url, "transitionType": "typed"})


async def _quiet(session: CDPSession, method: str, params: dict[str, Any]) -> None:
    with contextlib.suppress(Error):
        await session.send(method, params)
