"""Whom to tell of a page: its registrar's abuse mailbox, from a real RDAP server on loopback."""

import ssl
from datetime import UTC, datetime

import pytest

from guetteur.lookup.addresses import Addresses
from guetteur.lookup.registries import RdapServer, Registries, RegistryTable
from guetteur.reports.case import Item
from guetteur.reports.contacts import contacts_of
from guetteur.reports.registrar import registrar_answer
from support.registries import RDAP, Net, http, replying
from support.report_cases import rdap

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def ask(net: Net, url: str, answer: bytes) -> Item | None:
    port = await net.serve(replying(answer), tls=True)
    registries = Registries(RegistryTable((RdapServer(f"https://{RDAP}:{port}/", ("com", "dev")),), ()))
    trusted = ssl.create_default_context(cafile=net.authority.pem)
    addresses = Addresses(net.resolve, lambda _: True)
    return await registrar_answer(url, registries, NOW, addresses=addresses, ssl_context=trusted)


async def test_the_registrars_mailbox_is_found(net: Net) -> None:
    item = await ask(net, "https://www.example-scam.com/x?secret", http(rdap("abuse@registrar.test")))
    assert item is not None
    assert contacts_of([item]) == ("abuse@registrar.test",)
    assert item.path == "network/rdap-example-scam.com.json"


@pytest.mark.parametrize(
    "url", ["https://me.pages.dev/", "https://203.0.113.7/", "mailto:x@y.com", "https://scam.nowhere/", ""]
)
async def test_what_is_registered_with_nobody_is_not_asked_for(net: Net, url: str) -> None:
    assert await ask(net, url, http(rdap("abuse@registrar.test"))) is None
    assert not net.connections


@pytest.mark.parametrize("status", ["404 Not Found", "429 Slow Down", "500 Oops"])
async def test_no_answer_is_no_contact(net: Net, status: str) -> None:
    assert await ask(net, "https://example-scam.com/", http(b"{}", status=status)) is None
