"""Whether what the receiving side found proves the sender a reader sees (DMARC's relaxed alignment, RFC 7489, 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.facts import Fact, Known, Unavailable
from guetteur.core.mail.senders import registrable
from guetteur.core.mail.subject import PROVIDER_CHECKED, Result

if TYPE_CHECKING:
    from collections.abc import Container

    from guetteur.core.mail.subject import Authentication, MailSubject


def proven(mail: MailSubject, free: Container[str]) -> Fact[bool]:
    """Whether SPF or DKIM passed for the sender's domain; at those of ``free`` anybody may have an address."""
    if isinstance(mail.authentication, Unavailable):
        return mail.authentication
    found, domain = mail.authentication.value, mail.sender.domain
    # Two senders are a trick to have one checked and show the other.
    several = len({registrable(box.domain) or box.domain for box in mail.senders if box.domain}) > 1
    if several or found.dmarc is Result.FAIL:
        return Known(value=False)
    aligned = _aligned(found, domain)
    if aligned and domain not in free and registrable(domain) in free:
        # The provider's customers pass for the provider's name: what lies below it must have passed itself.
        exact = domain in found.signers or (found.spf is Result.PASS and found.envelope == domain)
        return Known(value=True) if exact else PROVIDER_CHECKED
    return Known(aligned)


def signers(mail: MailSubject) -> frozenset[str]:
    """Registered names whose signature on the mail was found valid."""
    if isinstance(mail.authentication, Unavailable):
        return frozenset()
    return _signers(mail.authentication.value)


def _aligned(found: Authentication, domain: str) -> bool:
    registered = registrable(domain)
    if found.dmarc is Result.PASS and (not found.dmarc_of or _same(found.dmarc_of, domain)):
        return True
    if registered is None:
        return False
    return registered in _signers(found) or (found.spf is Result.PASS and registrable(found.envelope) == registered)


def _same(one: str, other: str) -> bool:
    return one == other or (registrable(one) is not None and registrable(one) == registrable(other))


def _signers(found: Authentication) -> frozenset[str]:
    return frozenset(name for signer in found.signers if (name := registrable(signer)) is not None)
