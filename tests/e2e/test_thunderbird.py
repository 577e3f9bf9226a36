"""Real Thunderbird with the extension, the relay and the daemon: what a person reads above a message."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import tempfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from PIL import Image

from support.browser import Setup, until
from support.daemon import Daemon, install_relay
from support.thunderbird import EXECUTABLE, PANE, Thunderbird

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or ROOT / "build/screenshots")
BANNER, MARK, DIALOG, BUBBLE = "guetteur-banner", "guetteur-mark", "guetteur-dialog", "guetteur-bubble"
TRAP = "https://compte.vitale-dossier.info/compte"

pytestmark = pytest.mark.skipif(not Path(EXECUTABLE).exists(), reason=f"{EXECUTABLE} is not installed")


def mail(sender: str, subject: str, html: str, results: str, date: str = "Mon, 23 Nov 2026 10:00:00 +0100") -> bytes:
    """A mail as the receiving server left it."""
    message = EmailMessage(policy=SMTP)
    message["Authentication-Results"] = f"mx.orange.fr; {results}"
    message["Received"] = f"from relay.example (relay.example [93.184.215.14]) by mx.orange.fr; {date}"
    message["From"] = sender
    message["To"] = "mireille.castelbon@orange.fr"
    message["Subject"] = subject
    message["Date"] = date
    message["Message-ID"] = f"<{len(subject)}@relay.example>"
    message.set_content(html, subtype="html")
    return message.as_bytes()


SCAM, GENUINE, ORDINARY, COVERED, SHRUNK, PAINTED, SCROLLED, RAISED = range(8)

VITALE = f"""<p>Bonjour, votre carte Vitale arrive à expiration. Pour recevoir votre nouvelle carte Vitale, mettez à
jour vos informations et réglez les frais de livraison sous 48 heures, sinon vos remboursements seront suspendus.</p>
<p><a href="{TRAP}">Commander ma nouvelle carte Vitale</a></p>"""
#: A style sheet that would lie over whatever stands in the document.
COVER = """<style>html > * { visibility: hidden }
body { visibility: visible; position: fixed; inset: 0; z-index: 2147483647; background: white }</style>"""
#: The banner to nothing, the mail as large as ever.
SHRINK = "<style>html { zoom: .01 } body { zoom: 100 }</style>"
#: What a filter of the root, or of its own, would paint over the banner.
PAINT = """<style>html { filter: opacity(0); background: white }
guetteur-banner::after { content: 'Message sûr'; position: fixed !important; inset: 0; background: lime }</style>"""
#: Begins far below the banner and, by its style sheet, stays there.
SCROLL = """<style>html { scroll-snap-type: y mandatory } body { height: 9000px }
p { position: absolute; top: 4000px; scroll-snap-align: start }</style><input autofocus style="margin-top: 5000px">"""
RAISE = """<div popover id="over" style="inset: 0; width: 100vw; height: 100vh">Message sûr</div>
<button popovertarget="over">Afficher les images</button>"""


def trick(html: str, number: int) -> bytes:
    """The scam in a mail that would not have it said."""
    return mail(
        "Assurance Maladie <info@vitale-dossier.info>",
        f"Votre nouvelle carte Vitale{' !' * number}",
        html + VITALE,
        "spf=pass smtp.mailfrom=vitale-dossier.info; dkim=none; dmarc=none header.from=vitale-dossier.info",
    )


MAILS = [
    mail(
        "Assurance Maladie <contact@vitale-dossier.info>",
        "Votre carte Vitale arrive à expiration",
        VITALE,
        "spf=pass smtp.mailfrom=vitale-dossier.info; dkim=none; dmarc=none header.from=vitale-dossier.info",
    ),
    mail(
        "Assurance Maladie <assurance-maladie@info.ameli.fr>",
        "Vous avez reçu un message sur votre compte ameli",
        "<p>Bonjour, un message vous attend dans votre compte ameli.</p>",
        "spf=pass smtp.mailfrom=info.ameli.fr; dkim=pass header.d=info.ameli.fr; dmarc=pass header.from=info.ameli.fr",
    ),
    mail(
        "Odile Trescartes <odile.trescartes@orange.fr>",
        "Dimanche",
        '<p>Coucou, on se voit dimanche ?</p><p>Voici <a href="https://www.marmiton.org/">la recette</a>.</p>',
        "spf=pass smtp.mailfrom=orange.fr; dkim=pass header.d=orange.fr; dmarc=pass header.from=orange.fr",
    ),
    *(trick(html, number) for number, html in enumerate((COVER, SHRINK, PAINT, SCROLL, RAISE))),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own() -> AsyncIterator[Daemon]:
    """A daemon the last test may stop."""
    daemon = Daemon()
    await daemon.start()
    yield daemon
    await daemon.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def thunderbird(scratch: Path, built: dict[str, Path], own: Daemon) -> AsyncIterator[Thunderbird]:
    """Thunderbird with four mails in its inbox, set to French."""
    extension = built["firefox"].with_name("thunderbird")
    shutil.copytree(ROOT / "dist/extension/thunderbird", extension, dirs_exist_ok=True)
    setup = Setup(
        root=Path(tempfile.mkdtemp(prefix="thunderbird-", dir=scratch)),
        extension=extension,
        http_port=0,
        https_port=0,
        trust=lambda _: None,
        install_host=lambda setup: install_relay(setup, own, "thunderbird"),
        env=own.env,
    )
    program = Thunderbird(setup, MAILS)
    try:
        await program.start()
        await program.say("fr")
        yield program
    finally:
        await program.close()


async def picture(thunderbird: Thunderbird, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"thunderbird-{name}.png").write_bytes(await thunderbird.screenshot())


async def press(thunderbird: Thunderbird, element: str, words: str) -> None:
    """Click the button of one of our elements that says some words."""
    await thunderbird.click(
        f"[...inside('{element}').querySelectorAll('button')].find((button) => button.textContent.includes('{words}'))"
    )


async def test_a_scam_is_named_above_the_message_and_at_its_link(thunderbird: Thunderbird) -> None:
    await thunderbird.open(SCAM)
    assert "Assurance Maladie" in await thunderbird.wait_shadow(BANNER, "Danger")
    await thunderbird.wait_shadow(MARK, "angereux")
    await press(thunderbird, BANNER, "Pourquoi")
    await thunderbird.wait_shadow(BANNER, "vitale-dossier.info")
    await picture(thunderbird, "scam")


async def test_a_dangerous_link_is_opened_only_after_the_person_was_asked(thunderbird: Thunderbird) -> None:
    await thunderbird.open(SCAM)
    await thunderbird.wait_shadow(MARK, "angereux")
    link = f"pane.querySelector('a[href=\"{TRAP}\"]')"
    await thunderbird.click(link)
    assert "compte.vitale-dossier.info" in await thunderbird.wait_shadow(DIALOG, "dangereux")
    await picture(thunderbird, "link")
    await press(thunderbird, DIALOG, "Ne pas")
    await thunderbird.wait("about:message", f"!{PANE}.querySelector('{DIALOG}')")
    assert TRAP not in thunderbird.opened()
    await thunderbird.click(link)
    await press(thunderbird, DIALOG, "quand même")
    await thunderbird.wait_opened(TRAP)


#: What the banner's box holds is on screen, at the top, in its own size and nothing lies over it.
AT_TOP = f"""(() => {{ const pane = {PANE};
  const banner = pane.querySelector('{BANNER}'); const [root] = banner.openOrClosedShadowRoot.children;
  const box = root.getBoundingClientRect(); const said = root.querySelector('[role=status]').getBoundingClientRect();
  return box.top >= 0 && box.top < 20 && box.width > 200 && said.height > 15 && said.height < box.height
    && pane.elementFromPoint(box.x + box.width / 2, box.y + 20) === banner
    && getComputedStyle(banner).visibility === 'visible' }})()"""
#: How much of the banner's ground is painted with its own colour.
GROUND = (0xFD, 0xEE, 0xEA)


def painted(shot: bytes) -> int:
    """How many pixels have the ground of a warning."""
    with Image.open(io.BytesIO(shot)) as image:
        return sum(count for count, colour in image.convert("RGB").getcolors(1 << 24) or [] if colour == GROUND)


@pytest.mark.parametrize("number", [COVERED, SHRUNK, PAINTED, SCROLLED], ids=["over", "shrunk", "painted", "scrolled"])
async def test_no_style_sheet_of_a_mail_hides_the_banner(thunderbird: Thunderbird, number: int) -> None:
    await thunderbird.open(number)
    await thunderbird.wait_shadow(BANNER, "Danger")
    await asyncio.sleep(0.5)
    await picture(thunderbird, f"hiding-{number}")
    assert await thunderbird.eval("about:message", AT_TOP)
    assert painted(await thunderbird.screenshot()) > 20_000


async def test_what_a_button_of_a_mail_opens_lies_below_the_banner(thunderbird: Thunderbird) -> None:
    await thunderbird.open(RAISED)
    await thunderbird.wait_shadow(BANNER, "Danger")
    await thunderbird.click("pane.querySelector('button[popovertarget]')")
    await thunderbird.wait("about:message", f"{PANE}.querySelector('#over').matches(':popover-open')")
    await asyncio.sleep(0.2)
    await picture(thunderbird, "hiding-raised")
    assert await thunderbird.eval("about:message", AT_TOP)


async def test_a_genuine_message_is_told_as_such(thunderbird: Thunderbird) -> None:
    await thunderbird.open(GENUINE)
    await thunderbird.wait_shadow(BANNER, "vient bien de")
    await picture(thunderbird, "genuine")


async def test_an_ordinary_message_is_left_alone(thunderbird: Thunderbird) -> None:
    await thunderbird.open(ORDINARY)
    link = "pane.querySelector('a[href*=marmiton]')"

    async def pointed() -> str | None:
        # Links are heard once the answer is there, and entering one is what is heard.
        await thunderbird.hover("pane.querySelector('p')")
        await thunderbird.hover(link)
        await asyncio.sleep(0.4)
        return await thunderbird.shadow(BUBBLE)

    assert "marmiton.org" in await until(pointed, "the bubble at the link", 10)
    assert await thunderbird.shadow(BANNER) is None
    assert await thunderbird.shadow(MARK) is None
    await picture(thunderbird, "ordinary")
    await thunderbird.click(link)
    await thunderbird.wait_opened("https://www.marmiton.org/")


async def test_without_the_daemon_a_grey_line_says_so(thunderbird: Thunderbird, own: Daemon) -> None:
    await own.stop()
    for number in (GENUINE, SCAM):
        await thunderbird.open(number)
        await thunderbird.wait_shadow(BANNER, "pas pu vérifier")
    await picture(thunderbird, "unprotected")
