"""Firefox ESR through raw WebDriver BiDi; no geckodriver, no add-on store."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from support.bidi import Bidi, plain
from support.browser import Browser, BrowserError, Node, Setup, Tab, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

EXECUTABLE = os.environ.get("GUETTEUR_FIREFOX", "/usr/bin/firefox-esr")
UUID = "6ad7ebbd-63a5-4b6e-9a3d-2f0f0c6f0e11"
COLOUR_SCHEME = "layout.css.prefers-color-scheme.content-override"
ALLOW_PRIVATE = """
  const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
  const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
  const addon = await AddonManager.getAddonByID(OURS);
  await ExtensionPermissions.add(OURS, { permissions: ["internal:privateBrowsingAllowed"], origins: [] },
    WebExtensionPolicy.getByID(OURS).extension);
  await addon.reload();"""
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": " "}

#: No telemetry, updates, studies, remote settings, captive portal or speculative traffic; no first-run pages.
QUIET: dict[str, bool | int | str] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "browser.topsites.contile.enabled": False,
    "browser.region.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_open_during_load": False,
    "dom.push.connection.enabled": False,
    "dom.security.https_first": False,
    "dom.security.https_first_schemeless": False,
    "extensions.autoDisableScopes": 0,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.url": "",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.native-is-localhost": True,
    "network.http.speculative-parallel-limit": 0,
    "network.proxy.type": 0,
    "network.trr.mode": 5,
    "privacy.reduceTimerPrecision": False,
    "remote.prefs.recommended": True,
    "security.OCSP.enabled": 0,
    "security.remote_settings.crlite_filters.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "sidebar.revamp": False,
    "startup.homepage_welcome_url": "",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "toolkit.telemetry.server": "",
    "xpinstall.signatures.required": False,
}


class Firefox(Browser):
    """Headless Firefox with the extension sideloaded in its profile, so that it is there from the first page on."""

    name: ClassVar[str] = "firefox"

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        setup.native_hosts = setup.home / ".mozilla" / "native-messaging-hosts"
        self.origin = f"moz-extension://{UUID}"
        self._bidi = Bidi()
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._address: asyncio.Future[str] | None = None

    async def start(self, start_url: str | None = None) -> None:
        setup = self.setup
        for folder in (setup.home, setup.profile, setup.native_hosts):
            folder.mkdir(parents=True, exist_ok=True)
        setup.trust(setup.profile)
        if setup.install_host:
            setup.install_host(setup)
        folders = [setup.extension, *setup.beside] if setup.extension else []
        self._write_preferences({self._sideload(folder): _uuid(number) for number, folder in enumerate(folders)})
        self._process = await asyncio.create_subprocess_exec(
            EXECUTABLE,
            *("--headless", "--no-remote", "--profile", str(setup.profile), "--remote-debugging-port=0"),
            *("--remote-allow-system-access", "--width=1280", "--height=800"),
            *([start_url] if start_url else []),
            env={**os.environ, "HOME": str(setup.home), "MOZ_HEADLESS": "1", **setup.env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self._address = asyncio.get_running_loop().create_future()
        self._drain = asyncio.create_task(self._read_output())
        await self._bidi.connect(await asyncio.wait_for(self._address, 30))
        await until(self.tabs, "firefox: first tab", 10)
        if not start_url:
            await self._bidi.send("browsingContext.setViewport", context=(await self.tabs())[0], viewport=None)

    async def close(self) -> None:
        process = self._process
        if process is None:
            return
        with contextlib.suppress(BrowserError, ConnectionError):
            if self.setup.restored:  # as a person ends it: "browser.close" closes each tab first
                await self._inside("setTimeout(() => Services.startup.quit(Ci.nsIAppStartup.eForceQuit), 100)")
            else:
                await self._bidi.send("browser.close", timeout=5)
        await self._bidi.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if self._drain:
            await self._drain

    async def tabs(self) -> list[Tab]:
        tree = await self._bidi.send("browsingContext.getTree", maxDepth=0)
        return [context["context"] for context in tree["contexts"]]

    async def new_tab(self) -> Tab:
        return str((await self._bidi.send("browsingContext.create", type="tab"))["context"])

    async def front(self, tab: Tab) -> None:
        await self._bidi.send("browsingContext.activate", context=tab)

    async def close_tab(self, tab: Tab) -> None:
        await self._bidi.send("browsingContext.close", context=tab)

    async def go(self, tab: Tab, url: str) -> None:
        with contextlib.suppress(BrowserError):
            await self._bidi.send("browsingContext.navigate", context=tab, url=url, wait="none")

    async def url(self, tab: Tab) -> str:
        tree = await self._bidi.send("browsingContext.getTree", root=tab, maxDepth=0)
        return str(tree["contexts"][0]["url"])

    async def eval(self, tab: Tab, js: str) -> Any:
        answer = await self._bidi.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({js})))()",
            target={"context": tab},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise BrowserError(answer["exceptionDetails"]["text"])
        value = plain(answer["result"])
        return None if value is None else json.loads(value)

    async def screenshot(self, tab: Tab) -> bytes:
        await self._bidi.send("browsingContext.activate", context=tab)
        return base64.b64decode((await self._bidi.send("browsingContext.captureScreenshot", context=tab))["data"])

    @contextlib.asynccontextmanager
    async def film(self, tab: Tab, keep: Callable[[bytes], None]) -> AsyncIterator[None]:
        """Firefox has no screencast: a 16 by 16 corner, again and again."""
        clip = {"type": "box", "x": 40, "y": 400, "width": 16, "height": 16}
        stop = asyncio.Event()

        async def shoot() -> None:
            while not stop.is_set():
                with contextlib.suppress(BrowserError):
                    answer = await self._bidi.send("browsingContext.captureScreenshot", context=tab, clip=clip)
                    keep(base64.b64decode(answer["data"]))
                await asyncio.sleep(0)

        task = asyncio.create_task(shoot())
        try:
            yield
        finally:
            stop.set()
            await task

    async def click_at(self, tab: Tab, x: float, y: float) -> None:
        await self._act(
            tab,
            "pointer",
            [
                {"type": "pointerMove", "x": round(x), "y": round(y)},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0},
            ],
        )

    async def point_at(self, tab: Tab, x: float, y: float) -> None:
        await self._act(tab, "pointer", [{"type": "pointerMove", "x": round(x), "y": round(y)}])

    async def press(self, tab: Tab, keys: str) -> None:
        strokes = [KEYS[keys]] if keys in KEYS else list(keys)
        await self._act(tab, "key", [{"type": kind, "value": key} for key in strokes for kind in ("keyDown", "keyUp")])

    async def resize(self, tab: Tab, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        await self._bidi.send("browsingContext.setViewport", context=tab, viewport=size)

    async def shadow(self, tab: Tab, selector: str) -> list[Node]:
        answer = await self._bidi.send(
            "script.evaluate",
            expression=f"document.querySelector({json.dumps(selector)})",
            target={"context": tab},
            awaitPromise=False,
            serializationOptions={"maxDomDepth": 50, "includeShadowTree": "all"},
        )
        root = answer["result"]["value"].get("shadowRoot")
        return list(_flat(root["value"])) if root else []

    async def within(self, tab: Tab, selector: str, function: str) -> Any:
        tree = await self._bidi.send("browsingContext.getTree", root=tab, maxDepth=1)
        # A node of a frame can be named only to a script of that frame.
        for context in (tab, *(child["context"] for child in tree["contexts"][0]["children"] or [])):
            found = await self._bidi.send(
                "script.evaluate",
                expression=f"document.querySelector({json.dumps(selector)})",
                target={"context": context},
                awaitPromise=False,
                serializationOptions={"maxDomDepth": 0, "includeShadowTree": "all"},
            )
            if root := found.get("result", {}).get("value", {}).get("shadowRoot"):
                answer = await self._bidi.send(
                    "script.callFunction",
                    functionDeclaration=f"function () {{ return JSON.stringify(({function}).call(this) ?? null) }}",
                    this={"sharedId": root["sharedId"]},
                    target={"context": context},
                    awaitPromise=False,
                )
                if answer["type"] == "exception":
                    raise BrowserError(answer["exceptionDetails"]["text"])
                return json.loads(plain(answer["result"]))
        raise BrowserError(f"no shadow root in {selector}")

    async def dark(self, on: bool) -> None:
        await self._inside(f"Services.prefs.setIntPref('{COLOUR_SCHEME}', {0 if on else 1})")

    async def allow_private(self) -> None:
        # What the choice in about:addons does.
        await self._inside(ALLOW_PRIVATE.replace("OURS", json.dumps(_identity(self.setup.extension))))
        await until(lambda: self.extension("return api.extension.isAllowedIncognitoAccess()"), "private windows", 10)

    async def _inside(self, js: str) -> None:
        """Run statements in the browser's own window."""
        chrome: dict[str, Any] = {"moz:scope": "chrome", "maxDepth": 0}
        tree = await self._bidi.send("browsingContext.getTree", **chrome)
        answer = await self._bidi.send(
            "script.callFunction",
            functionDeclaration=f"async () => {{ {js} }}",
            target={"context": tree["contexts"][0]["context"]},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise BrowserError(answer["exceptionDetails"]["text"])

    async def _act(self, tab: Tab, kind: str, actions: list[dict[str, Any]]) -> None:
        await self._bidi.send(
            "input.performActions", context=tab, actions=[{"type": kind, "id": kind, "actions": actions}]
        )

    def other_origin(self, folder: Path) -> str:
        return f"moz-extension://{_uuid(1 + self.setup.beside.index(folder))}"

    def _sideload(self, source: Path) -> str:
        """Zip an extension into the profile, as an installed add-on lies there; returns its id."""
        identity = _identity(source)
        folder = self.setup.profile / "extensions"
        folder.mkdir(exist_ok=True)
        with zipfile.ZipFile(folder / f"{identity}.xpi", "w") as archive:
            for path in sorted(source.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(source))
        return identity

    def _write_preferences(self, identities: dict[str, str]) -> None:
        setup = self.setup
        ports = {80: setup.http_port, 443: setup.https_port, **setup.ports}
        prefs: dict[str, bool | int | str] = {
            **QUIET,
            "network.socket.forcePort": ";".join(f"{port}={to}" for port, to in ports.items()),
            # Nobody is there to answer: what an extension asks for at a click is granted.
            "extensions.webextOptionalPermissionPrompts": False,
        }
        if setup.restored:
            prefs["browser.startup.page"] = 3
        if identities:
            prefs["extensions.webextensions.uuids"] = json.dumps(identities)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in prefs.items()]
        Path(setup.profile, "user.js").write_text("".join(lines), "utf-8")

    async def _read_output(self) -> None:
        """Find the BiDi address, then keep the pipe empty until the browser ends; the log stays for the curious."""
        assert self._process
        assert self._process.stdout
        assert self._address
        with (self.setup.root / "firefox.log").open("wb") as log:
            async for line in self._process.stdout:
                log.write(line)
                found = re.search(rb"WebDriver BiDi listening on (ws://\S+)", line)
                if found and not self._address.done():
                    self._address.set_result(found[1].decode())
        if not self._address.done():
            self._address.set_exception(BrowserError("firefox ended at once; see firefox.log"))


def _uuid(number: int) -> str:
    """Of one extension: ours is number 0."""
    return f"{UUID[:-2]}{int(UUID[-2:], 16) + number:02x}"


def _identity(source: Path | None) -> str:
    assert source
    manifest = json.loads((source / "manifest.json").read_text("utf-8"))
    return str(manifest["browser_specific_settings"]["gecko"]["id"])


def _flat(node: dict[str, Any]) -> Iterator[Node]:
    for child in node.get("children", []):
        value = child["value"]
        yield value.get("localName", "#text"), value.get("attributes", {}), value.get("nodeValue") or ""
        yield from _flat(value)
