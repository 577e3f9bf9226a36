"""The real SOGo of Debian with a PostgreSQL and a memcached of its own, behind a name of the test web."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from support.browser import until
from support.webmail import imap
from support.webmail.proxy import Proxy
from support.webmail.servers import (
    ADDRESS,
    NotInstalledError,
    Server,
    account,
    forget,
    free_port,
    need,
    private_folder,
)

if TYPE_CHECKING:
    from support.browser import Browser, Tab
    from support.sites import Site

PACKAGES = "sogo postgresql memcached"
SOGOD = "/usr/sbin/sogod"
MEMCACHED = "/usr/bin/memcached"
POSTGRES = "/usr/lib/postgresql/*/bin/postgres"
RESOURCES = Path("/usr/lib/GNUstep/SOGo/WebServerResources")
#: sogod reads it whatever it is told, and ends where it may not.
SYSTEM_CONFIG = Path("/etc/sogo/sogo.conf")
HOST = "courrier.jardin-de-mamie.example"

PEOPLE = f"""
CREATE TABLE people (c_uid varchar PRIMARY KEY, c_name varchar, c_password varchar, c_cn varchar, mail varchar);
INSERT INTO people VALUES
  ('{imap.USER}', '{imap.USER}', '{imap.PASSWORD}', 'Mamie', '{imap.USER}@{imap.MAIL_DOMAIN}')
