"""Reports over the real socket: begun, previewed, sent, sealed, followed."""

import asyncio
import json
import logging
import zipfile
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest

from guetteur.config import Settings
from guetteur.reports.timestamp import load_authorities
from guetteur.reports.verify import verify
from support.report_cases import EML
from support.report_doubles import CREDENTIALS, UUID, Doubles
from support.report_scene import HTML, PNG, SECRETS, URL, Scene
from support.tsa import Authority

MAIL = EML.replace(b"To: REDACTED", b"To: Claire Martin <claire.martin@exemple.fr>").replace(
    b"Votre compte", b"Claire, votre compte"
)


async def test_a_page_from_the_first_piece_to_the_receipt(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    case = await scene.begin(redirects=["https://court.example.com/?u=claire.martin@exemple.fr"], browser="Firefox 145")
    shot = PNG + bytes(400_000)
    assert await scene.give(case, "screenshot", shot) == {"bytes": len(shot), "complete": True}
    assert (await scene.give(case, "html", HTML.encode()))["complete"]
    shown = await scene.told("preview", case=case)
    assert (shown["level"], shown["kind"], shown["title"]) == ("DANGER", "page", "impots-gouv-remboursement.com")
    assert shown["registrable"] == "impots-gouv-remboursement.com"
    assert shown["exact_url"] == URL
    assert SECRETS[0] not in json.dumps({**shown, "exact_url": "", "changes": []})
    assert any("claire.martin" in change["before"] for change in shown["changes"])
    recipients = {one["id"]: one for one in shown["recipients"]}
    assert recipients["netcraft"]["needs"] == []
    assert {"label": "Votre adresse e-mail", "value": CREDENTIALS["email"]} in recipients["netcraft"]["fields"]
    assert [need["id"] for need in recipients["spamhaus"]["needs"]] == ["spamhaus_token"]
    assert recipients["pharos"]["link"].startswith("https://www.internet-signalement.gouv.fr")
    assert {one["path"] for one in shown["evidence"]} == {
        "page/page.html", "page/screenshot.png", "page/verdict.json", "page/visit.json",
    }  # fmt: skip
    assert all(one["label"] != one["path"] for one in shown["evidence"])
    assert (await scene.told("receipts"))["total"] == 0

    (sent,) = (await scene.told("send", case=case, channels=["netcraft", "pharos"]))["cases"]
    assert {one["channel"]: one["state"] for one in sent["receipts"]}["pharos"] == "handed"
    (taken,) = (await scene.settled(case, "accepted", "handed"))["receipts"][:1]
    assert (taken["reference"], taken["text"]) == (UUID, f"Reçu par Netcraft, sous le numéro {UUID}.")
    assert [step["text"] for step in taken["steps"]] == ["En attente d’envoi", "Envoi en cours", "Accepté"]
    told = json.dumps(scene.doubles.by_channel["netcraft"].taken)
    assert "impots-gouv-remboursement.com" in told
    assert not any(secret in told for secret in SECRETS)

    path = Path(sent["bundle"])
    assert path.read_bytes() == await scene.bundle(case)
    assert verify(path).unaltered
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with zipfile.ZipFile(path) as sealed:
        assert sealed.read("page/page.html") == HTML.encode()
        assert sealed.read("page/screenshot.png") == shot
        assert sealed.read("page/page.warc.gz").startswith(b"\x1f\x8b")
        assert json.loads(sealed.read("case.json"))["url"] == URL
        assert json.loads(sealed.read("page/visit.json"))["browser"] == "Firefox 145"
    assert not any(secret in caplog.text for secret in (*SECRETS, "remboursement", CREDENTIALS["email"]))
    assert await scene.refused("preview", case=case) == "report_sent"
    assert await scene.refused("evidence", case=case, name="html", part=0, parts=1, data="") == "report_sent"
    assert await scene.refused("send", case=case, channels=["netcraft"]) == "report_sent"


async def test_a_mail_goes_redacted_and_is_sealed_whole(scene: Scene) -> None:
    for name in ("signal_spam_user", "signal_spam_password"):
        await scene.told("channels", id=name, value=CREDENTIALS[name])
    case = await scene.begin(what="mail", url=None)
    await scene.give(case, "mail", MAIL, 100)
    shown = await scene.told("preview", case=case, lang="en")
    assert (shown["what"], shown["kind"], shown["subject"]) == ("mail", "sextortion", "Claire, votre compte")
    assert shown["sender"] == "Hacker <h@example-scam.com>"
    assert "page" not in {kind["id"] for kind in shown["kinds"]}
    again = await scene.told("preview", case=case, kind="mail")
    assert again["kind"] == "mail"
    assert {"netcraft", "sextortion"} & {one["id"] for one in again["recipients"]} == {"netcraft"}
    assert await scene.refused("preview", case=case, kind="page") == "kind_unfit"
    await scene.told("preview", case=case)
    sent = await scene.told("send", case=case, channels=["signal-spam", "sextortion"])
    form = next(one for one in sent["cases"][0]["receipts"] if one["channel"] == "sextortion")
    assert form["text"].startswith("À envoyer vous-même\u00a0: le courriel")
    assert form["link"].startswith("mailto:")
    await scene.settled(case, "accepted", "sent", "handed")
    (raw,) = scene.doubles.by_channel["signal-spam"].taken
    assert b"h@example-scam.com" in raw
    for told in (raw, json.dumps(form).encode()):
        assert b"claire" not in told.lower()
    with zipfile.ZipFile(sent["cases"][0]["bundle"]) as sealed:
        assert sealed.read("mail/original.eml") == MAIL


async def test_a_mail_of_which_only_the_screen_is_known(scene: Scene) -> None:
    seen = {
        "from_name": "Impôts", "from_address": "a@impots-remboursement.example.net", "to": ["claire.martin@exemple.fr"],
        "subject": "Remboursement", "text": "Bonjour Claire Martin, votre remboursement impots.gouv.fr est prêt.",
        "links": [{"url": URL, "text": "impots.gouv.fr"}],
    }  # fmt: skip
    case = await scene.begin(what="mail", url=None, shown=seen)
    shown = await scene.told("preview", case=case)
    assert [one["path"] for one in shown["evidence"]] == ["mail/shown.json", "mail/verdict.json"]
    assert "signal-spam" not in {one["id"] for one in shown["recipients"]}
    assert "martin" not in json.dumps(shown["recipients"]).lower()
    assert shown["url"].startswith("https://impots-gouv-remboursement.com/fr/login")


async def test_the_exact_address_goes_only_when_asked(scene: Scene) -> None:
    case = await scene.begin()
    assert (await scene.told("preview", case=case))["url"] != URL
    exact = await scene.told("preview", case=case, exact=True)
    assert (exact["url"], exact["exact_url"]) == (URL, None)
    await scene.told("send", case=case, channels=["netcraft"])
    await scene.settled(case, "accepted")
    assert scene.doubles.by_channel["netcraft"].taken[0]["urls"][0]["url"] == URL


async def test_what_was_reported_before_is_said_and_stands(scene: Scene) -> None:
    first = await scene.ready()
    await scene.told("send", case=first, channels=["netcraft"])
    await scene.settled(first, "accepted")
    second = await scene.begin()
    shown = await scene.told("preview", case=second)
    assert shown["earlier"] is not None
    assert {one["id"]: one["earlier"] is not None for one in shown["recipients"]}["netcraft"]
    reply = await scene.told("send", case=second, channels=["netcraft"])
    assert [(one["case"], len(one["receipts"])) for one in reply["cases"]] == [(second, 0), (first, 1)]
    third = await scene.ready()
    await scene.told("send", case=third, channels=["netcraft"], again=True)
    assert (await scene.told("receipts", limit=2))["total"] == 3
    listed = [await scene.told("receipts", offset=at, limit=1) for at in range(3)]
    assert [one["cases"][0]["case"] for one in listed] == [third, second, first]


async def test_two_reports_at_once_do_not_mix(scene: Scene) -> None:
    cases = [await scene.begin(url=f"https://impots-gouv-dossier{number}.com/") for number in (1, 2)]
    await asyncio.gather(*(scene.give(case, "html", case.encode() * 9000, 100_000) for case in cases))
    shown = await asyncio.gather(*(scene.told("preview", case=case) for case in cases))
    assert [one["title"] for one in shown] == ["impots-gouv-dossier1.com", "impots-gouv-dossier2.com"]
    sent = await asyncio.gather(*(scene.told("send", case=case, channels=["netcraft"]) for case in cases))
    for case, reply in zip(cases, sent, strict=True):
        with zipfile.ZipFile(reply["cases"][0]["bundle"]) as sealed:
            assert sealed.read("page/page.html") == case.encode() * 9000


async def test_what_waits_is_taken_back(scene: Scene) -> None:
    scene.doubles.by_channel["netcraft"].mode = "503"
    case = await scene.ready()
    await scene.told("send", case=case, channels=["netcraft"])
    for _ in range(100):
        (waiting,) = (await scene.told("receipts", case=case))["cases"][0]["receipts"]
        if waiting["wait_until"] is not None:
            break
        await asyncio.sleep(0.05)
    assert waiting["text"].startswith("Panne chez eux. Nouvel essai ")
    assert waiting["retractable"]
    assert await scene.refused("retract", case=case, channel="spamhaus") == "nothing_queued"
    (taken,) = (await scene.told("retract", case=case))["cases"][0]["receipts"]
    # It was asked once: what was answered does not prove that nobody kept it.
    assert taken["state"] == "retracted"
    assert taken["text"].startswith("Annulé par vous\u00a0: plus aucun essai")
    assert await scene.refused("retract", case=case) == "nothing_queued"


async def test_a_form_is_noted_before_and_after_sending(scene: Scene) -> None:
    case = await scene.begin()
    assert await scene.refused("hand-over", case=case, channel="pharos") == "not_previewed"
    await scene.told("preview", case=case)
    assert await scene.refused("hand-over", case=case, channel="netcraft") == "channel_not_offered"
    (form,) = (await scene.told("hand-over", case=case, channel="pharos"))["cases"][0]["receipts"]
    assert (form["state"], form["retractable"]) == ("handed", False)
    assert form["fields"]
    await scene.told("preview", case=case)
    await scene.told("send", case=case, channels=["netcraft"])
    await scene.told("hand-over", case=case, channel="google")
    found = await scene.settled(case, "accepted", "handed")
    assert {one["channel"] for one in found["receipts"]} == {"netcraft", "pharos", "google"}


async def test_a_page_can_be_watched_and_left_alone(scene: Scene) -> None:
    case = await scene.ready()
    (sent,) = (await scene.told("send", case=case, channels=["netcraft"], watch=True))["cases"]
    assert sent["watch"]["on"]
    (ended,) = (await scene.told("watch", case=case, on=False))["cases"]
    assert not ended["watch"]["on"]
    assert (await scene.told("watch", case=case, on=True, lang="en"))["cases"][0]["watch"]["on"]


async def test_lookups_are_made_once_and_sealed(scene: Scene) -> None:
    case = await scene.begin()
    assert not (await scene.told("preview", case=case))["looked_up"]
    shown = await scene.told("preview", case=case, lookups=True)
    assert shown["looked_up"]
    assert shown["network"]
    assert any(one["path"].startswith("network/") for one in shown["evidence"])
    assert (await scene.told("preview", case=case))["looked_up"]


async def test_reports_that_share_something_hang_together(scene: Scene) -> None:
    for path in ("a", "b"):
        case = await scene.ready(url=f"https://impots-gouv-remboursement.com/{path}")
        await scene.told("send", case=case, channels=["netcraft"])
    single = await scene.ready(url="https://ameli-carte-vitale-dossier.com/")
    await scene.told("send", case=single, channels=["netcraft"])
    told = await scene.told("campaigns")
    (campaign,) = told["campaigns"]
    assert (campaign["count"], told["single"]) == (2, 1)
    assert "domain" in {link["kind"] for link in campaign["links"]}
    assert len(campaign["members"]) == 2
    near = await scene.begin(url="https://impots-gouv-remboursement.com/c")
    assert (await scene.told("preview", case=near))["campaign"]["others"] == 2
    (found,) = (await scene.told("receipts", case=campaign["members"][0]["case"]))["cases"]
    assert found["campaign"]["others"] == 1
    assert found["campaign"]["text"]


async def test_an_original_is_time_stamped_where_it_is_asked_for(
    doubles: Doubles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    authority = Authority(tmp_path / "tsa")
    with authority.served() as url:
        scene = Scene(Settings(tmp_path / "run", tmp_path / "state", timestamp_url=url), doubles)
        async with scene.running():
            case = await scene.ready()
            (sent,) = (await scene.told("send", case=case, channels=[]))["cases"]
            roots = load_authorities(authority.root)
            assert verify(Path(sent["bundle"]), authorities=roots).timestamp.state == "proven"
            # A clock that does not answer holds no report up.
            authority.status = 500
            other = await scene.ready()
            (sent,) = (await scene.told("send", case=other, channels=["pharos"]))["cases"]
            found = verify(Path(sent["bundle"]))
            assert (found.unaltered, found.timestamp.state) == (True, "none")


async def test_settings_are_kept_and_never_told_again(scene: Scene) -> None:
    told = await scene.told("channels", id="spamhaus_token", value="geheim-9", lang="en")
    assert told["kept_in"] == "file"
    assert "readable by you alone" in told["where"]
    needs = {need["id"]: need for need in told["needs"]}
    assert (needs["spamhaus_token"]["set"], needs["spamhaus_token"]["value"]) == (True, None)
    assert needs["email"]["value"] == CREDENTIALS["email"]
    assert "geheim-9" not in json.dumps(told)
    assert {one["id"]: one["ready"] for one in told["channels"]}["spamhaus"]
    gone = await scene.told("channels", id="spamhaus_token")
    assert not {one["id"]: one["ready"] for one in gone["channels"]}["spamhaus"]


async def test_a_large_mail_is_shown_shortened_and_sent_whole(scene: Scene) -> None:
    case = await scene.begin(what="mail", url=None)
    await scene.give(case, "mail", MAIL + "é mot de plus\r\n".encode() * 45_000, 400_000)
    shown = await scene.told("preview", case=case, kind="mail")
    assert max(len(field["value"]) for one in shown["recipients"] for field in one["fields"]) < 100_000
    await scene.told("send", case=case, channels=["netcraft"])
    await scene.settled(case, "accepted")
    assert len(scene.doubles.by_channel["netcraft"].taken[0]["message"]) > 600_000


async def test_a_report_says_what_the_warning_said_of_the_page_itself(scene: Scene) -> None:
    """The name alone raises no alarm; what the page shows does."""
    url = "https://www.atelier-zolmarek.fr/espace"
    page = {
        "title": "Impots.gouv.fr - Accueil", "names": ["impots.gouv.fr"], "headings": ["Votre espace particulier"],
        "logos": ["Impots.gouv"], "owners": [], "assets": [], "text": "Numéro fiscal Mot de passe Carte bancaire",
        "fields": [
            {"kind": "password", "autocomplete": "", "words": "mot de passe", "limit": 0, "form": 0},
            {"kind": "text", "autocomplete": "cc-number", "words": "carte bancaire", "limit": 16, "form": 0},
        ],
        "forms": [], "keypad": False, "partial": False,
    }  # fmt: skip
    case = await scene.begin(url=url)
    before = (await scene.told("preview", case=case))["level"]
    warned = await scene.check_page(url, page)
    assert warned not in {before, "UNKNOWN"}
    again = await scene.begin(url=url)
    assert (await scene.told("preview", case=again))["level"] == warned
