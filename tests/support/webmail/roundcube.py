"""The real Roundcube of Debian, on PHP's own web server, behind a name of the test web."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from support.webmail import imap
from support.webmail.proxy import Proxy
from support.webmail.servers import ADDRESS, Server, account, forget, free_port, give, need, private_folder

if TYPE_CHECKING:
    from support.browser import Browser, Tab
    from support.sites import Site

PACKAGES = "roundcube-core roundcube-sqlite3 php-cli php-sqlite3 php-curl"
PHP = "/usr/bin/php"
PUBLIC = Path("/var/lib/roundcube/public_html")
DEBIAN = Path("/etc/roundcube")
#: PHP modules Debian has in packages of their own.
MODULES = [f"/usr/lib/php/*/{name}.so" for name in ("pdo_sqlite", "curl", "mbstring", "intl")]
HOST = "webmail.jardin-de-mamie.example"

CONFIG = """<?php
$config = [
  'db_dsnw' => 'sqlite:///{folder}/roundcube.sqlite?mode=0600',
  'imap_host' => '{address}:{port}',
  'smtp_host' => '{address}:9',
  'des_key' => 'only-for-tests-24-bytes!',
  'log_dir' => '{folder}/logs',
  'temp_dir' => '{folder}/temp',
  'language' => '{language}',
  'plugins' => [],
  'skin' => 'elastic',
  'enable_spellcheck' => false,
  'mail_read_time' => -1,
  'message_show_email' => {show_email},
  'refresh_interval' => 0,
];
"""

#: The preview beside the list is a frame.
PREVIEW = "#messagecontframe"


class Roundcube:
    """Roundcube over a mailbox, at ``https://HOST/``.

    Attributes:
        url: its address, with a final slash.
        proxy: what stands in front of it.
    """

    def __init__(self, mail: imap.Imap, host: str = HOST, *, language: str = "fr_FR", show_email: bool = False) -> None:
        need(PACKAGES, PHP, str(PUBLIC / "index.php"), *MODULES)
        self._who = account()
        self.folder = private_folder("roundcube", self._who)
        self.port = free_port()
        self.host = host
        self.url = f"https://{host}/"
        self._server = Server("roundcube", self.folder / "output.log", self._who)
        self.proxy = Proxy(self.port)
        self._write(CONFIG, mail, language=language, show_email=show_email)

    def _write(self, config: str, mail: imap.Imap, *, language: str, show_email: bool) -> None:
        settings = self.folder / "config"
        for folder in (settings, self.folder / "logs", self.folder / "temp", self.folder / "sessions"):
            folder.mkdir()
        for name in ("defaults.inc.php", "mimetypes.php"):
            (settings / name).symlink_to(DEBIAN / name)
        text = config.format(
            folder=self.folder,
            address=ADDRESS,
            port=mail.port,
            language=language,
            show_email=str(show_email).lower(),
        )
        (settings / "config.inc.php").write_text(text, "utf-8")
        give(self.folder, self._who)

    async def start(self, site: Site | None = None) -> None:
        """Start it, wait for its port, and let its name of the test web lead there."""
        self._server.run(
            [PHP, "-d", "display_errors=0", "-d", "opcache.enable_cli=1", "-S", f"{ADDRESS}:{self.port}", "-t", PUBLIC],
            # One process answers one request at a time: a page's frames would wait for one another.
            {"ROUNDCUBE_CONFIG_DIR": str(self.folder / "config"), "PHP_CLI_SERVER_WORKERS": "4"},
        )
        await self._server.answers(self.port)
        if site:
            site.servers[self.host] = await self.proxy.start()

    async def close(self) -> None:
        """End it and forget what it wrote."""
        await self.proxy.close()
        await self._server.end()
        forget(self.folder)

    async def log_in(self, browser: Browser, tab: Tab) -> None:
        """Log in as the owner of the mailbox; the list of mails is open afterwards."""
        await browser.go(tab, self.url)
        await browser.wait_js(tab, "document.querySelector('#rcmloginuser') && document.readyState === 'complete'")
        user, password = json.dumps(imap.USER), json.dumps(imap.PASSWORD)
        await browser.eval(
            tab,
            f"(document.querySelector('#rcmloginuser').value = {user},"
            f"document.querySelector('#rcmloginpwd').value = {password},"
            "document.querySelector('#rcmloginsubmit').click(), true)",
        )
        await browser.wait_url(tab, "_task=mail")
        await browser.wait_js(tab, "!!document.querySelector('#messagelist') && document.readyState === 'complete'")

    def message(self, uid: int) -> str:
        """Return the address of one mail in full view."""
        return f"{self.url}?{urlencode({'_task': 'mail', '_mbox': 'INBOX', '_uid': uid, '_action': 'show'})}"

    async def open(self, browser: Browser, tab: Tab, uid: int) -> None:
        """Show one mail alone in the tab."""
        await browser.go(tab, self.message(uid))
        await browser.wait_url(tab, rf"_uid={uid}\b")
        await browser.wait_js(tab, "!!document.querySelector('#messagebody') && document.readyState !== 'loading'")

    async def preview(self, browser: Browser, tab: Tab, uid: int) -> None:
        """Show one mail beside the list, as a click on its line does; the list must be open."""
        await browser.eval(
            tab, f"(rcmail.message_list.select('{uid}'), rcmail.show_message('{uid}', false, true), true)"
        )
        await browser.wait_js(
            tab,
            f"(() => {{ const frame = document.querySelector('{PREVIEW}'); const inner = frame?.contentDocument;"
            f"return !!inner?.querySelector('#messagebody') && inner.readyState !== 'loading'"
            f"&& /_uid={uid}(&|$)/.test(frame.contentWindow.location.search) }})()",
            what=f"the preview of {uid}",
        )
