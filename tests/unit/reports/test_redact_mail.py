"""Mails: nothing of the recipient leaves, everything of the sender stays."""

import base64
import email
import html
import quopri
from email.header import Header
from email.policy import default
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guetteur.core.facts import Known
from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.limits import MAX_MAIL_BYTES
from guetteur.errors import InvalidInputError
from guetteur.lists.knowledge import Knowledge
from guetteur.reports.redact import Person, redact_mail
from support.leaks import all_texts
from support.mails import mails as written_mails

SCAM = """\
Delivered-To: jean.dupont@free.fr
Received: from mx1.free.fr (mx1.free.fr [10.0.0.7]) by zimbra12.free.fr (Postfix) with ESMTP id 4ABCDEF123
 for <jean.dupont@free.fr>; Mon, 23 Nov 2026 10:00:02 +0100
Received: from mail.evil.example (mail.evil.example [203.0.113.9]) by mx1.free.fr (Postfix) with ESMTP id 77AA88BB
 for <jean.dupont@free.fr>; Mon, 23 Nov 2026 10:00:01 +0100
Received: from [198.51.100.4] by mail.evil.example with SMTP id sender1; Mon, 23 Nov 2026 10:00:00 +0100
Return-Path: <bounce-77-jean.dupont=free.fr@evil.example>
From: "Ameli - Service" <contact@evil.example>
Reply-To: rappel@evil.example
To: "Jean Dupont" <jean.dupont@free.fr>
Subject: =?utf-8?q?Jean_Dupont=2C_votre_carte_vitale?=
Message-ID: <abc@evil.example>
In-Reply-To: <mine.1234@free.fr>
X-Gmail-Labels: Travail
X-Campaign-Recipient: 8812
List-Unsubscribe: <mailto:unsub-8812@evil.example>, <https://evil.example/u/8Xk29fQz71mLpA>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

Preamble for jean.dupont@free.fr
--b1
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>Bonjour Jean, votre carte arrive =E0 =E9ch=E9ance.</p>
<a href=3D"https://ameli-vitale.example/renouveler?e=3DamVhbi5kdXBvbnRAZnJlZS5mcg&amp;lang=3Dfr">Renouveler</a>
--b1
Content-Type: application/pdf; name="facture Dupont.pdf"
Content-Disposition: attachment; filename="facture Dupont.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--b1--
Epilogue Jean
"""


def copy(raw: bytes, *gone: str) -> str:
    after = redact_mail(raw).value
    texts = all_texts(after)
    for secret in gone:
        assert not any(secret.lower() in text for text in texts), secret
    return after.decode("latin-1")


def test_the_recipient_goes_and_the_sender_stays() -> None:
    after = copy(
        SCAM.encode(),
        "jean.dupont",
        "dupont",
        "free.fr>",
        "10.0.0.7",
        "4ABCDEF123",
        "77AA88BB",
        "mine.1234",
        "8Xk29",
        "8812",
        "Travail",
    )
    for kept in (
        'From: "Ameli - Service" <contact@evil.example>', "Reply-To: rappel@evil.example",
        "[203.0.113.9]", "[198.51.100.4]",
        "id sender1", "10:00:02 +0100", "Message-ID: <abc@evil.example>",
        "https://ameli-vitale.example/renouveler", "@evil.example>", "=E9ch=E9ance",
        "votre carte vitale", "To: <recipient1@redacted.invalid>", "REDACTED.pdf", "Bonjour REDACTED", "lang",
    ):  # fmt: skip
        assert kept in after, kept
    message = email.message_from_string(after, policy=default)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/mixed", "text/html", "application/pdf"]
    assert b"SHA-256" in message.get_payload()[1].get_payload(decode=True)
    assert "échéance" in message.get_payload()[0].get_content()


def test_says_what_it_changed() -> None:
    changes = redact_mail(SCAM.encode()).changes
    told = {(change.kind, change.where) for change in changes}
    assert {
        ("address", "to"),
        ("header", "x-gmail-labels"),
        ("header", "received"),
        ("name", "part 1"),
        ("file", "part 2"),
    } <= told
    assert any("ameli-vitale.example" in change.after for change in changes)


def test_a_message_without_a_recipient_stays_as_it_is() -> None:
    raw = b"From: a@evil.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nBonjour,\r\nhttps://evil.example/fr\r\n"
    assert redact_mail(raw).value == raw
    assert redact_mail(raw).changes == ()


