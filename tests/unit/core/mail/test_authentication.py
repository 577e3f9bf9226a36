"""Results of the receiving side count; nothing that a sender can write does."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from guetteur.core.facts import Known
from guetteur.core.mail.authentication import read_report
from guetteur.core.mail.eml import merged, read_raw, read_shown
from guetteur.core.mail.received import Receivers
from guetteur.core.mail.seen import LinkSeen, MailSeen
from guetteur.core.mail.subject import NOT_CHECKED, NOT_SHOWN, Result

TABLE = Path(__file__).parents[4] / "blocklists" / "lexicon" / "mail.toml"
RECEIVERS = msgspec.convert(tomllib.loads(TABLE.read_text("utf-8")), Receivers)

FORGED = (
    "Authentication-Results: {id}; spf=pass smtp.mailfrom=bank.example; dkim=pass header.d=bank.example; dmarc=pass"
)
BORDER = (
    "Received: from mx.evil.example (mx.evil.example [198.18.0.9]) by mx.home.example (Postfix) with ESMTPS id 1; x"
)
FOREIGN_IPV4 = BORDER.replace("198.18.0.9", "8.8.4.4")
GMAIL = "Received: from mail.evil.example (mail.evil.example. [8.8.4.4]) by mx.google.com with ESMTPS id a; x"
MICROSOFT = """Received: from AS9PR05CA0054.eurprd05.prod.outlook.com (2603:10a6:20b:489::13)
 by DS0PR19MB7561.namprd19.prod.outlook.com (2603:10b6:8:143::5) with Microsoft SMTP Server id 15; x
Authentication-Results: spf=softfail (sender IP is 8.8.4.4)
 smtp.mailfrom=shop.example; dkim=pass (signature was verified)
 header.d=mailer.example;dmarc=fail action=oreject
 header.from=bank.example;compauth=fail reason=001
