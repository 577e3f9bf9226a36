"""Reports over the real socket, where something is wrong: refused, damaged, killed."""

import asyncio
import base64
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from filelock import FileLock

from guetteur.reports.credentials import CredentialError, Credentials
from guetteur.reports.delivery import Delivery
from guetteur.reports.verify import verify
from guetteur.reports.watch import Lookout
from guetteur.web import report_open, report_work
from support.daemon import Daemon
from support.report_doubles import CREDENTIALS, Doubles
from support.report_scene import JPEG, URL, Scene

SCRIPT = Path(__file__).parents[2] / "support/report_daemon.py"


NOBODY = "00000000-0000-4000-8000-000000000000"


async def test_an_original_that_cannot_be_sealed_stops_everything(scene: Scene) -> None:
    case = await scene.ready()
    blocked = scene.settings.state_dir / "reports"
    blocked.write_text("a file in its place")
    assert await scene.refused("send", case=case, channels=["netcraft"]) == "bundle_unwritable"
    assert (await scene.told("receipts"))["total"] == 0
    blocked.unlink()
    await scene.told("send", case=case, channels=["netcraft"])
    await scene.settled(case, "accepted")


async def test_every_error_has_its_code(scene: Scene) -> None:
    case, mail = await scene.begin(), await scene.begin(what="mail", url=None)

    async def piece(name: str, data: bytes = b"x", part: int = 0, parts: int = 1, of: str = case) -> str:
        given = base64.b64encode(data).decode()
        return await scene.refused("evidence", case=of, name=name, part=part, parts=parts, data=given)

    assert await piece("screenshot", b"GIF89a") == "evidence_invalid"
    assert await piece("html", b"\xff\xfe<") == "evidence_invalid"
    assert await piece("mail") == "evidence_invalid"
    assert await piece("html", of=mail) == "evidence_invalid"
    assert await piece("mail", b"", of=mail) == "evidence_invalid"
    assert await piece("html", part=1, parts=2) == "evidence_order"
    await scene.told("evidence", case=case, name="html", part=0, parts=3, data="")
    assert await piece("html", part=1, parts=2) == "evidence_order"
    assert await piece("html", part=1, parts=3) == "evidence_order"  # the refusal ended it
    assert await scene.refused("evidence", case=case, name="html", part=0, parts=1, data="*") == "invalid_base64"
    assert await scene.refused("begin", what="page") == "no_address"
    for moment in ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00", "1969-12-31T23:59:59Z"):
        assert await scene.refused("begin", what="page", url=URL, seen_at=moment) == "no_such_moment"
    assert await scene.refused("begin", what="page", url="about:blank") == "not_a_web_address"
    assert await scene.refused("begin", what="page", url=URL, more=1) == "invalid_request"
    assert await scene.refused("preview", case=mail) == "nothing_to_read"
    assert await scene.refused("send", case=case, channels=["netcraft"]) == "not_previewed"
    await scene.told("preview", case=case)
    assert await scene.refused("send", case=case, channels=["nobody"]) == "unknown_channel"
    assert await scene.refused("send", case=case, channels=["signal-spam"]) == "channel_not_offered"
    assert await scene.refused("send", case=case, channels=["netcraft", "spamhaus"]) == "needs_missing"
    await scene.give(case, "html", b"<p>news</p>")
    assert await scene.refused("send", case=case, channels=["netcraft"]) == "not_previewed"
    # Nor does a preview stand that was made while evidence was still coming.
    half = {"name": "html", "parts": 2, "data": base64.b64encode(b"<p>a").decode()}
    await scene.told("evidence", case=case, part=0, **half)
    await scene.told("preview", case=case)
    await scene.told("evidence", case=case, part=1, **half)
    assert await scene.refused("send", case=case, channels=["netcraft"]) == "not_previewed"
    for call, body in {
        "preview": {}, "send": {"channels": []}, "hand-over": {"channel": "pharos"}, "retract": {}, "bundle": {},
        "watch": {"on": True}, "receipts": {}, "evidence": {"name": "html", "part": 0, "parts": 1, "data": ""},
    }.items():  # fmt: skip
        assert await scene.refused(call, case=NOBODY, **body) == "report_unknown", call
    assert await scene.refused("channels", id="nothing", value="x") == "unknown_setting"
    assert await scene.refused("channels", id="email", value="a\nb") == "credential_invalid"
    status, reply = await scene.post("evidence", BytesIO(b"{" + b" " * 1024 * 1024))
    assert (status, reply["error"]["code"]) == (413, "body_too_large")
    assert not scene.doubles.by_channel["netcraft"].asked


