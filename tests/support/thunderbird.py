"""Thunderbird through WebDriver BiDi in the chrome scope: a local folder of mails, the extension, the message pane."""

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
from typing import TYPE_CHECKING, Any

from support.bidi import Bidi, plain
from support.browser import BrowserError, until
from support.firefox import QUIET, UUID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.browser import Setup

EXECUTABLE = os.environ.get("GUETTEUR_THUNDERBIRD", "/usr/bin/thunderbird")
INBOX = "mailbox://nobody@Local%20Folders/Inbox"
MAIN = "chrome://messenger/content/messenger.xhtml"

#: One account without a server, no wizard, no start page, no questions; nothing leaves the computer.
PREFERENCES: dict[str, bool | int | str] = {
    **QUIET,
    "app.donation.eoy.version.viewed": 999,
    "intl.locale.requested": "fr",
    "mail.account.account1.server": "server1",
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.biff.show_alert": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.type": "none",
    "mail.server.server1.userName": "nobody",
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
    "mailnews.database.global.indexer.enabled": False,
}

#: The message pane's document, from about:message; closed shadow roots are open to the chrome scope.
PANE = "document.getElementById('messagepane').contentDocument"
IN_SHADOW = """(selector) => {
  const host = PANE.querySelector(selector);
  const texts = (node) => [...node.childNodes].flatMap((one) =>
    one.nodeType === 3 ? [one.nodeValue] : getComputedStyle(one).display === 'none' ? [] : texts(one));
  return host && texts(host.openOrClosedShadowRoot).join(' ').replace(/\\s+/g, ' ').trim();
}""".replace("PANE", PANE)

SNAPSHOT = """(async () => {
  const picture = await window.browsingContext.currentWindowGlobal.drawSnapshot(null, 1, 'white');
  const canvas = document.createElementNS('http://www.w3.org/1999/xhtml', 'canvas');
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext('2d').drawImage(picture, 0, 0);
  return canvas.toDataURL();
})()"""