def test_the_victims_own_address_as_sender_goes_too() -> None:
    wallet = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
    raw = f"From: jean.dupont@free.fr\nTo: jean.dupont@free.fr\nSubject: x\n\nJ'ai vos videos. Wallet {wallet}\n"
    assert wallet in copy(raw.encode(), "jean.dupont@free.fr", "dupont")


def test_the_persons_own_address_and_name_never_leave_though_the_message_does_not_name_them() -> None:
    raw = (
        b"From: Jean Dupont <contact@evil.example>\nTo: undisclosed-recipients:;\nSubject: Jean\n\n"
        b"Bonjour M. DUPONT (jean.dupont@free.fr), https://evil.example/jean.dupont\n"
    )
    person = Person("jean.dupont@free.fr", "Jean Dupont")
    after = redact_mail(raw, person=person).value.decode()
    assert "dupont" not in after.lower()
    assert "jean" not in after.lower()
    assert "<contact@evil.example>" in after
    assert b"jean.dupont@free.fr" in redact_mail(raw).value


def test_everyday_spellings_of_a_recipients_name_go() -> None:
    head = "From: a@evil.example\nTo: {}\nContent-Type: text/plain; charset=utf-8\n\n"
    for to in ("=?utf-8?q?H=C3=A9l=C3=A8ne_Lef=C3=A8vre?= <hl75@free.fr>", "helene.lefevre@orange.fr"):
        body = "Mme HELENE LEFEVRE, Hélène Lefèvre, He\u0301le\u0300ne Lefe\u0300vre\n"
        after = redact_mail((head.format(to) + body).encode()).value.decode()
        assert (
            after.rpartition("\nMme ")[2].replace("REDACTED REDACTED", "REDACTED") == "REDACTED, REDACTED, REDACTED\n"
        )


def test_a_first_name_does_not_take_hosts_and_senders_with_it() -> None:
    raw = (
        b"From: France Connect <aide@france-connexion.example>\nTo: France Lenormand <f.l@free.fr>\nSubject: x\n\n"
        b"Chere France, voyez https://ma-france.example/suite et www.france-connexion.example ou fran<b></b>ce\n"
    )
    after = copy(raw, "lenormand", "f.l@free.fr", "chere france", "fran<b>")
    for kept in (
        "From: France Connect <aide@france-connexion.example>",
        "https://ma-france.example/suite",
        "www.france-c",
    ):
        assert kept in after


def test_what_cannot_be_decoded_is_left_out() -> None:
    for field in ("Content-Transfer-Encoding: x-uuencode", "Content-Type: text/plain; charset=unicode-1-1-utf-7"):
        after = redact_mail(f"From: a@evil.example\nTo: jean.dupont@free.fr\n{field}\n\nbegin 644 a".encode())
        assert b"begin 644" not in after.value
        assert after.changes[-1].kind == "unread"


def test_a_sender_who_writes_to_himself_stays() -> None:
    raw = b"Delivered-To: jean.dupont@free.fr\nFrom: chef@evil.example\nTo: chef@evil.example\nSubject: x\n\nBonjour\n"
    assert "From: chef@evil.example" in copy(raw, "jean.dupont@free.fr")


def test_messages_inside_and_forwarded_ones_are_redacted_too() -> None:
    raw = (
        b"From: a@evil.example\nTo: jean.dupont@free.fr\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
        b"boundary=b\n\n--b\nContent-Type: message/rfc822\n\nFrom: c@evil.example\n"
        b"To: Marie Lenormand <marie@orange.example>\nSubject: y\n\n"
        b"Bonjour Lenormand, jean.dupont@free.fr\n--b--\n"
    )
    assert "From: c@evil.example" in copy(raw, "lenormand", "marie@orange.example", "jean.dupont@free.fr")


def test_too_large_a_message_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        redact_mail(bytes(MAX_MAIL_BYTES + 1))


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


