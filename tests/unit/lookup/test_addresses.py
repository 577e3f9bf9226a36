"""Only public addresses are connected to, and only those that were checked."""

import socket
from datetime import date
from ipaddress import ip_address

import pytest

from guetteur.core.facts import Known, Unavailable
from guetteur.lookup.addresses import Addresses, CheckedResolver, is_public, system_resolve
from guetteur.lookup.outcome import NoAgeError, Why
from support.registries import NOW, RDAP, WHOIS, Net, domain, http, replying

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.251",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:192.134.5.73",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::c086:549",
    "100::1",
    "2001:0:53aa:64c::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:c086:549::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = ["192.134.5.73", "199.7.83.42", "2001:67c:2218:30::24", "2a01:e00::1", "64:ff9b::c086:549"]


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_what_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
async def test_no_connection_goes_there(net: Net, text: str) -> None:
    rdap = await net.serve(replying(http(domain())), tls=True)
    whois = await net.serve(replying(b"Creation Date: 2026-11-20\r\n"))
    net.names[RDAP] = net.names[WHOIS] = ["192.134.5.73", text]
    lookup = net.lookup(rdap=rdap, whois=whois, allow=is_public)
    assert await lookup.created("neuf.test") == Unavailable(Why.UNSAFE_ADDRESS.value)
    assert net.resolved == [RDAP, WHOIS]
    assert not net.connections


async def test_the_default_lets_nothing_through_to_this_machine() -> None:
    async def rebound(_host: str) -> list[str]:
        return ["127.0.0.1"]

    with pytest.raises(NoAgeError, match=Why.UNSAFE_ADDRESS):
        await Addresses(rebound).of(RDAP)
    with pytest.raises(NoAgeError, match=Why.UNSAFE_ADDRESS):
        await Addresses().of("localhost")


@pytest.mark.parametrize("answer", [["not an address"], ["192.134.5.73", "999.1.1.1"]])
async def test_what_is_no_address(answer: list[str]) -> None:
    async def odd(_host: str) -> list[str]:
        return answer

    with pytest.raises(NoAgeError, match=Why.UNSAFE_ADDRESS):
        await Addresses(odd).of(RDAP)


async def test_a_name_is_resolved_once_for_each_connection(net: Net) -> None:
    """A second answer, made after the first was checked, would be the attack (DNS rebinding)."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def rebinding(_host: str) -> list[str]:
        return answers.pop(0)

    rdap = await net.serve(replying(http(domain())), tls=True)
    lookup = net.lookup(rdap=rdap, allow=lambda address: str(address) == "127.0.0.1")
    lookup._rdap._addresses._resolve = rebinding
    assert await lookup.created("neuf.test") == Known(date(2026, 11, 20), NOW)
    assert len(answers) == 1


async def test_the_system_resolver_gives_addresses_only() -> None:
    for text in await system_resolve("localhost"):
        assert ip_address(text).is_loopback
    with pytest.raises(OSError):
        await system_resolve("")


async def test_aiohttp_gets_the_family_it_asks_for() -> None:
    async def both(_host: str) -> list[str]:
        return ["192.134.5.73", "2001:67c:2218:30::24"]

    resolver = CheckedResolver(Addresses(both))
    assert len(await resolver.resolve(RDAP, 443)) == 2
    (only,) = await resolver.resolve(RDAP, 443, socket.AF_INET6)
    assert (only["host"], only["port"], only["family"]) == ("2001:67c:2218:30::24", 443, socket.AF_INET6)
    await resolver.close()
