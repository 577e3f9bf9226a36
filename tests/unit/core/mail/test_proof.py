"""When what the receiving side found proves the sender a reader sees."""

from typing import Any

import pytest

from guetteur.core.facts import Known
from guetteur.core.mail.proof import proven, signers
from guetteur.core.mail.subject import (
    NOT_CHECKED,
    PROVIDER_CHECKED,
    Authentication,
    Mailbox,
    MailSubject,
    Result,
)

FREE = frozenset(("orange.fr",))


def mail(*domains: str, **parts: Any) -> MailSubject:
    none = {"spf": Result.NONE, "dkim": Result.NONE, "dmarc": Result.NONE, "envelope": "", "signers": ()}
    found = Authentication(**{"policy": "", "checked_by": "mx"} | none | parts)
    return MailSubject(tuple(Mailbox("", f"a@{name}", name) for name in domains), authentication=Known(found))


SPF = {"spf": Result.PASS}
DMARC = {"dmarc": Result.PASS}


@pytest.mark.parametrize(
    ("domains", "parts", "expected"),
    [
        (("edf.fr",), {}, False),
        (("edf.fr",), {"signers": ("mail.edf.fr",)}, True),
        (("edf.fr",), {"signers": ("x.fr", "fr", "edf.fr")}, True),
        (("edf.fr",), {"signers": ("fr",)}, False),
        (("edf.fr",), SPF | {"envelope": "bounce.edf.fr"}, True),
        (("edf.fr",), {"envelope": "edf.fr"}, False),
        (("edf.fr",), SPF | {"envelope": "evil.fr"}, False),
        (("edf.fr",), DMARC, True),
        (("mail.edf.fr",), DMARC | {"dmarc_of": "edf.fr"}, True),
        (("edf.fr",), DMARC | {"dmarc_of": "evil.fr"}, False),
        (("edf.fr",), DMARC | {"dmarc_of": "?"}, False),
        (("edf.fr",), DMARC | {"dmarc_of": "evil.fr", "signers": ("edf.fr",)}, True),
        (("edf.fr",), {"dmarc": Result.FAIL, "signers": ("edf.fr",)}, False),
        (("home.example",), DMARC | {"dmarc_of": "home.example"}, True),
        (("home.example",), DMARC | {"dmarc_of": "evil.example"}, False),
        (("home.example",), {"signers": ("home.example",)}, False),
        (("edf.fr", "evil.fr"), DMARC | {"signers": ("edf.fr",)}, False),
        (("edf.fr", "mail.edf.fr"), DMARC, True),
        (("edf.fr", ""), DMARC, True),
        (("home.example", "evil.example"), DMARC, False),
        ((), DMARC | {"dmarc_of": "evil.fr"}, False),
    ],
)
def test_what_proves_a_sender(domains: tuple[str, ...], parts: dict[str, Any], expected: bool) -> None:
    assert proven(mail(*domains, **parts), FREE) == Known(expected)


@pytest.mark.parametrize(
    ("domain", "parts", "expected"),
    [
        ("facture.orange.fr", SPF | {"envelope": "orange.fr"}, PROVIDER_CHECKED),
        ("facture.orange.fr", {"signers": ("orange.fr",)}, PROVIDER_CHECKED),
        ("facture.orange.fr", DMARC | {"dmarc_of": "facture.orange.fr"}, PROVIDER_CHECKED),
        ("facture.orange.fr", {"signers": ("orange.fr", "facture.orange.fr")}, Known(True)),
        ("facture.orange.fr", SPF | {"envelope": "facture.orange.fr"}, Known(True)),
        ("facture.orange.fr", {"envelope": "facture.orange.fr"}, Known(False)),
        ("orange.fr", SPF | {"envelope": "orange.fr"}, Known(True)),
        ("facture.orange.fr", {"signers": ("evil.fr",)}, Known(False)),
    ],
)
def test_customers_of_a_provider_do_not_pass_for_it(domain: str, parts: dict[str, Any], expected: Any) -> None:
    assert proven(mail(domain, **parts), FREE) == expected


def test_who_signed() -> None:
    assert signers(mail("a.fr", signers=("mail.edf.fr", "fr", "a.edf.fr"))) == {"edf.fr"}
    unchecked = MailSubject((), authentication=NOT_CHECKED)
    assert signers(unchecked) == frozenset()
    assert proven(unchecked, FREE) is NOT_CHECKED
