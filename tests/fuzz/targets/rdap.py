"""RDAP answers: a day or a coded reason, and for reports holders, registrars and mailboxes, or nothing."""

from collections.abc import Iterator
from datetime import date

from guetteur.lookup.outcome import NoAgeError, Why
from guetteur.lookup.rdap import registration_day
from guetteur.reports.contacts import abuse_mailboxes
from guetteur.reports.mailboxes import is_mailbox
from guetteur.reports.network.rdap import holder_of, registrar_of
from support.registries import domain
from support.report_cases import rdap

MAX_LENGTH = 8192


def seeds() -> Iterator[bytes]:
    for created in ("2026-11-20T08:00:00Z", "2026-11-20 08:00:00", "2026-11-20T00:30:00+0200", 7, None):
        yield domain(created)
    yield domain(ldhName="NEUF.test.", objectClassName=None)
    yield rdap("abuse@registrar.test", "mailto:abuse@host.test")
    yield rdap("abuse@registrar.test", nested=False)
    yield b'{"name": "NET-1", "country": "fr", "entities": [{"roles": ["registrant", "registrar"], '
    yield b'{"entities": [{"roles": ["registrar"], "vcardArray": ["vcard", [["fn", {}, "text", "Example"]]]}]}'


def check(data: bytes) -> None:
    try:
        assert isinstance(registration_day(data, "neuf.test"), date)
    except NoAgeError as error:
        assert error.why is Why.UNREADABLE
    assert all(is_mailbox(one) for one in abuse_mailboxes(data))
    assert isinstance(registrar_of(data), str)
    holder = holder_of(data)
    assert len(holder.country) in (0, 2)
