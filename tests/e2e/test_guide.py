"""The guide for after the fact, walked through by keyboard in real browsers."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from guetteur.reports.bundle import write_bundle
from guetteur.reports.case import Case, Item
from guetteur.reports.signing import load_key
from support import axe, pages
from support.browser import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from support.browser import Browser, Tab
    from support.daemon import Daemon

PAGE = "pages/guide/guide.html"
SCREENSHOTS = Path(os.environ.get("GUETTEUR_SCREENSHOTS") or Path(__file__).parents[2] / "build/screenshots")
SITUATIONS = ("clicked", "gave", "paid", "blackmail", "recovery")
STEP = "document.body.dataset.step"
#: What is reached by Tab and named so.
FOCUSED = "(document.activeElement.closest('label') ?? document.activeElement).textContent.trim()"
#: Shows on screen what would be printed.
AS_PRINTED = """(() => {
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules) if (rule.media?.mediaText === 'print') rule.media.mediaText = 'all';
  return true;
})()"""


async def opened(browser: Browser, lang: str = "fr", hash_: str = "") -> Tab:
    await pages.set_language(browser, lang)
    tab = await browser.open_extension_page(PAGE + hash_)
    await browser.wait_js(tab, "document.body.dataset.ready === 'true'")
    return tab


async def press_named(browser: Browser, tab: Tab, name: str, key: str = "Enter") -> None:
    """Go to a control by Tab alone, and press a key on it."""
    for _ in range(40):
        await browser.press(tab, "Tab")
        if await browser.eval(tab, FOCUSED) == name:
            await browser.press(tab, key)
            return
    raise AssertionError(f"{name} is not reached by keyboard")


async def click_named(browser: Browser, tab: Tab, name: str) -> None:
    """Press a button by its text."""
    found = f"[...document.querySelectorAll('button')].find((b) => b.textContent === {json.dumps(name)})"
    await browser.eval(tab, f"({found}.click(), true)")


async def names(browser: Browser, tab: Tab, selector: str) -> list[str]:
    return list(
        await browser.eval(tab, f"[...document.querySelectorAll('{selector}')].map((e) => e.textContent.trim())")
    )


async def judge(browser: Browser, tab: Tab, name: str, *, picture: bool) -> None:
    """axe, a title in focus, 320 pixels, a picture."""
    assert await browser.eval(tab, "document.activeElement.tagName") == "H1", name
    assert await browser.eval(tab, "document.title") == "Guetteur"
    assert await axe.violations(browser, tab) == [], name
    await browser.resize(tab, 320, 640)
    assert await browser.eval(tab, "document.scrollingElement.scrollWidth <= innerWidth"), name
    await browser.resize(tab, 1280, 800)
    if picture:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        (SCREENSHOTS / f"guide-{name}-{browser.name}.png").write_bytes(await browser.screenshot(tab))


async def answer(browser: Browser, tab: Tab) -> None:
    """Answer the question on screen by keyboard, whatever it is: the first answer, today, 480."""
    if ticks := await names(browser, tab, "#screen label.tick"):
        await press_named(browser, tab, ticks[0], "Space")
        await press_named(browser, tab, (await names(browser, tab, "#screen .row .primary"))[0])
    elif await browser.eval(tab, "!!document.querySelector('#screen input[inputmode=decimal]')"):
        await browser.press(tab, "Tab")
        await browser.press(tab, "480")
        await browser.press(tab, "Enter")
    else:
        await press_named(browser, tab, (await names(browser, tab, "#screen .choices button"))[0])


async def walk(browser: Browser, tab: Tab) -> AsyncIterator[str]:
    """Every screen from here to the end, each left by keyboard once the caller has looked at it."""
    while True:
        step = str(await browser.eval(tab, STEP))
        yield step
        if step == "end":
            return
        if step.startswith("act:"):
            await press_named(browser, tab, (await names(browser, tab, "#screen .row .primary"))[0])
        else:
            await answer(browser, tab)
        await browser.wait_js(tab, f"{STEP} !== '{step}'")


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("situation", SITUATIONS)
async def test_a_situation_is_walked_through_by_keyboard(browser: Browser, situation: str, lang: str) -> None:
    tab = await opened(browser, lang)
    at = SITUATIONS.index(situation)
    await judge(browser, tab, f"start-{lang}", picture=True)
    await press_named(browser, tab, (await names(browser, tab, "#screen .choices button"))[at])
    seen = []
    async for step in walk(browser, tab):
        seen.append(step)
        await judge(browser, tab, f"{situation}-{len(seen)}-{step.replace(':', '-')}-{lang}", picture=lang == "fr")
    assert len([step for step in seen if step.startswith("act:")]) >= 3
    assert seen.index(next(step for step in seen if step.startswith("act:"))) <= 6, "urgent acts come late"
    for name in await names(browser, tab, "#screen .choices button"):
        await press_named(browser, tab, name)
        await browser.wait_js(tab, f"{STEP} !== 'end'")
        sheet = str(await browser.eval(tab, STEP)).replace(":", "-")
        await judge(browser, tab, f"{situation}-{sheet}-{lang}", picture=lang == "fr")
        await browser.eval(tab, "(history.back(), true)")
        await browser.wait_js(tab, f"{STEP} === 'end'")
    loaded = await browser.eval(tab, "performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name for name in loaded if not name.startswith(browser.origin)] == []
    await browser.close_tab(tab)


async def test_nothing_typed_outlives_the_page(browser: Browser) -> None:
    tab = await opened(browser, "fr", "#paid")
    async for _ in walk(browser, tab):
        pass
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, location.href])"
    assert "480" not in await browser.eval(tab, kept)
    assert "480" not in await browser.extension("return JSON.stringify(await api.storage.local.get())")
    assert "480" not in await browser.extension("return JSON.stringify(await api.storage.session.get())")
    await browser.eval(tab, "(setTimeout(() => location.reload()), true)")
    await browser.wait_js(tab, f"{STEP} === 'question:how'")
    assert await browser.eval(tab, "document.querySelectorAll('input:checked').length") == 0
    await browser.close_tab(tab)


async def test_back_keeps_answers_and_a_second_scam_makes_recovery_strict(browser: Browser) -> None:
    tab = await opened(browser)
    labels = await names(browser, tab, "#screen .choices button")
    await click_named(browser, tab, labels[0])
    await browser.click(tab, "#back")
    await browser.wait_js(tab, f"{STEP} === 'start'")
    await click_named(browser, tab, labels[4])  # a slip corrected is no second scam
    assert await browser.eval(tab, STEP) == "question:before"
    assert await browser.eval(tab, "document.querySelector('#strict').hidden")
    await browser.click(tab, "#back")
    await browser.wait_js(tab, f"{STEP} === 'start'")
    await click_named(browser, tab, labels[2])
    await press_named(browser, tab, "Par virement", "Space")
    await click_named(browser, tab, "Continuer")
    await browser.click(tab, "#back")
    await browser.wait_js(tab, "document.querySelectorAll('input:checked').length === 1")
    async for _ in walk(browser, tab):
        pass
    await click_named(browser, tab, "Tout recommencer")
    await click_named(browser, tab, labels[4])
    assert await browser.eval(tab, STEP) == "question:who"
    assert "N’envoyez plus d’argent" in await browser.eval(tab, "document.querySelector('#strict').innerText")
    async for step in walk(browser, tab):
        assert await browser.eval(tab, "document.querySelector('#strict').offsetHeight > 0"), step
    await browser.close_tab(tab)


async def test_recovery_after_an_earlier_incident(browser: Browser) -> None:
    tab = await opened(browser, "fr", "#recovery,earlier")
    await judge(browser, tab, "recovery-strict-question", picture=True)
    acts = [step async for step in walk(browser, tab) if step.startswith("act:")]
    assert acts[:2] == ["act:no-more-money", "act:tell"]
    await browser.close_tab(tab)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_print_view(browser: Browser, lang: str) -> None:
    tab = await opened(browser, lang, "#paid")
    async for _ in walk(browser, tab):
        pass
    await click_named(browser, tab, {"fr": "Tout imprimer", "en": "Print everything"}[lang])
    await browser.eval(tab, AS_PRINTED)
    controls = "[...document.querySelectorAll('button, progress, #urgent, .state')]"
    assert await browser.eval(tab, f"{controls}.filter((e) => e.offsetHeight > 0).length") == 0
    sheets = await names(browser, tab, ".sheet > h2:first-child")
    assert len(sheets) >= 5
    assert "480" in await browser.eval(tab, "document.querySelector('#screen').innerText")
    assert await axe.violations(browser, tab) == []
    await browser.resize(tab, 794, 3000)  # the width of A4 at 96 points an inch
    (SCREENSHOTS / f"guide-print-{lang}-{browser.name}.png").write_bytes(await browser.screenshot(tab))
    await browser.close_tab(tab)


async def test_the_dark_scheme_has_contrast(browser: Browser) -> None:
    await browser.dark(True)
    try:
        for hash_ in ("#gave", "#recovery,earlier"):
            tab = await opened(browser, "fr", hash_)
            async for step in walk(browser, tab):
                assert await axe.contrast_of(browser, tab) == [], step
            await click_named(browser, tab, "Qui appeler")
            assert await axe.contrast_of(browser, tab) == []
            await browser.close_tab(tab)
    finally:
        await browser.dark(False)


async def to_the_letter(browser: Browser, tab: Tab) -> None:
    async for _ in walk(browser, tab):
        pass
    await click_named(browser, tab, "Écrire la lettre de plainte")
    await browser.wait_js(tab, f"{STEP} === 'letter:0'")


SEALED = Case("7c9e6679-7425-40de-944b-e07fc1f90ae7", "sextortion", datetime(2026, 11, 24, 9, 5, tzinfo=UTC))


def sealed_report(folder: Path) -> bytes:
    """The bundle of a mail, as a report leaves it on the disk."""
    mail = Item("mail/original.eml", "message/rfc822", b"Subject: payez\r\n\r\n", SEALED.found_at, "person")
    write_bundle(folder / "sealed.zip", SEALED, [mail], key=load_key(folder), now=SEALED.found_at)
    return (folder / "sealed.zip").read_bytes()


async def choose_files(browser: Browser, tab: Tab, files: dict[str, bytes]) -> None:
    """Give files to the page as a person's choice in the dialogue would."""
    given = {name: b64encode(content).decode() for name, content in files.items()}
    await browser.eval(
        tab,
        f"""(() => {{
          const chosen = new DataTransfer();
          for (const [name, data] of Object.entries({json.dumps(given)}))
            chosen.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
          const field = document.querySelector('input[type=file]');
          field.files = chosen.files;
          field.dispatchEvent(new Event('change'));
          return true;
        }})()""",
    )


