"""The Received-SPF line: the sender's greeting and address stand in it as he wrote them, and prove nothing."""

import time

import pytest

from guetteur.core.mail.authentication import read_report
from guetteur.core.mail.eml import read_raw
from guetteur.core.mail.subject import Result
from support.raw_mail import NOBODY

BORDER = "Received: from x (unknown [203.0.114.9]) by mx.home.fr (Postfix) with ESMTP id 1; x"
POLICYD = "Pass (mailfrom) identity=mailfrom; client-ip=203.0.114.9; helo={helo}; envelope-from={sender}; receiver=x"
PERL = (
    "pass (evil.example: 203.0.114.9 is authorized to use '{sender}' in 'mfrom' identity (mechanism 'a' matched))"
    ' receiver=mx; identity=mailfrom; envelope-from="{sender}"; helo={helo}; client-ip=203.0.114.9'
)
SENTENCE = "domain of {sender} designates 203.0.114.9 as permitted sender"
EXIM = f"pass (mx.home.fr: {SENTENCE}) client-ip=203.0.114.9; helo={{helo}};"
GOOGLE = f"pass (google.com: {SENTENCE}) client-ip=203.0.114.9;"
BANK = "bank.example"


def found(*headers: str):
    mail = read_raw(("\n".join(headers) + f"\n{BORDER}\nFrom: A <a@{BANK}>\n\nhello\n").encode(), NOBODY)
    return mail.authentication.value


@pytest.mark.parametrize("line", [POLICYD, PERL, EXIM, GOOGLE])
def test_the_envelope_sender_is_found_as_each_server_writes_it(line: str) -> None:
    said = found("Received-SPF: " + line.format(helo="mail.evil.example", sender="a@evil.example"))
    assert (said.spf, said.envelope) == (Result.PASS, "evil.example")


@pytest.mark.parametrize("line", [POLICYD, EXIM, GOOGLE])
@pytest.mark.parametrize(
    ("helo", "sender"),
    [
        (f"envelope-from={BANK}", "a@evil.example"),
        (f"envelope-from=a@{BANK}", "a@evil.example"),
        (f'"envelope-from={BANK}"', "a@evil.example"),
        (f"x;envelope-from=a@{BANK}", "a@evil.example"),
        ("x", f'"a@{BANK} b"@evil.example'),
        ("x", f'"a envelope-from=b@{BANK} c"@evil.example'),
        ("x", f'"a; envelope-from=b@{BANK}; c"@evil.example'),
        ("x", f'"a) envelope-from=b@{BANK} ("@evil.example'),
        ("x", f'"a domain of b@{BANK} c"@evil.example'),
        ("x", f'"a\\" domain of b@{BANK} c"@evil.example'),
    ],
)
def test_nothing_the_sender_writes_is_taken_for_the_domain(line: str, helo: str, sender: str) -> None:
    said = found("Received-SPF: " + line.format(helo=helo, sender=sender))
    assert (said.spf, said.envelope) in ((Result.PASS, "evil.example"), (Result.PASS, ""))


def test_only_the_first_comment_is_the_servers_sentence() -> None:
    said = found(f"Received-SPF: pass (mx.home.fr: fine) (mx.home.fr: domain of a@{BANK} designates 203.0.114.9)")
    assert (said.spf, said.envelope) == (Result.PASS, "")


@pytest.mark.parametrize(
    ("line", "envelope"),
    [
        (f"Pass (helo) identity=helo; helo=mail.evil.example; envelope-from=a@{BANK}", "mail.evil.example"),
        (f"Pass (pra) identity=pra; helo=mail.evil.example; envelope-from=a@{BANK}", ""),
        (f"Pass identity=mfrom; envelope-from=a@{BANK}", BANK),
        (f"pass (google.com: best guess record for domain of transitioning a@{BANK} designates x)", BANK),
        ("pass (mx: domain of mail.evil.example designates x) envelope-from=<>", "mail.evil.example"),
        ("pass (mx: nobody)", ""),
    ],
)
def test_the_identity_that_was_checked(line: str, envelope: str) -> None:
    assert found(f"Received-SPF: {line}").envelope == envelope


def test_an_empty_line_says_nothing() -> None:
    said = found("Received-SPF: ", "Authentication-Results: mx.home.fr; dkim=pass header.d=a.example")
    assert (said.spf, said.envelope) == (Result.NONE, "")


@pytest.mark.parametrize(
    ("written", "envelope"),
    [
        (f'smtp.mailfrom="a b" smtp.helo={BANK}', ""),
        (f"smtp.mailfrom=<> smtp.helo={BANK}", BANK),
        (f"smtp.mailfrom=a@evil.example smtp.mailfrom=a@{BANK}", ""),
        (f"smtp.mailfrom=a@{BANK} smtp.mailfrom=a@{BANK}", BANK),
        (f"x=smtp.mailfrom=a@{BANK}", ""),
    ],
)
def test_the_greeting_stands_in_for_a_sender_that_is_absent_not_for_one_that_cannot_be_read(
    written: str, envelope: str
) -> None:
    assert found(f"Authentication-Results: mx.home.fr; spf=pass {written}").envelope == envelope


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        (f"header.from={BANK}", BANK),
        (f"header.from={BANK.upper()}", BANK),
        ("", ""),
        ("header.from=", ""),
        ('header.from="a b"', "?"),
        (f"header.from={BANK}; dmarc=pass header.from=evil.example", "?"),
        (f"header.from={BANK}; dmarc=pass header.from={BANK}", BANK),
    ],
)
def test_the_domain_that_dmarc_was_found_for(written: str, domain: str) -> None:
    assert found(f"Authentication-Results: mx.home.fr; dmarc=pass {written}").dmarc_of == domain


@pytest.mark.parametrize(
    "words",
    ["a", "a ", "a=", "a.", "a . ", 'a="', '"', '\\"', "(", "()", " ", "a=;", 'a="\\', "(a", "a.a ", "domain of "],
)
def test_a_hundred_kilobytes_of_anything_are_read_at_once(words: str) -> None:
    text = words * (100_000 // len(words))
    begin = time.process_time()
    read_report(f"mx.home.fr; dkim=pass {text}")
    read_report(text)
    found(f"Received-SPF: pass {text}", f"Authentication-Results: mx.home.fr; dkim=pass {text}")
    assert time.process_time() - begin < 5  # a second reading of all of it would take minutes
