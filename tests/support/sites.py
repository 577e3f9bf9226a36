"""The web, on loopback: one server that answers by Host header and remembers every request."""

from __future__ import annotations

import html
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from support.certs import Authority

#: Pages that pretend to be the tax office or the health insurance. Only the name matters to the daemon.
FAKE = "impots.gouv.fr.verif-dossier.com"
FAKE_HOSTS = (FAKE, "impots-gouv-fr.web.app", "remboursement-ameli.info")
OFFICIAL = "www.impots.gouv.fr"
#: Which of these is only doubtful is the policy's business: tests ask the daemon.
DOUBTFUL_HOSTS = (
    "mon-compte-orange.net",
    "sfr-espace.com",
    "lcl-info.com",
    "sfr-info.net",
    "caf-actu.fr",
    "caf-paiement.com",
)
GOOD = "jardin-de-mamie.example"

#: Body colour of every fake page: nothing else on screen is this magenta, so one pixel of it is proof of painting.
FAKE_COLOUR = (255, 0, 170)

FAKE_PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Impots.gouv.fr - Connexion</title>
<style>html,body{{margin:0;min-height:100vh;background:rgb{colour}}} form{{position:absolute;bottom:0;right:0}}</style>
<script>fetch('/ran', {{method: 'POST', keepalive: true}})</script>
<h1>{host}</h1><form action="/stolen" method="post"><label>Carte <input id="card" name="card" autocomplete="cc-number">
</label><label>Mot de passe <input id="password" name="password" type="password"></label>
<button>Valider</button></form>"""

#: A fake that knows of us: in the top layer, loudly visible, listening to every key from its first line on.
DEFIANT_PAGE = """<!doctype html><meta charset="utf-8"><title>Impots.gouv.fr</title><style>
dialog, dialog::backdrop {{visibility:visible!important;opacity:1!important;background:rgb{colour};inset:0;border:0;
width:100vw;height:100vh;max-width:none;max-height:none}}</style><dialog id="top">{host}</dialog>
<script>addEventListener('keydown', () => fetch('/typed', {{method: 'POST', keepalive: true}}));
document.querySelector('#top').showModal()</script>"""

PLAIN_PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>{host}</title>
<link rel="icon" href="data:,"><body style="background:#fff;color:#222"><h1 id="plain">{host}</h1>
<p>Une page ordinaire.</p>{extra}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as the server saw it; ``at`` is monotonic seconds."""

    scheme: str
    host: str
    path: str
    at: float


@dataclass(slots=True)
class Site:
    """Every host at once. Unknown hosts are ordinary pages; hosts in ``fakes`` are fake login pages.

    Attributes:
        servers: host -> who answers in our place, such as a webmail behind a reverse proxy.
    """

    authority: Authority
    fakes: set[str] = field(default_factory=lambda: set(FAKE_HOSTS))
    servers: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    http_port: int = 0
    https_port: int = 0
    _redirects: dict[tuple[str, str], str] = field(default_factory=dict)
    _pages: dict[tuple[str, str], str] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on two free loopback ports."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        for secure in (False, True):
            context = self.authority.server_context() if secure else None
            site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context)
            await site.start()
        self.http_port, self.https_port = (address[1] for address in self._runner.addresses)

    async def stop(self) -> None:
        """Close both listeners and every connection."""
        if self._runner:
            await self._runner.cleanup()

    def defiant(self, host: str, path: str) -> str:
        """Serve a fake that fights the cover at ``http://host/path``; returns that address."""
        return self.page(host, path, DEFIANT_PAGE.format(host=html.escape(host), colour=FAKE_COLOUR))

    def redirect(self, host: str, path: str, to: str) -> str:
        """Answer ``http://host/path`` with a 302; returns that address."""
        self._redirects[host, path] = to
        return f"http://{host}{path}"

    def page(self, host: str, path: str, body: str) -> str:
        """Serve this HTML at ``http://host/path``; returns that address."""
        self._pages[host, path] = body
        return f"http://{host}{path}"

    def links(self, host: str, path: str, to: str) -> str:
        """Serve a page with the ways a page can lead on: ``#same``, ``#blank``, ``#opener``, ``#script``."""
        target = html.escape(to, quote=True)
        extra = (
            f'<p><a id="same" href="{target}">suite</a></p>'
            f'<p><a id="blank" target="_blank" href="{target}">nouvel onglet</a></p>'
            f'<p><button id="opener" data-to="{target}" onclick="window.open(this.dataset.to)">fenêtre</button></p>'
            f'<p><button id="script" data-to="{target}" onclick="location.href=this.dataset.to">script</button></p>'
        )
        return self.page(host, path, PLAIN_PAGE.format(host=html.escape(host), extra=extra))

    def seen(self, host: str, path: str | None = None) -> list[Visit]:
        """Return requests for a host (and path), oldest first."""
        return [visit for visit in self.visits if visit.host == host and path in (None, visit.path)]

    def hosts(self) -> Iterator[str]:
        """Every host that was ever asked for."""
        yield from {visit.host for visit in self.visits}

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host = request.host.rsplit(":", 1)[0]
        visit = Visit(request.scheme, host, request.path, time.monotonic())
        self.visits.append(visit)
        if server := self.servers.get(host):
            return await server(request)
        if request.path == "/favicon.ico" or request.method == "POST":
            return web.Response(status=204)
        key = (host, request.path)
        if to := self._redirects.get(key):
            return web.Response(status=302, headers={"Location": to})
        if body := self._pages.get(key):
            return _html(body)
        if host in self.fakes:
            return _html(FAKE_PAGE.format(host=html.escape(host), colour=FAKE_COLOUR))
        return _html(PLAIN_PAGE.format(host=html.escape(host), extra=""))


def _html(body: str) -> web.Response:
    return web.Response(text=body, content_type="text/html", headers={"Cache-Control": "no-store"})