class Thunderbird:
    """Headless Thunderbird whose inbox holds some mails, in their order."""

    def __init__(self, setup: Setup, mails: Sequence[bytes]) -> None:
        setup.native_hosts = setup.home / ".mozilla" / "native-messaging-hosts"
        self.setup = setup
        self._mails = mails
        self._bidi = Bidi()
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._address: asyncio.Future[str] | None = None

    async def start(self) -> None:
        """Start it and wait until the inbox is on screen."""
        setup = self.setup
        for folder in (setup.home, setup.profile / "extensions", setup.native_hosts):
            folder.mkdir(parents=True, exist_ok=True)
        if setup.install_host:
            setup.install_host(setup)
        self._write_profile()
        self._process = await asyncio.create_subprocess_exec(
            EXECUTABLE,
            *("--headless", "--no-remote", "--profile", str(setup.profile), "--remote-debugging-port=0"),
            "--remote-allow-system-access",
            env={
                **os.environ,
                "HOME": str(setup.home),
                "MOZ_HEADLESS": "1",
                "MOZ_HEADLESS_WIDTH": "1280",
                "MOZ_HEADLESS_HEIGHT": "900",
                **setup.env,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self._address = asyncio.get_running_loop().create_future()
        self._drain = asyncio.create_task(self._read_output())
        await self._bidi.connect(await asyncio.wait_for(self._address, 30))
        await self.wait(
            "about:3pane", f"(displayFolder('{INBOX}'), threadTree.view.rowCount === {len(self._mails)})", 30
        )

    async def say(self, lang: str) -> None:
        """Have the extension speak a language whatever Thunderbird's own is."""
        await self.wait(
            MAIN,
            f"""(async () => {{
              const {{ ExtensionStorageIDB }} = ChromeUtils.importESModule(
                'resource://gre/modules/ExtensionStorageIDB.sys.mjs');
              const {{ extension }} = WebExtensionPolicy.getByHostname('{UUID}');
              const area = await ExtensionStorageIDB.open(ExtensionStorageIDB.getStoragePrincipal(extension), false);
              await area.set({{ lang: {json.dumps(lang)} }});
              return true;
            }})()""",
        )

    async def close(self) -> None:
        """End it and everything it started."""
        process = self._process
        if process is None:
            return
        await self._bidi.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        if self._drain:
            await self._drain

    async def open(self, number: int) -> None:
        """Select a message of the inbox and wait until it is displayed."""
        # The list is sorted by date; keys grow as messages follow each other in the file.
        row = f"""(() => {{
          const keys = Array.from({{ length: gDBView.rowCount }}, (_, at) => gDBView.getKeyAt(at));
          return keys.indexOf([...keys].sort((a, b) => a - b)[{number}]);
        }})()"""
        await self.wait("about:3pane", f"(threadTree.selectedIndex = {row}, true)")
        subject = await self.eval("about:3pane", f"gDBView.getMsgHdrAt({row}).mime2DecodedSubject")
        wanted = f"window.msgLoaded && gMessage?.mime2DecodedSubject === {json.dumps(subject)}"
        await self.wait("about:message", f"{wanted} && {PANE}.readyState === 'complete'")

    @property
    def _opened(self) -> Path:
        return self.setup.root / "opened"

    def opened(self) -> list[str]:
        """Return the addresses the browser was asked to open, oldest first."""
        return self._opened.read_text("utf-8").splitlines() if self._opened.exists() else []

    async def wait_opened(self, url: str) -> None:
        """Wait until the browser was asked to open an address."""

        async def look() -> bool:
            return url in self.opened()

        await until(look, f"thunderbird: {url} opened", 10, pause=0.1)

    async def eval(self, place: str, js: str) -> Any:
        """Evaluate an expression in the first chrome document whose address begins so; JSON values only."""
        answer = await self._bidi.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({js})))()",
            target={"context": await self._context(place)},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise BrowserError(answer["exceptionDetails"]["text"])
        value = plain(answer["result"])
        return None if value is None else json.loads(value)

    async def wait(self, place: str, js: str, timeout: float = 10) -> Any:
        """Wait until an expression is truthy."""
        return await until(lambda: self.eval(place, js), f"thunderbird: {js}", timeout, pause=0.1)

    async def shadow(self, selector: str) -> str | None:
        """Return the visible words in one of our elements of the message; None when it is not there."""
        found = await self.eval("about:message", f"({IN_SHADOW})({json.dumps(selector)})")
        return None if found is None else str(found)

    async def wait_shadow(self, selector: str, words: str) -> str:
        """Wait until one of our elements says some words."""

        async def look() -> str | None:
            found = await self.shadow(selector)
            return found if found and words in found else None

        return await until(look, f"thunderbird: {selector} saying {words!r}", 10, lambda: self.shadow(selector), 0.1)

    async def click(self, finder: str) -> None:
        """Click an element of the message, trusted as the mouse is. `finder` sees `pane`, `inside` (a shadow root)."""
        await self._mouse(finder, {})

    async def hover(self, finder: str) -> None:
        """Point at an element of the message."""
        await self._mouse(finder, {"type": "mousemove"})

    async def _mouse(self, finder: str, event: dict[str, Any]) -> None:
        await self.wait(
            "about:message",
            f"""(() => {{
              const pane = {PANE};
              const inside = (selector) => pane.querySelector(selector)?.openOrClosedShadowRoot;
              const found = {finder};
              found?.scrollIntoView({{ block: 'center', behavior: 'instant' }});
              const box = found?.getBoundingClientRect();
              if (!box?.width) return false;
              ChromeUtils.importESModule('chrome://remote/content/shared/webdriver/Event.sys.mjs')
                .event.synthesizeMouseAtPoint(box.x + box.width / 2, box.y + box.height / 2, {json.dumps(event)},
                  pane.defaultView);
              return true;
            }})()""",
        )

    async def screenshot(self) -> bytes:
        """Return the main window as PNG."""
        picture = await self.eval(MAIN, SNAPSHOT)
        return base64.b64decode(str(picture).split(",")[1])

    async def _context(self, place: str) -> str:
        tree = await self._bidi.send("browsingContext.getTree", **{"moz:scope": "chrome"})
        waiting = list(tree["contexts"])
        while waiting:
            one = waiting.pop(0)
            if one["url"].startswith(place):
                return str(one["context"])
            waiting += one.get("children") or []
        raise BrowserError(f"no {place}")

    def _write_profile(self) -> None:
        profile = self.setup.profile
        preferences = dict(PREFERENCES)
        if source := self.setup.extension:
            manifest = json.loads((source / "manifest.json").read_text("utf-8"))
            identity = str(manifest["browser_specific_settings"]["gecko"]["id"])
            preferences["extensions.webextensions.uuids"] = json.dumps({identity: UUID})
            with zipfile.ZipFile(profile / "extensions" / f"{identity}.xpi", "w") as archive:
                for path in sorted(source.rglob("*")):
                    if path.is_file():
                        archive.write(path, path.relative_to(source))
        (profile / "handlers.json").write_text(json.dumps(self._browser()), "utf-8")
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
        (profile / "user.js").write_text("".join(lines), "utf-8")
        folder = profile / "Mail" / "Local Folders"
        folder.mkdir(parents=True)
        (folder / "Inbox").write_bytes(b"".join(_in_mbox(mail) for mail in self._mails))

    def _browser(self) -> dict[str, Any]:
        """What Thunderbird hands web addresses to: a program that notes them."""
        program = self.setup.root / "browser"
        program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{self._opened}'\n", "utf-8")
        program.chmod(0o755)
        handler = {"action": 2, "handlers": [{"name": "browser", "path": str(program)}]}
        return {"defaultHandlersVersion": {}, "mimeTypes": {}, "schemes": {"http": handler, "https": handler}}

    async def _read_output(self) -> None:
        """Find the BiDi address, then keep the pipe empty until the program ends; the log stays for the curious."""
        assert self._process
        assert self._process.stdout
        assert self._address
        with Path(self.setup.root, "thunderbird.log").open("wb") as log:
            async for line in self._process.stdout:
                log.write(line)
                found = re.search(rb"WebDriver BiDi listening on (ws://\S+)", line)
                if found and not self._address.done():
                    self._address.set_result(found[1].decode())
        if not self._address.done():
            self._address.set_exception(BrowserError("thunderbird ended at once; see thunderbird.log"))


def _in_mbox(mail: bytes) -> bytes:
    quoted = re.sub(rb"^(>*From )", rb">\1", mail.replace(b"\r\n", b"\n"), flags=re.MULTILINE)
    return b"From - Mon Nov 23 10:00:00 2026\n" + quoted.rstrip(b"\n") + b"\n\n"
