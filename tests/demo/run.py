"""`make run`: shows what Guetteur does, with real lookalike names served on this machine.

With Chromium or Firefox and a screen: a window with the extension, where every name but the real tax office's leads to
a small server on loopback. Without: the same names judged by the real daemon, as a table.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from rich.console import Console
from rich.table import Table

from guetteur.cli import language
from guetteur.config import Settings
from guetteur.transport.client import DaemonClient
from guetteur.transport.launcher import ensure_daemon
from guetteur.transport.manifests import install

ROOT = Path(__file__).parents[2]
EXTENSIONS = ROOT / "dist/extension"
START = "http://essai.example/"
PLACES = (
    ("http://impots.gouv.fr.verif-dossier.com/", "faux service des impôts", "fake tax office"),
    (
        "http://impots-gouv-fr.web.app/",
        "faux service des impôts, hébergement gratuit",
        "fake tax office on free hosting",
    ),
    ("http://remboursement-ameli.info/", "faux remboursement de la Sécu", "fake health insurance refund"),
    ("http://antai-amendes-gouv.com/", "fausse amende", "fake fine"),
    ("http://chronopost-livraison.fr/", "faux colis", "fake parcel"),
    ("http://creditagricoie-connexion.fr/", "fausse banque", "fake bank"),
    ("http://xn--bursrma-6fg5jd.com/", "fausse banque, lettres d’un autre alphabet", "fake bank in another alphabet"),
    ("http://mondial-relay-colis.web.app/", "faux point relais", "fake parcel shop"),
    ("https://www.impots.gouv.fr/", "vrai site des impôts", "the real tax office"),
    ("http://jardin-de-mamie.example/", "site ordinaire", "an ordinary site"),
)
TEXTS = {
    "fr": {
        "title": "Essayez : ces liens mènent à cet ordinateur, sauf celui du vrai site",
        "table": "Ce que répond le démon",
        "how": "Aucun navigateur à ouvrir ici. Pour charger l’extension : chrome://extensions → mode développeur → "
        "« Charger l’extension non empaquetée » → {path}, après : guetteur install",
        "open": "Le navigateur s’ouvre avec l’extension. Fermez la fenêtre pour finir.",
        "page": "Page d’essai servie par cet ordinateur. Rien de ce que vous tapez n’est envoyé.",
    },
    "en": {
        "title": "Try: these links lead to this computer, but for that of the real site",
        "table": "What the daemon answers",
        "how": "No browser to open here. To load the extension: chrome://extensions → developer mode → "
        "“Load unpacked” → {path}, after: guetteur install",
        "open": "The browser opens with the extension. Close the window to finish.",
        "page": "Trial page served by this computer. Nothing you type is sent.",
    },
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome-for-testing", "firefox", "firefox-esr")


async def main() -> None:
    """Judge the names, then show them."""
    lang = language(None)
    with tempfile.TemporaryDirectory(prefix="guetteur-") as folder:
        home = Path(folder)
        os.environ["GUETTEUR_HOME"] = str(home)
        settings = Settings(home / "run", home / "state")
        ensure_daemon(settings)
        try:
            print_table(settings, lang)
            browser = next(
                (path for name in (os.environ.get("BROWSER", ""), *BROWSERS) if (path := shutil.which(name))), None
            )
            screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"
            if browser and screen:
                Console().print(TEXTS[lang]["open"])
                await show(browser, home, settings, lang)
            else:
                Console(soft_wrap=True).print(TEXTS[lang]["how"].format(path=EXTENSIONS / "chromium"))
        finally:
            stop_daemon(settings)


def print_table(settings: Settings, lang: str) -> None:
    """Ask the daemon about every place."""
    table = Table(title=TEXTS[lang]["table"], show_lines=True)
    for column in ("", "", ""):
        table.add_column(column, overflow="fold")
    colours = {"DANGER": "bold red", "CAUTION": "yellow", "OFFICIAL": "bold green"}
    with DaemonClient(settings) as client:
        for url, french, english in PLACES:
            _, body = client.request("/v1/check/url", {"url": url, "lang": lang})
            verdict = json.loads(body)
            words = verdict["summary"] + "".join(f"\n• {reason['text']}" for reason in verdict["reasons"][:2])
            name = f"{verdict['host']}\n[dim]{french if lang == 'fr' else english}[/]"
            table.add_row(f"[{colours.get(verdict['level'], 'default')}]{verdict['level']}[/]", name, words)
    Console().print(table)


async def show(browser: str, home: Path, settings: Settings, lang: str) -> None:
    """Serve the names on loopback and open the browser until its window is closed."""
    runner = web.AppRunner(site(lang), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    start = firefox if "firefox" in Path(browser).name else chromium
    command, environ = start(browser, home, settings, port, lang)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | environ, stdout=quiet, stderr=quiet)
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        await runner.cleanup()


def chromium(browser: str, home: Path, settings: Settings, port: int, lang: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a Chromium of its own, with the extension and every http address led to ``port``."""
    profile = home / "profile"
    install(settings, user_data_dir=profile)
    command = [
        browser, f"--user-data-dir={profile}", f"--load-extension={EXTENSIONS / 'chromium'}", f"--lang={lang}",
        f"--disable-extensions-except={EXTENSIONS / 'chromium'}", "--no-first-run", "--disable-sync",
        f"--host-resolver-rules=MAP *:80 127.0.0.1:{port}, EXCLUDE 127.0.0.1",
        "--disable-background-networking", "--disable-component-update", "--disable-features=Translate", START,
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")
    return command, {}


def firefox(browser: str, home: Path, settings: Settings, port: int, lang: str) -> tuple[list[str], dict[str, str]]:
    """The same for Firefox, by way of web-ext, in a private home for the native-messaging manifest."""
    install(settings, ["firefox"], home=home)
    prefs = {
        "network.dns.localDomains": ",".join(
            urlsplit(url).netloc for url in (START, *(url for url, *_ in PLACES)) if url[:5] == "http:"
        ),
        "network.socket.forcePort": f"80={port}",
        "network.proxy.type": "0",
        "network.captive-portal-service.enabled": "false",
        "dom.security.https_first": "false",
        "datareporting.policy.dataSubmissionEnabled": "false",
        "intl.locale.requested": lang,
    }
    web_ext = str(ROOT / "extension/node_modules/.bin/web-ext")
    command = [web_ext, "run", "--no-reload", f"--source-dir={EXTENSIONS / 'firefox'}", f"--firefox={browser}"]
    command += [f"--start-url={START}", *(f"--pref={name}={value}" for name, value in prefs.items())]
    return command, {"HOME": str(home)}


def site(lang: str) -> web.Application:
    """One server for every name: a list of links, and a harmless page for each."""

    async def answer(request: web.Request) -> web.Response:
        host = (request.host or "").split(":")[0]
        if host == "essai.example":
            links = "".join(
                f'<li><a href="{escape(url)}">{escape(url)}</a> — {escape(french if lang == "fr" else english)}</li>'
                for url, french, english in PLACES
            )
            body = f"<h1>{TEXTS[lang]['title']}</h1><ul>{links}</ul>"
        else:
            body = f"<h1>{escape(host)}</h1><p>{TEXTS[lang]['page']}</p><p><label>*** <input type=password></label></p>"
        style = "<style>body{font:18px/1.6 sans-serif;margin:3em}</style>"
        page = f'<!doctype html><html lang="{lang}"><meta charset="utf-8">{style}'
        return web.Response(text=page + body, content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def stop_daemon(settings: Settings) -> None:
    """End the daemon this run started, by the process id it gives itself."""
    with DaemonClient(settings) as client:
        _, body = client.request("/v1/status")
    os.kill(json.loads(body)["pid"], signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside: still stop what was started
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