SPELLED = [
    str, str.upper, str.title,
    lambda text: quote(text, safe=""),
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    lambda text: quote(quote(text, safe=""), safe=""),
    _entities,
    lambda text: html.escape(text).replace("@", "&#x40;"),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(f"x{text}y".encode()).decode().rstrip("="),
    lambda text: base64.b64encode(f"to={text}&a=1".encode()).decode(),
    lambda text: quopri.encodestring(text.encode()).decode().rstrip("\n"),
    lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    lambda text: text.encode().hex(),
    lambda text: text.replace("@", "="),
]  # fmt: skip
PLACES = [
    "<p>Bonjour {}</p>", '<a href="https://evil.example/a?q={}">x</a>', '<a href="https://evil.example/{}/b">x</a>',
    '<img src="https://evil.example/p.gif?{}">', "<!-- {} -->", "{}", "<style>.{}{{}}</style>", "https://evil.example/#{}",
]  # fmt: skip
TRANSFER = ["7bit", "8bit", "base64", "quoted-printable"]
LOCAL = st.from_regex(r"[a-z]{5,9}[._-][a-z]{5,9}[0-9]{0,2}", fullmatch=True)
DOMAINS = st.sampled_from(["free.fr", "orange.example", "société-générique.fr", "xn--socit-esab.example"])
NAMES = st.from_regex(r"[A-Z][a-zéèêçï]{5,9} [A-Z][a-zéèêçï]{5,9}", fullmatch=True)


@st.composite
def mails(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    local, domain, name = draw(LOCAL), draw(DOMAINS), draw(NAMES)
    address = f"{local}@{domain}"
    ascii_form = f"{local}@{domain.encode('idna').decode()}"
    secrets = [address, ascii_form, name]
    parts = []
    for kind in draw(st.lists(st.sampled_from(["text/plain", "text/html"]), min_size=1, max_size=3)):
        planted = st.tuples(st.sampled_from(secrets), st.sampled_from(SPELLED), st.sampled_from(PLACES))
        text = "\n".join(place.format(spell(secret)) for secret, spell, place in draw(st.lists(planted, max_size=4)))
        encoding = draw(st.sampled_from(TRANSFER))
        body = text.encode()
        if encoding == "base64":
            body = base64.encodebytes(body)
        elif encoding == "quoted-printable":
            body = quopri.encodestring(body)
        head = f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
        parts.append(head.encode() + body)
    shown = draw(st.sampled_from([name, Header(name, "utf-8").encode(), f'"{name}"']))
    extra = draw(
        st.sampled_from(
            [
                "X-Rcpt: {}",
                "X-Info: {}",
                "Delivered-To: {}",
                "References: <x{}>",
                "Thread-Topic: {}",
                "Received: from a by b for <{}>",
            ]
        )
    )
    hidden = draw(st.sampled_from(SPELLED))(draw(st.sampled_from([address, ascii_form])))
    head = (
        f"From: Ameli <contact@evil.example>\nTo: {shown} <{draw(st.sampled_from([address, ascii_form]))}>\n"
        f"Subject: {draw(st.sampled_from([name, Header(name, 'utf-8', maxlinelen=20).encode(), 'Rappel']))}\n"
        f"{extra.format(hidden)}\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="zz"\n\n'
    ).encode()
    return head + b"".join(b"--zz\n" + part + b"\n" for part in parts) + b"--zz--\n", secrets


@given(mails())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_planted_secrets_never_leave(planted: tuple[bytes, list[str]]) -> None:
    raw, secrets = planted
    after = redact_mail(raw).value
    texts = all_texts(after)
    for secret in secrets:
        assert not any(secret.lower() in text for text in texts), (secret, after)
    assert b"From: Ameli <contact@evil.example>" in after


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_are_taken(noise: bytes) -> None:
    redact_mail(noise)
    redact_mail(b"To: jean.dupont@free.fr\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + noise)


def test_mails_of_every_kind_lose_their_recipient_and_keep_their_sender(knowledge: Knowledge) -> None:
    for number, one in enumerate(written_mails()):
        if number % 9:
            continue
        raw = one.raw()
        before = read_raw(raw, knowledge.receivers)
        after = redact_mail(raw, knowledge.receivers).value
        again = read_raw(after, knowledge.receivers)
        for address in before.recipients:
            assert address.encode() not in after.lower(), one.id
        own = {box.address.lower() for box in before.senders} & set(before.recipients)
        if not own:
            assert [box.address for box in again.senders] == [box.address for box in before.senders], one.id
        assert len(again.attachments) == len(before.attachments), one.id
        if isinstance(before.relay, Known):
            assert before.relay.value.encode() in after.lower(), one.id


def test_messages_made_to_be_slow_are_not() -> None:
    head = b"From: a@evil.example\nTo: Jean Dupont <jean.dupont@free.fr>\nContent-Type: text/html\n\n"
    for piece in (b"<a ", b"jean.", b"amVhb", b"%25", b"=\n", b"&#", b"https://", b"A" * 60 + b"\n"):
        redact_mail(head + piece * (60_000 // len(piece)))