Received: from evil.example (8.8.4.4) by VI1EUR06FT059.mail.protection.outlook.com (10.13.6.222) with Microsoft; x"""


def read(*headers: str):
    return read_raw(("\n".join(headers) + "\nFrom: A <a@bank.example>\n\nhello\n").encode(), RECEIVERS)


def found(*headers: str):
    fact = read(*headers).authentication
    return fact.value if isinstance(fact, Known) else fact


def test_results_above_the_border_count() -> None:
    said = found(FORGED.format(id="mx.home.example"), FOREIGN_IPV4)
    assert (said.spf, said.envelope, said.dkim, said.dmarc) == (Result.PASS, "bank.example", Result.PASS, Result.PASS)
    assert said.signers == ("bank.example",)
    assert said.checked_by == "mx.home.example"
    assert read(FOREIGN_IPV4).relay.value == "mx.evil.example"


def test_results_of_several_filters_of_one_server_are_taken_together_the_topmost_first() -> None:
    said = found(
        "Authentication-Results: mx.home.example; dmarc=fail (p=quarantine dis=none) header.from=x.example",
        "Authentication-Results: mx.home.example; spf=pass smtp.mailfrom=a@x.example",
        "Authentication-Results: elsewhere.example; dkim=pass header.d=bank.example",
        FOREIGN_IPV4,
    )
    assert (said.dmarc, said.policy, said.spf, said.dkim) == (Result.FAIL, "quarantine", Result.PASS, Result.NONE)


def test_microsofts_line_without_a_name_is_read_above_its_border() -> None:
    said = found(MICROSOFT)
    assert (said.spf, said.envelope, said.dkim, said.signers) == (
        Result.FAIL,
        "shop.example",
        Result.PASS,
        ("mailer.example",),
    )
    assert (said.dmarc, said.policy) == (Result.FAIL, "reject")
    assert read(MICROSOFT).relay.value == "8.8.4.4"


def test_googles_line_is_read_under_its_border() -> None:
    said = found(
        "Received: by 2002:a05:6f02:1 with SMTP id a; x",
        GMAIL,
        "Received-SPF: pass (google.com: domain of a@bank.example designates 8.8.4.4) client-ip=8.8.4.4;",
        "Authentication-Results: mx.google.com;\n dkim=pass header.i=@bank.example header.s=k header.b=abc;\n"
        " spf=pass (google.com: domain of a@bank.example designates 8.8.4.4 as permitted sender)"
        " smtp.mailfrom=a@bank.example;\n dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bank.example",
    )
    assert (said.dmarc, said.policy, said.signers, said.envelope) == (
        Result.PASS,
        "reject",
        ("bank.example",),
        "bank.example",
    )


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((FOREIGN_IPV4, FORGED.format(id="mx.home.example")), id="below the border, with its name"),
        pytest.param((FOREIGN_IPV4, FORGED.format(id="mx.google.com")), id="below another's border, Google's name"),
        pytest.param((FORGED.format(id="mx.home.example"),), id="no Received line at all"),
        pytest.param((GMAIL, FORGED.format(id="mail.evil.example")), id="below Google's border, another's name"),
        pytest.param((GMAIL, "X-Own: 1", FORGED.format(id="mx.google.com")), id="below the sender's own headers"),
        pytest.param(
            (GMAIL, "Received: from a by b", FORGED.format(id="mx.google.com")), id="below the sender's Received line"
        ),
        pytest.param(
            (
                FOREIGN_IPV4.replace("mx.evil.example (mx.evil.example", "mx2.home.example (unknown"),
                FORGED.format(id="mx.home.example"),
                FOREIGN_IPV4,
            ),
            id="greets with the receiver's own name",
        ),
        pytest.param(
            (
                FOREIGN_IPV4.replace("from mx.evil.example", "from x (mx2.home.example [10.0.0.1])"),
                FORGED.format(id="mx.home.example"),
                FOREIGN_IPV4,
            ),
            id="greets with a whole clause",
        ),
        pytest.param(
            (
                FOREIGN_IPV4.replace("(mx.evil.example [8.8.4.4])", "(mx2.home.example [8.8.4.4] (may be forged))"),
                FORGED.format(id="mx.home.example"),
                FOREIGN_IPV4,
            ),
            id="name looked up that does not match",
        ),
        pytest.param(
            (
                MICROSOFT.partition("\nReceived: from evil")[2].join(("Received: from evil", "")),
                FORGED.format(id="x").replace("x; ", ""),
                "Received: from a.outlook.com (2603:10a6::1) by b.outlook.com; x",
            ),
            id="below Microsoft's border",
        ),
        pytest.param(
            (
                FOREIGN_IPV4.replace(
                    "mx.evil.example (mx.evil.example [8.8.4.4])", "localhost (x [8.8.4.4] (may be forged))"
                ),
                FORGED.format(id="mx.home.example"),
                FOREIGN_IPV4,
            ),
            id="greets as localhost, with a name that does not match",
        ),
        pytest.param((FOREIGN_IPV4, "DKIM-Signature: v=1; d=bank.example; s=a; b=x"), id="a signature nobody checked"),
        pytest.param(
            (
                FOREIGN_IPV4,
                "ARC-Seal: i=1; d=google.com; cv=none",
                "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass",
            ),
            id="a seal nobody checked",
        ),
    ],
)
def test_what_the_sender_writes_never_counts(headers: tuple[str, ...]) -> None:
    assert found(*headers) is NOT_CHECKED


def test_words_of_the_sender_inside_a_result_are_no_results() -> None:
    inside = '"a) ; dmarc=pass (p=reject) header.from=bank.example; x=y ("@evil.example'
    said = found(
        GMAIL,
        f"Authentication-Results: mx.google.com; spf=pass (google.com: domain of {inside} designates 8.8.4.4)"
        f" smtp.mailfrom={inside}; dmarc=fail (p=NONE) header.from=bank.example",
    )
    assert said.dmarc is Result.FAIL
    quoted = read_report(
        'mx.example; spf=fail smtp.mailfrom="a; dmarc=pass"@x.example; dkim=none reason="dkim=pass; b"'
    )
    assert [(one.method, one.result) for one in quoted.findings] == [("spf", "fail"), ("dkim", "none")]


@pytest.mark.parametrize(
    ("sealer", "vouched", "dmarc"),
    [
        ("google.com", "pass", Result.PASS),
        ("evil.example", "pass", Result.FAIL),
        ("google.com", "fail", Result.FAIL),
        ("google.com", "none", Result.FAIL),
    ],
)
def test_a_forwarders_seal_counts_when_it_is_known_and_vouched_for(sealer: str, vouched: str, dmarc: Result) -> None:
    said = found(
        f"Authentication-Results: mx.home.example; dmarc=fail header.from=bank.example; arc={vouched}",
        FOREIGN_IPV4,
        f"ARC-Seal: i=1; a=rsa-sha256; d={sealer}; cv=none",
        "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=bank.example",
    )
    assert said.dmarc is dmarc


def test_report_shapes() -> None:
    report = read_report("mx.example 1; none")
    assert (report.authserv, report.findings) == ("mx.example", [])
    report = read_report(
        "Mx.Example; dkim/1=pass (2048-bit key; unprotected) header.d=a.example; dkim=fail header.i=@b.example"
    )
    assert report.authserv == "mx.example"
    assert [(one.method, one.result) for one in report.findings] == [("dkim", "pass"), ("dkim", "fail")]


def test_received_spf_alone_is_a_finding() -> None:
    said = found("Received-SPF: Fail (x: domain of b.example does not designate 8.8.4.4)", FOREIGN_IPV4)
    assert (said.spf, said.envelope, said.dmarc) == (Result.FAIL, "b.example", Result.NONE)


def test_googles_received_spf_counts_once_and_only_under_its_border() -> None:
    passed = "Received-SPF: pass (google.com: domain of a@bank.example designates 8.8.4.4)"
    other = "Received-SPF: fail (google.com: domain of a@evil.example does not designate 8.8.4.4)"
    said = found(GMAIL, passed, other, "Return-Path: <a@bank.example>")
    assert (said.spf, said.envelope) == (Result.PASS, "bank.example")
    assert read_raw(f"{GMAIL}\n{passed}".encode() + b"\nDelivered-To: x@y.fr", RECEIVERS).authentication.value == said


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ("dmarc=fail policy.published-domain-policy=reject", "reject"),
        ("dmarc=fail policy.published-domain-policy=whatever action=quarantine", "quarantine"),
        ("dmarc=fail action=oreject", "reject"),
        ("dmarc=fail action=none", "none"),
        ("dmarc=pass action=none", ""),
        ("dmarc=fail (p=QUARANTINE) policy.published-domain-policy=reject", "quarantine"),
    ],
)
def test_the_policy_that_the_domain_publishes(written: str, policy: str) -> None:
    assert found(f"Authentication-Results: mx.home.example; {written}", FOREIGN_IPV4).policy == policy


def test_seals_without_a_number_seal_nothing() -> None:
    top = "Authentication-Results: mx.home.example; dmarc=fail header.from=bank.example; arc=pass"
    said = found(
        top,
        FOREIGN_IPV4,
        "ARC-Seal: a=rsa-sha256; d=google.com; cv=none",
        "ARC-Authentication-Results: mx.google.com; dmarc=pass header.from=bank.example",
    )
    assert said.dmarc is Result.FAIL


def test_all_results_under_a_seal_count() -> None:
    said = found(
        "Authentication-Results: mx.home.example; dmarc=fail header.from=bank.example; arc=pass",
        FOREIGN_IPV4,
        "ARC-Seal: i=1; d=google.com; cv=none",
        "ARC-Authentication-Results: i=1; mx.google.com; dkim=pass header.i=@bank.example;"
        " spf=pass smtp.mailfrom=a@b.example; dmarc=pass header.from=bank.example",
    )
    assert (said.dmarc, said.signers, said.spf, said.envelope) == (
        Result.PASS,
        ("bank.example",),
        Result.PASS,
        "b.example",
    )


@pytest.mark.parametrize(
    ("written", "signers"),
    [
        ("dkim=pass header.d=a.example header.i=@b.example", ("a.example",)),
        ("dkim=pass header.i=@b.example", ("b.example",)),
        ('dkim=pass header.d="a.example"', ("a.example",)),
        ("dkim=pass header.d=<x@a.example>", ("a.example",)),
        ("dkim=pass header.d=none", ()),
        ("dkim=pass", ()),
        ("dkim=fail header.d=a.example", ()),
        (
            "dkim=pass header.d=a.example; dkim=pass header.d=b.example; dkim=pass header.d=a.example",
            ("a.example", "b.example"),
        ),
    ],
)
def test_who_signed(written: str, signers: tuple[str, ...]) -> None:
    assert found(f"Authentication-Results: mx.home.example; {written}", FOREIGN_IPV4).signers == signers


def test_a_hop_of_the_same_owner_is_inside_when_its_name_was_looked_up() -> None:
    for known, relay in (
        ("relay.home.fr [8.8.4.4]", "mx.evil.example"),
        ("unknown [8.8.4.4]", "8.8.4.4"),
        ("relay.home.fr [8.8.4.4] (may be forged)", "8.8.4.4"),
        ("relay.home.fr [8.8.4.4] (unverified)", "8.8.4.4"),
        ("two names [8.8.4.4]", "relay.home.fr"),
    ):
        inner = f"Received: from relay.home.fr ({known}) by mx2.home.fr; x"
        mail = read(inner, "Authentication-Results: mx.home.fr; dmarc=pass", FOREIGN_IPV4)
        assert mail.relay.value == relay, known


@pytest.mark.parametrize(
    ("line", "relay"),
    [
        ("from [8.8.4.4] by mx.home.example; x", "8.8.4.4"),
        ("from 8.8.4.4 by mx.home.example; x", "8.8.4.4"),
        ("from mail.evil.example by mx.home.example; x", "mail.evil.example"),
        ("FROM MAIL.evil.example ([IPv6:2001:db8::1]) BY mx.home.example; x", "2001:db8::1"),
        ("from x (a.example [8.8.4.4]) (b.example [9.9.9.9]) by mx.home.example; x", "b.example"),
        ("from x (a.example [8.8.4.4]) (no address) by mx.home.example; x", "a.example"),
        ("from mail.evil.example; x", "mail.evil.example"),
        ("from mail.evil.example", "mail.evil.example"),
        ("from mail.evil.example by mx.home.example", "mail.evil.example"),
        ("(qmail 1 invoked by uid 7); x\nReceived: from mail.evil.example by mx.home.example; x", "mail.evil.example"),
        ("by mx.home.example\nReceived: from mail.evil.example by mx.home.example; x", "mail.evil.example"),
        ("with SMTP\nReceived: from mail.evil.example by mx.home.example; x", "mail.evil.example"),
    ],
)
def test_whom_a_message_came_from(line: str, relay: str) -> None:
    assert read(f"Received: {line}").relay.value == relay


def test_only_the_results_that_belong_to_the_newest_seal_count() -> None:
    top = "Authentication-Results: mx.home.example; dmarc=fail header.from=bank.example; arc=pass"
    seals = ("ARC-Seal: i=2; d=google.com; cv=pass", "ARC-Seal: i=1; d=evil.example; cv=none")
    first = "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=bank.example"
    second = first.replace("i=1", "i=2")
    assert found(top, FOREIGN_IPV4, *seals, first).dmarc is Result.FAIL
    assert found(top, FOREIGN_IPV4, *seals, first, second).dmarc is Result.PASS


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "127.0.0.1", "IPv6:::ffff:192.168.1.9", "IPv6:fd00::1", "IPv6:fe80::1%eth0"]
)
def test_hops_between_private_addresses_are_inside(address: str) -> None:
    inner = f"Received: from filter.home.example (filter.home.example [{address}]) by mx2.home.example; x"
    mail = read(inner, FORGED.format(id="mx.home.example"), FOREIGN_IPV4)
    assert (mail.authentication.value.dmarc, mail.relay.value) == (Result.PASS, "mx.evil.example")


def test_a_clause_inside_brackets_parts_nothing() -> None:
    line = (
        "Received: from mx.evil.example (mx.evil.example [8.8.4.4] (by mx.google.com) x) by mx.home.example (a; b)"
        " with SMTP; x"
    )
    said = found(FORGED.format(id="mx.home.example"), line)
    assert (said.checked_by, said.dmarc) == ("mx.home.example", Result.PASS)
    assert read(line).relay.value == "mx.evil.example"


def test_what_a_webmail_shows_of_the_sender() -> None:
    shown = read_shown(MailSeen(from_name="A", from_address="a@Bank.example", signed_by="bank.example"))
    assert shown.authentication.value.signers == ("bank.example",)
    assert shown.sender.domain == "bank.example"
    assert (shown.authentication.value.dkim, shown.authentication.value.spf) == (Result.PASS, Result.NONE)
    mailed = read_shown(MailSeen(mailed_by="bank.example")).authentication.value
    assert (mailed.dkim, mailed.spf, mailed.envelope, mailed.signers) == (Result.NONE, Result.PASS, "bank.example", ())
    assert read_shown(MailSeen(unverified=True)).authentication.value.dmarc is Result.FAIL
    assert read_shown(MailSeen()).authentication is NOT_SHOWN


def test_merged_keeps_the_headers_of_the_raw_message_and_the_links_of_both() -> None:
    raw = read(FORGED.format(id="mx.home.example"), FOREIGN_IPV4)
    shown = read_shown(MailSeen(text="other", links=(LinkSeen("https://x.example/", "x"), LinkSeen("mailto:a@b.fr"))))
    both = merged(raw, shown)
    assert (both.text, both.authentication, both.raw) == ("hello", raw.authentication, True)
    assert [(link.url, link.origin) for link in both.links] == [("https://x.example/", "html")]
    assert (both.sender.address, both.relay, both.subject) == ("a@bank.example", raw.relay, "")
    seen = MailSeen(subject="shown", from_address="b@c.fr", reply_to=("d@e.fr",), to=("f@g.fr", ""), text="x" * 99_999)
    screen = read_shown(seen)
    assert (screen.recipients, len(screen.text)) == (("f@g.fr",), 64_000)
    with_screen = merged(raw, screen)
    assert (with_screen.sender.address, with_screen.subject) == ("a@bank.example", "shown")
    assert [box.address for box in with_screen.reply_to] == ["d@e.fr"]
    assert with_screen.recipients == ("f@g.fr",)
    own = read("Reply-To: own@x.fr", "Subject: own")
    assert merged(own, screen).subject == "own"
    assert [box.address for box in merged(own, screen).reply_to] == ["own@x.fr"]
