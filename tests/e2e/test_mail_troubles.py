"""When a mail cannot be read or judged, that is said, and nothing is guessed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from support import pages
from support.browser import running
from support.sites import GOOD
from support.webmail import letters
from support.webmail.reading import MARK, Reader, look, picture, told, verdict, wording

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from support.browser import Browser
    from support.daemon import Daemon
    from support.webmail.imap import Imap
    from support.webmail.roundcube import Roundcube

#: Longer than the extension tries to read a message.
TRIED_S = 4.5


def renamed(html: bytes) -> bytes:
    """What a later Roundcube might do: the sender stands somewhere else."""
    return html.replace(b'class="header from"', b'class="header author"')


async def test_a_page_it_does_not_understand_is_admitted(
    reader: Reader, roundcube: Roundcube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roundcube.proxy, "rewrite", renamed)
    await reader.open("refund", letters.refund())
    note = await told(reader.browser, reader.tab)
    assert note.said == wording("mailCannotRead")
    assert "ne peux pas lire ce message" in note.said
    assert note.level == ""
    assert await look(reader.browser, reader.tab, MARK) is None
    assert await verdict(reader.browser, reader.tab) is None
    await picture(reader.browser, reader.tab, "cannot-read-fr")
    # Once is enough, even where each message is a page of its own; until the tab has been elsewhere.
    await reader.open("genuine", letters.genuine())
    await asyncio.sleep(TRIED_S)
    assert await look(reader.browser, reader.tab) is None
    await reader.browser.go(reader.tab, f"http://{GOOD}/")
    await reader.browser.wait_url(reader.tab, GOOD)
    await pages.set_language(reader.browser, "en")
    await reader.open("refund", letters.refund())
    assert (await told(reader.browser, reader.tab)).said == wording("mailCannotRead", "en")
    await picture(reader.browser, reader.tab, "cannot-read-en")
    await pages.set_language(reader.browser, "fr")
    monkeypatch.undo()
    await reader.open("genuine", letters.genuine())
    await reader.open("refund", letters.refund())
    await reader.banner("DANGER")


async def test_a_mail_nobody_could_judge_has_a_grey_line(
    prepare: Callable[..., Browser], own_daemon: Daemon, roundcube: Roundcube, mail_server: Imap
) -> None:
    async with running(prepare(own_daemon)) as browser:
        await pages.set_language(browser, "fr")
        reader = Reader(browser, roundcube, mail_server)
        await reader.sit_down()
        await reader.open("refund", letters.refund())
        await reader.agree()
        await reader.banner("DANGER")
        await own_daemon.stop()
        await reader.open("genuine", letters.genuine())
        note = await told(browser, reader.tab, timeout=15)
        assert note.said == wording("mailNotChecked")
        await picture(browser, reader.tab, "not-checked-fr")
        assert note.level == ""
        # The message that stands there is judged as soon as somebody can.
        await own_daemon.start()
        await reader.turned("OFFICIAL")