async def test_the_letter_is_made_by_the_daemon_from_what_was_typed(browser: Browser, tmp_path: Path) -> None:
    sealed = sealed_report(tmp_path)
    tab = await opened(browser, "fr", "#paid")
    await to_the_letter(browser, tab)
    await browser.press(tab, "Tab")
    await browser.press(tab, "Mireille Castelbon")
    for part in range(1, 5):
        if part == 4:
            await choose_files(browser, tab, {"capture.png": b"png", "sealed.zip": sealed})
            await browser.wait_js(tab, "document.querySelectorAll('#screen li').length === 4")
            assert await axe.violations(browser, tab) == []
            listed = ["capture.png", "sealed.zip", "case.json", "mail/original.eml"]
            assert await names(browser, tab, "#screen li") == listed
            await choose_files(browser, tab, {"other.zip": sealed.replace(b"payez", b"aidez")})
            await browser.wait_js(tab, "document.querySelector('#screen .status').textContent.includes('modifié')")
            assert await names(browser, tab, "#screen li") == listed
        await click_named(browser, tab, "Continuer")
        await browser.wait_js(tab, f"{STEP} === 'letter:{part}'")
    await browser.eval(
        tab, "(URL.createObjectURL = ((make) => (blob) => make(globalThis.made = blob))(URL.createObjectURL), true)"
    )
    await click_named(browser, tab, "Créer la lettre (PDF)")
    await browser.wait_js(tab, "document.querySelector('#save-letter')?.href.startsWith('blob:')")
    assert await axe.violations(browser, tab) == []
    (SCREENSHOTS / f"guide-letter-ready-{browser.name}.png").write_bytes(await browser.screenshot(tab))
    pdf = await browser.eval(
        tab, "globalThis.made.arrayBuffer().then((b) => btoa(String.fromCharCode(...new Uint8Array(b))))"
    )
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(b64decode(pdf))).pages)
    for words in ("Mireille Castelbon", "J’ai payé un escroc.", "480,00 €", "Par virement", "capture.png"):
        assert words in text
    for content in (b"png", sealed, b"Subject: payez\r\n\r\n"):
        assert hashlib.sha256(content).hexdigest() in text.replace("\n", "")
    assert "Dossier scellé le 24 novembre 2026 à 09:05 UTC" in text
    await browser.close_tab(tab)


async def test_without_a_daemon_only_the_letter_is_missing(prepare: Callable[..., Browser], own_daemon: Daemon) -> None:
    async with running(prepare(own_daemon)) as browser:
        await own_daemon.kill()
        tab = await opened(browser, "fr", "#blackmail")
        await to_the_letter(browser, tab)
        for part in range(1, 5):
            await click_named(browser, tab, "Continuer")
            await browser.wait_js(tab, f"{STEP} === 'letter:{part}'")
        await click_named(browser, tab, "Créer la lettre (PDF)")
        await browser.wait_js(tab, "document.querySelector('#screen .status').textContent.includes('à la main')", 15)
