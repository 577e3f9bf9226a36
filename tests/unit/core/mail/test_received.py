"""Received lines as mail servers write them: whose connection it was, whatever the other side said of itself."""

import pytest

from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.subject import NOT_CHECKED
from support.raw_mail import NOBODY

PASSED = "Authentication-Results: mx.home.fr; dmarc=pass header.from=bank.example"
BEHIND = "Received: from mx.home.fr (mx.home.fr [198.51.100.7]) by mx.home.fr with ESMTP; x"
GREETINGS = ("mail.evil.example", "[10.0.0.1]", "[IPv6:fd00::1]", "10.0.0.1", "localhost", "mx.home.fr", "-")
SERVERS = {
    "Exim": "from [203.0.114.9] (helo={said})\n\tby mx.home.fr with esmtps (TLS1.3) (Exim 4.96)\n\tid 1; x",
    "Exim, with its port": "from [203.0.114.9] (port=4431 helo={said})\n\tby mx.home.fr with esmtp (Exim 4.96) id 1; x",
    "Exim, with a user": "from [203.0.114.9] (helo=a ident={said})\n\tby mx.home.fr with esmtp (Exim 4.96) id 1; x",
    "Exim, name looked up": "from h.evil.example ([203.0.114.9] helo={said})\n\tby mx.home.fr with esmtp (Exim); x",
    "Exim, name and port": "from h.evil.example ([203.0.114.9]:4431 helo={said})\n\tby mx.home.fr with esmtp id 1; x",
    "Postfix": "from {said} (h.evil.example [203.0.114.9])\n\tby mx.home.fr (Postfix) with ESMTPS id 4FX; x",
    "Postfix, no name": "from {said} (unknown [203.0.114.9])\n\t(using TLSv1.3 with cipher TLS_AES (256/256 bits))\n"
    "\t(No client certificate requested)\n\tby mx.home.fr (Postfix) with ESMTPS id 4FX; x",
    "Postfix, logged in": "from {said} (unknown [203.0.114.9])\n\t(Authenticated sender: a@10.0.0.1)\n"
    "\tby mx.home.fr (Postfix) with ESMTPSA id 4FX; x",
    "Sendmail": "from {said} (h.evil.example [203.0.114.9])\n\tby mx.home.fr (8.15.2/8.15.2) with ESMTPS id u1; x",
    "Sendmail, in doubt": "from {said} (mx.home.fr [203.0.114.9] (may be forged))\n\tby mx.home.fr (8.15.2); x",
    "Sendmail, with a user": "from {said} (IDENT:root@h.evil.example [203.0.114.9])\n\tby mx.home.fr (8.9.3) id A1; x",
    "Sendmail, IPv6": "from {said} ([IPv6:2001:db8::9])\n\tby mx.home.fr (8.15.2/8.15.2) with ESMTPS id u1; x",
    "qmail": "from unknown (HELO {said}) (203.0.114.9)\n  by mx.home.fr with SMTP; x",
    "qmail, with a user": "from h.evil.example (HELO {said}) (root@203.0.114.9)\n  by mx.home.fr with (AES) SMTP; x",
    "qmail, no address": "from [203.0.114.9] (HELO {said})\n  by mx.home.fr (CommuniGate Pro SMTP 6.1) with ESMTP; x",
    "Yahoo": "from 203.0.114.9  (EHLO {said})\n by mx.home.fr with SMTPs; x",
    "Exchange": "from {said} (203.0.114.9) by mx.home.fr\n (192.0.2.4) with Microsoft SMTP Server (TLS1_2) id 15; x",
    "Exchange, IPv6": "from {said} (2001:db8::9) by\n mx.home.fr (2603:10a6::15) with Microsoft SMTP Server id 15; x",
    "Courier": "from {said} (h.evil.example [::ffff:203.0.114.9])\n  by mx.home.fr with SMTP; x",
    "OpenSMTPD": "from {said} (<unknown> [203.0.114.9])\n\tby mx.home.fr (OpenSMTPD) with ESMTPS id 1; x",
    "Domino": "from {said} ([203.0.114.9])\n by mx.home.fr (Lotus Domino Release 9.0) with ESMTP id 2026; x",
}  # fmt: skip


def read(*headers: str):
    return read_raw(("\n".join(headers) + "\nFrom: A <a@bank.example>\n\nhello\n").encode(), NOBODY)


@pytest.mark.parametrize("greeting", GREETINGS)
@pytest.mark.parametrize("server", SERVERS)
def test_a_greeting_makes_no_hop_an_inner_one(server: str, greeting: str) -> None:
    """What stands below the border is the sender's, and is not read."""
    line = f"Received: {SERVERS[server].format(said=greeting)}"
    mail = read(line, PASSED, BEHIND)
    assert mail.authentication is NOT_CHECKED
    assert mail.relay.value in ("203.0.114.9", "::ffff:203.0.114.9", "2001:db8::9", "h.evil.example")
    assert read(PASSED, line).authentication.value.dmarc.value == "pass"


@pytest.mark.parametrize("server", SERVERS)
def test_hops_between_the_receiver_s_own_servers_are_read_in_every_form(server: str) -> None:
    inner = SERVERS[server].replace("203.0.114.9", "10.1.2.3").replace("2001:db8::9", "fd00::9")
    line = f"Received: {inner.format(said='filter.home.fr')}"
    mail = read(line, PASSED, BEHIND.replace("mx.home.fr (mx.home.fr", "x (a.example"))
    assert mail.relay.value == "a.example"
    assert mail.authentication.value.checked_by == "mx.home.fr"


@pytest.mark.parametrize(
    "group",
    ["two names [203.0.114.9]", "seen as=x [203.0.114.9]", "x[203.0.114.9]", "[10.0.0.1]@x [203.0.114.9]"],
)
def test_a_greeting_stands_for_no_address_where_the_line_holds_another_that_cannot_be_read(group: str) -> None:
    mail = read(f"Received: from [10.0.0.1] ({group}) by mx.home.fr; x", PASSED, BEHIND)
    assert mail.authentication is NOT_CHECKED
    assert mail.relay.value == "[10.0.0.1]"