async def test_cases_in_the_making_are_few_bounded_and_forgotten(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await scene.begin()
    others = []
    for _ in range(report_open.MAX_OPEN - 1):
        scene.later += timedelta(seconds=1)
        others.append(await scene.begin())
    scene.later += timedelta(seconds=1)
    await scene.told("preview", case=first)
    await scene.begin()
    assert await scene.refused("preview", case=others[0]) == "report_unknown"
    await scene.told("preview", case=first)
    monkeypatch.setattr(report_open, "MAX_BYTES", 1000)
    await scene.give(first, "screenshot", JPEG + bytes(500))
    code = await scene.refused(
        "evidence", case=first, name="html", part=0, parts=1, data=base64.b64encode(bytes(600)).decode()
    )
    assert code == "evidence_too_large"
    await scene.give(first, "screenshot", JPEG + bytes(900))
    scene.later += report_open.FORGOTTEN_AFTER + timedelta(seconds=1)
    assert await scene.refused("preview", case=first) == "report_unknown"


async def test_without_reports_nothing_is_opened(scene: Scene) -> None:
    assert (await scene.told("receipts")) == {"cases": [], "total": 0}
    assert (await scene.told("campaigns")) == {"campaigns": [], "single": 0}
    await scene.begin()
    assert not (scene.settings.state_dir / "outbox.db").exists()


async def test_a_damaged_outbox_is_said_and_the_rest_goes_on(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    outbox = scene.settings.state_dir / "outbox.db"
    outbox.write_bytes(b"no database at all " * 400)
    case = await scene.begin()
    assert await scene.refused("receipts") == "outbox_unreadable"
    assert await scene.refused("preview", case=case) == "outbox_unreadable"
    for _ in range(100):
        if "reports could not be sent: outbox_unreadable" in caplog.text:
            break
        await asyncio.sleep(0.05)
    assert "reports could not be sent: outbox_unreadable" in caplog.text
    outbox.unlink()
    await scene.told("preview", case=case)
    await scene.told("send", case=case, channels=["netcraft"])
    await scene.settled(case, "accepted")


async def test_a_killed_daemon_sends_what_it_accepted(doubles: Doubles, tmp_path: Path) -> None:
    bases = tmp_path / "bases.json"
    bases.write_text(json.dumps(doubles.bases))
    broken = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    daemon = Daemon(broken, command=(str(SCRIPT), str(bases)))
    Credentials(daemon.settings.state_dir, keyring.backends.fail.Keyring()).set("email", CREDENTIALS["email"])
    try:
        await daemon.start()
        # Another process delivers, so that nothing leaves before the kill.
        with FileLock(daemon.settings.state_dir / "outbox.lock"):
            case = (await daemon.ask("/v1/report/begin", {"what": "page", "url": URL}))["case"]
            await daemon.ask("/v1/report/preview", {"case": case})
            sent = await daemon.ask("/v1/report/send", {"case": case, "channels": ["netcraft"]})
            assert sent["cases"][0]["receipts"][0]["state"] == "queued"
            await daemon.kill()
        assert verify(Path(sent["cases"][0]["bundle"])).unaltered
        await daemon.start()
        for _ in range(300):
            (found,) = (await daemon.ask("/v1/report/receipts", {"case": case}))["cases"]
            if found["receipts"][0]["state"] == "accepted":
                break
            await asyncio.sleep(0.1)
        assert found["receipts"][0]["state"] == "accepted"
        again = await daemon.ask("/v1/report/preview", {"case": case})
        assert again["error"]["code"] == "report_sent"
        late = await daemon.ask("/v1/report/hand-over", {"case": case, "channel": "pharos"})
        assert late["error"]["code"] == "channel_not_offered"
        assert len(doubles.by_channel["netcraft"].taken) == 1
    finally:
        await daemon.close()


async def test_a_channel_that_cannot_be_asked_does_not_end_the_watching(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looked = asyncio.Event()

    async def locked(_self: Delivery) -> None:
        raise CredentialError("credentials_unreadable", "the keyring is locked", "unlock it")

    async def looks(_self: Lookout) -> None:
        looked.set()

    monkeypatch.setattr(Delivery, "run", locked)
    monkeypatch.setattr(Lookout, "run", looks)
    monkeypatch.setattr(report_work, "_EVERY_S", 0.05)
    case = await scene.ready()
    await scene.told("send", case=case, channels=["netcraft"], watch=True)
    for _ in range(100):
        if "credentials_unreadable" in caplog.text:
            break
        await asyncio.sleep(0.05)
    looked.clear()
    await asyncio.wait_for(looked.wait(), 5)
    assert caplog.text.count("the keyring is locked") == 1
