"""The webmails of these tests are the real ones: they show what lies in the mailbox and hand out its bytes."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest_asyncio

from support.browser import running
from support.webmail import letters
from support.webmail.roundcube import PREVIEW
from support.webmail.sogo import BODY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser
    from support.webmail.imap import Imap
    from support.webmail.roundcube import Roundcube
    from support.webmail.sogo import Sogo

RAW = """fetch('{}').then((answer) => answer.arrayBuffer())
  .then((bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))))"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bare(factory: Callable[[str], Callable[..., Browser]], engine: str) -> AsyncIterator[Browser]:
    """A browser without the extension."""
    async with running(factory(engine)(None, extension=False)) as browser:
        yield browser


def as_sent(raw: str) -> bytes:
    """Undo base64, and what Roundcube does to the ends of lines."""
    return base64.b64decode(raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip() + b"\r\n"


def refund(mail_server: Imap) -> int:
    return mail_server.inbox.put("refund", letters.refund())


async def test_roundcube_shows_a_mail_alone_and_beside_the_list(
    bare: Browser, roundcube: Roundcube, mail_server: Imap
) -> None:
    uid = refund(mail_server)
    tab = await bare.new_tab()
    await roundcube.log_in(bare, tab)
    await roundcube.preview(bare, tab, uid)
    shown = await bare.eval(tab, f"document.querySelector('{PREVIEW}').contentDocument.body.innerText")
    assert letters.SHOWN in shown
    await roundcube.open(bare, tab, uid)
    assert letters.SHOWN in await bare.eval(tab, "document.body.innerText")
    raw = await bare.eval(tab, RAW.format(f"./?_task=mail&_action=viewsource&_uid={uid}&_mbox=INBOX"))
    assert as_sent(raw) == letters.refund()


async def test_sogo_shows_a_mail(bare: Browser, sogo: Sogo, mail_server: Imap) -> None:
    uid = refund(mail_server)
    tab = await bare.new_tab()
    await sogo.log_in(bare, tab)
    await sogo.open(bare, tab, uid)
    assert letters.SHOWN in await bare.eval(tab, f"document.querySelector('{BODY}').innerText")
    raw = await bare.eval(tab, RAW.format(f"/SOGo/so/mamie/Mail/0/folderINBOX/{uid}.eml"))
    assert as_sent(raw) == letters.refund()