"""

#: The log-in form once Angular has taken it over; before, what is typed is lost.
FORM = "!!document.querySelector('.ng-pristine[ng-model=\"app.creds.username\"]')"

BODY = ".sg-mail-part"


class Sogo:
    """SOGo over a mailbox, at ``https://HOST/SOGo/``.

    Attributes:
        url: its address, with a final slash.
    """

    def __init__(self, mail: imap.Imap, host: str = HOST) -> None:
        need(PACKAGES, SOGOD, POSTGRES, MEMCACHED, str(RESOURCES))
        self._who = account("sogo")
        if os.getuid() and not os.access(SYSTEM_CONFIG, os.R_OK):
            raise NotInstalledError(f"{SYSTEM_CONFIG} cannot be read: chmod o+r {SYSTEM_CONFIG}, or run as root")
        self.folder = private_folder("sogo", self._who)
        self.host = host
        self.url = f"https://{host}/SOGo/"
        self._imap_port = mail.port
        self.port, self._database_port, self._cache_port = free_port(), free_port(), free_port()
        self._servers = {
            name: Server(name, self.folder / f"{name}.log", self._who) for name in ("postgres", "memcached", "sogod")
        }
        self._proxy = Proxy(
            self.port,
            {
                "x-webobjects-server-port": "443",
                "x-webobjects-server-name": host,
                "x-webobjects-server-url": f"https://{host}",
                "x-webobjects-server-protocol": "HTTP/1.0",
                "accept-language": "fr",
            },
            {"/SOGo.woa/WebServerResources/": RESOURCES, "/SOGo/WebServerResources/": RESOURCES},
        )

    async def start(self, site: Site) -> None:
        """Start the three servers and let the name of the test web lead there."""
        await self._start_database()
        self._servers["memcached"].run([MEMCACHED, "-l", ADDRESS, "-p", str(self._cache_port), "-U", "0"])
        await self._servers["memcached"].answers(self._cache_port)
        self._servers["sogod"].run([SOGOD, *(part for pair in self._settings().items() for part in pair)])
        await self._servers["sogod"].answers(self.port)
        site.servers[self.host] = await self._proxy.start()

    async def close(self) -> None:
        """End it all and forget what it wrote."""
        await self._proxy.close()
        for server in reversed(self._servers.values()):
            await server.end(signal.SIGINT)  # to PostgreSQL: at once, not when all clients are gone
        forget(self.folder)

    async def _start_database(self) -> None:
        binaries = max(Path("/").glob(POSTGRES.removeprefix("/"))).parent
        data = self.folder / "database"
        server = self._servers["postgres"]
        server.run([str(binaries / "initdb"), "-D", str(data), "-U", "sogo", "-A", "trust", "-N", "--no-locale"])
        await server.ended()
        where = ["-k", str(self.folder), "-h", ADDRESS, "-p", str(self._database_port)]
        server.run([str(binaries / "postgres"), "-D", str(data), *where, "-F"])
        await server.answers(self._database_port)
        ready = [str(binaries / "pg_isready"), "-q", "-h", ADDRESS, "-p", str(self._database_port)]

        async def opened() -> bool:  # it listens before it lets anyone in
            return (await asyncio.to_thread(subprocess.run, ready, check=False)).returncode == 0

        await until(opened, "the database", 20)
        sql = [str(binaries / "psql"), "-h", ADDRESS, "-p", str(self._database_port), "-U", "sogo", "-q", "postgres"]
        await asyncio.to_thread(subprocess.run, [*sql, "-c", PEOPLE], check=True)

    def _settings(self) -> dict[str, str]:
        """Arguments come before the files sogod reads; a value in brackets is a property list."""
        database = f"postgresql://sogo:none@{ADDRESS}:{self._database_port}/postgres"
        return {
            "-WOPort": f"{ADDRESS}:{self.port}",
            "-WOWorkersCount": "3",
            "-WOLogFile": "-",
            "-WONoDetach": "YES",
            "-WOPidFile": str(self.folder / "sogod.pid"),
            "-SOGoProfileURL": f"{database}/sogo_user_profile",
            "-OCSFolderInfoURL": f"{database}/sogo_folder_info",
            "-OCSSessionsFolderURL": f"{database}/sogo_sessions_folder",
            "-OCSEMailAlarmsFolderURL": f"{database}/sogo_alarms_folder",
            "-SOGoMemcachedHost": f"{ADDRESS}:{self._cache_port}",
            "-SOGoIMAPServer": f"imap://{ADDRESS}:{self._imap_port}",
            "-SOGoLanguage": "French",
            "-SOGoLoginModule": "Mail",
            "-SOGoUserSources": f'({{type=sql;id=people;viewURL="{database}/people";canAuthenticate=YES;'
            "userPasswordAlgorithm=plain;})",
        }

    async def log_in(self, browser: Browser, tab: Tab) -> None:
        """Log in as the owner of the mailbox; the list of mails is open afterwards."""
        await browser.go(tab, self.url)
        await browser.wait_js(tab, f"{FORM} && document.readyState === 'complete'")
        for field, value in (("username", imap.USER), ("password", imap.PASSWORD)):
            await browser.eval(
                tab,
                f"(() => {{ const e = document.querySelector('[ng-model=\"app.creds.{field}\"]');"
                f"e.value = {json.dumps(value)}; e.dispatchEvent(new Event('input')); return true }})()",
            )
        await browser.eval(tab, "(document.querySelector('[ng-submit=\"app.login()\"] [type=submit]').click(), true)")
        await browser.wait_url(tab, "/Mail/view", 20)

    def message(self, uid: int) -> str:
        """Return the address of one mail beside the list."""
        return f"{self.url}so/{imap.USER}/Mail/view#!/Mail/0/INBOX/{uid}"

    async def open(self, browser: Browser, tab: Tab, uid: int) -> None:
        """Show one mail beside the list; another than is shown already."""
        # The mail before stays on screen until the next one is there.
        await browser.eval(tab, f"document.querySelectorAll('{BODY}').forEach((e) => e.dataset.before = '')")
        await browser.go(tab, self.message(uid))
        await browser.wait_js(
            tab, f"location.hash.endsWith('/INBOX/{uid}') && !!document.querySelector('{BODY}:not([data-before])')", 20
        )

    def popup(self, uid: int) -> str:
        """Return the address of one mail in a window of its own."""
        return f"{self.url}so/{imap.USER}/Mail/UIxMailPopupView#!/Mail/0/INBOX/{uid}"
