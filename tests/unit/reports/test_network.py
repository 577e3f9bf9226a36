"""Where a page lies: real name servers, TLS servers and registries on loopback, good and bad ones."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from guetteur.lists.knowledge import Knowledge
from guetteur.lookup.registries import AddressServer, OriginZones, RdapServer, Registries, RegistryTable
from guetteur.reports.channels.interface import Field
from guetteur.reports.contacts import contacts_of
from guetteur.reports.desk import place_of
from guetteur.reports.network import Network, Questions, gather
from guetteur.reports.network.dns import Dns
from guetteur.reports.network.lines import NOTHING
from guetteur.reports.table import ChannelTable
from support.certs import Authority
from support.dns_site import Bad, DnsSite, failing, looping, lying, rubbish, silent, truncated
from support.registries import RDAP, Net, http, replying
from support.report_cases import PAGE, rdap

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOST, DOMAIN = "www.example-scam.com", "example-scam.com"
RIPE, ARIN = "ripe.registry.test", "arin.registry.test"


def holder(*mailboxes: str) -> bytes:
    """An answer about an address."""
    content = json.loads(rdap(*mailboxes, nested=False))
    org = {"roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", "Bulletproof Ltd"]]]}
    content |= {"objectClassName": "ip network", "name": "BP-NET", "country": "nl"}
    content["entities"].append(org)
    return json.dumps(content).encode()


def domain(*mailboxes: str) -> bytes:
    """An answer about a domain."""
    content = json.loads(rdap(*mailboxes))
    content["entities"][0]["vcardArray"] = ["vcard", [["fn", {}, "text", "Cheap Names Inc."]]]
    content["ldhName"] = DOMAIN
    content["events"] = [{"eventAction": "registration", "eventDate": "2026-11-20T08:00:00Z"}]
    return json.dumps(content).encode()


class Scene:
    """All servers a page has to do with."""

    def __init__(self, net: Net, dns: DnsSite) -> None:
        self.net, self.dns = net, dns
        self.net.names |= {RIPE: ["127.0.0.1"], ARIN: ["127.0.0.1"]}
        self.table = RegistryTable((), ())
        self.https = 0
        self.more: dict[str, Any] = {}

    async def furnish(self, registry: bytes | None = None, addresses: bytes | None = None) -> None:
        """A page on loopback, with everything there is to know of it."""
        self.https = await self.net.serve(replying(b""), tls=True)
        names = await self.net.serve(replying(registry or http(domain("abuse@registrar.test"))), tls=True)
        numbers = await self.net.serve(replying(addresses or http(holder("abuse@host.test"))), tls=True)
        self.table = RegistryTable(
            (RdapServer(f"https://{RDAP}:{names}/", ("com", "dev")),),
            (),
            addresses=(
                AddressServer(f"https://{RIPE}:{numbers}/", ("127.0.0.0/8",)),
                AddressServer(f"https://{ARIN}:{numbers}/", ("192.0.2.0/24",)),
            ),
            origin=OriginZones("origin.test", "origin6.test", "as.test"),
        )
        self.dns.records |= {
            HOST: {"A": ["127.0.0.1"]},
            DOMAIN: {"NS": ["A.ns.Cloudflare.com.", "b.ns.cloudflare.com."], "MX": ["10 mx.example-scam.com."]},
            "1.0.0.127.origin.test": {"TXT": ['"13335 | 127.0.0.0/8 | US | arin | 2010-07-14"']},
            "as13335.as.test": {"TXT": ['"13335 | US | arin | 2010-07-14 | CLOUDFLARENET, US"']},
        }

    async def ask(self, url: str = "", seen: str = "", **more: Any) -> Network:
        questions = Questions(
            nameservers=("127.0.0.1",),
            dns_port=self.dns.port,
            resolve=self.net.resolve,
            allow=more.pop("allow", lambda address: not address.is_link_local),
            ssl_context=ssl.create_default_context(cafile=self.net.authority.pem),
            **{"dns_s": 0.4, "server_s": 1.0, **more},
        )
        url = url or f"https://{HOST}:{self.https}/secret?token=1"
        return await gather(url, seen_address=seen, registries=Registries(self.table), now=NOW, questions=questions)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("network-ca"))


@pytest.fixture
async def scene(authority: Authority) -> AsyncIterator[Scene]:
    net, dns = Net(authority), DnsSite()
    await dns.start()
    made = Scene(net, dns)
    await made.furnish()
    yield made
    await dns.stop()
    await net.close()


def said(network: Network) -> dict[str, str]:
    return {field.label: field.value for field in network.lines}


def paths(network: Network) -> set[str]:
    return {item.path for item in network.items}


def content(network: Network, path: str) -> Any:
    return json.loads(next(item.data for item in network.items if item.path == path))


async def test_all_there_is_to_know(scene: Scene) -> None:
    network = await scene.ask()
    assert said(network) == {
        "Adresse IP de la page": "127.0.0.1",
        "Réseau": "CLOUDFLARENET, US (AS13335)",
        "Pays du réseau": "US",
        "Hébergeur, selon le registre des adresses": "Bulletproof Ltd, BP-NET",
        "Certificat délivré par": "Guetteur tests",
        "Certificat valable depuis le": said(network)["Certificat valable depuis le"],
        "Bureau d’enregistrement du nom": "Cheap Names Inc.",
        "Nom enregistré le": "2026-11-20",
        "Serveurs de noms": "a.ns.cloudflare.com, b.ns.cloudflare.com",
        "Où signaler un abus": "abuse@host.test, abuse@registrar.test",
    }
    assert paths(network) == {
        "network/dns.json", "network/certificate.pem", "network/certificate.json", "network/asn.json",
        "network/rdap-domain.json", "network/rdap-address.json",
    }  # fmt: skip
    assert all(item.taken_at == NOW and item.source == "daemon" for item in network.items)
    assert network.addresses == ("127.0.0.1",)
    assert network.networks == (13335,)
    assert set(contacts_of(network.items)) == {"abuse@registrar.test", "abuse@host.test"}
    certificate = content(network, "network/certificate.json")
    assert certificate["names"] == [HOST]
    records = {(entry["name"], entry["type"]): entry for entry in content(network, "network/dns.json")}
    assert records[HOST, "A"] == {
        "name": HOST, "type": "A", "state": "found", "ttl": 300, "values": ["127.0.0.1"], "alias": "",
    }  # fmt: skip
    assert records[HOST, "AAAA"]["state"] == "no_data"
    assert records[DOMAIN, "MX"]["values"] == ["10 mx.example-scam.com"]


async def test_nobody_learns_more_than_the_name(scene: Scene) -> None:
    network = await scene.ask()
    assert all(b"token" not in item.data and b"secret" not in item.data for item in network.items)
    assert not [line for line in scene.net.asked if "token" in line or "secret" in line]


async def test_the_place_is_known_by_network_and_name_server(
    scene: Scene, table: ChannelTable, knowledge: Knowledge
) -> None:
    network = await scene.ask()
    case = msgspec.structs.replace(PAGE, url=f"https://{HOST}/")
    place = place_of(case, network.items, table, knowledge.registry(), network)
    assert place.hosted == ("cloudflare",)
    assert place.address == "127.0.0.1"
    assert "abuse@host.test" in place.contacts
    by_servers = msgspec.structs.replace(network, networks=())
    assert place_of(case, (), table, knowledge.registry(), by_servers).hosted == ("cloudflare",)
    assert place_of(case, (), table, knowledge.registry()).hosted == ()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "adresse de page"),
        ("mailto:x@example.com", "adresse de page"),
        ("https://localhost:1/", "réseau privé"),
        ("http://router/", "réseau privé"),
        ("http://box.home.arpa/", "réseau privé"),
        ("http://nas.local/", "réseau privé"),
        ("http://scam.nowhere/", "réseau privé"),
        ("http://169.254.1.1/", "réseau privé"),
        ("http://abcdef.onion/", "Tor"),
    ],
)
async def test_what_is_not_of_the_internet_is_not_asked_about(scene: Scene, url: str, why: str) -> None:
    network = await scene.ask(url or "nothing")
    assert len(network.lines) == 1
    assert why in network.lines[0].label
    assert network.lines[0].value == NOTHING
    assert not network.items
    assert not scene.dns.asked
    assert not scene.net.connections


async def test_of_an_address_only_its_network_is_asked(scene: Scene) -> None:
    network = await scene.ask(f"https://127.0.0.1:{scene.https}/")
    assert paths(network) == {"network/asn.json", "network/rdap-address.json"}
    assert scene.https not in scene.net.connections
    assert {name for name, _, _ in scene.dns.asked} == {"1.0.0.127.origin.test", "as13335.as.test"}
    assert said(network)["Où signaler un abus"] == "abuse@host.test"


async def test_a_name_on_free_hosting_is_registered_with_nobody(scene: Scene) -> None:
    scene.dns.records["me.pages.dev"] = {"A": ["127.0.0.1"]}
    network = await scene.ask("http://me.pages.dev/")
    assert not any("rdap-domain" in path for path in paths(network))
    assert any("prêté par un hébergeur" in label for label in said(network))
    assert not any("Certificat" in label for label in said(network))


async def test_what_the_browser_saw_counts_when_the_name_is_gone(scene: Scene) -> None:
    del scene.dns.records[HOST]
    network = await scene.ask(seen="127.0.0.1")
    assert said(network)["Adresse IP vue par le navigateur"] == "127.0.0.1"
    assert said(network)["Adresse IP de la page (ce nom n’existe pas, ou plus)"] == NOTHING
    assert network.addresses == ("127.0.0.1",)
    assert network.networks == (13335,)
    assert scene.https not in scene.net.connections


@pytest.mark.parametrize("seen", ["169.254.0.1", "no address", "fe80::1%eth0"])
async def test_a_seen_address_that_is_none_is_left_out(scene: Scene, seen: str) -> None:
    network = await scene.ask(seen=seen)
    assert network.addresses == ("127.0.0.1",)
    assert not any("navigateur" in label for label in said(network))


async def test_one_private_address_among_others_and_nobody_is_contacted(scene: Scene) -> None:
    scene.dns.records[HOST] = {"A": ["127.0.0.1", "169.254.0.1"]}
    network = await scene.ask()
    assert network.addresses == ()
    assert "network/certificate.pem" not in paths(network)
    assert scene.https not in scene.net.connections
    assert "169.254.0.1" in said(network)["Adresse IP de la page"]


@pytest.mark.parametrize("bad", [silent, failing, rubbish, lying, looping, truncated])
async def test_bad_name_servers(scene: Scene, bad: Bad) -> None:
    for name in (HOST, DOMAIN):
        scene.dns.bad[name] = bad
    network = await scene.ask()
    assert network.addresses == ()
    assert any(label.startswith("Adresse IP de la page (") for label in said(network))
    assert "network/rdap-domain.json" in paths(network)
    assert all(entry["state"] != "found" or entry["type"] == "CNAME" for entry in content(network, "network/dns.json"))


async def test_a_long_answer_comes_over_tcp_and_is_cut(scene: Scene) -> None:
    scene.dns.records[DOMAIN]["TXT"] = [f'"{number:04} {"x" * 200}" "{"y" * 250}"' for number in range(100)]
    network = await scene.ask()
    assert (DOMAIN, "TXT", "tcp") in scene.dns.asked
    texts = next(entry for entry in content(network, "network/dns.json") if entry["type"] == "TXT")
    assert len(texts["values"]) == 32
    assert all(len(value) <= 1024 for value in texts["values"])


async def test_an_alias_is_followed_and_recorded(scene: Scene) -> None:
    scene.dns.records[HOST] = {"CNAME": ["target.hoster.net."]}
    scene.dns.records["target.hoster.net"] = {"A": ["127.0.0.1"]}
    network = await scene.ask()
    records = {entry["type"]: entry for entry in content(network, "network/dns.json") if entry["name"] == HOST}
    assert records["CNAME"]["values"] == ["target.hoster.net"]
    assert (records["A"]["values"], records["A"]["alias"]) == (["127.0.0.1"], "target.hoster.net")
    assert "network/certificate.pem" in paths(network)


@pytest.mark.parametrize("status", ["404 Not Found", "429 Slow Down", "500 Oops"])
async def test_a_registry_that_declines_gives_a_line(scene: Scene, status: str) -> None:
    await scene.furnish(http(b"{}", status=status), http(b"{}", status=status))
    network = await scene.ask()
    assert not any("rdap" in path for path in paths(network))
    assert [label for label in said(network) if label.startswith("Bureau d’enregistrement du nom (")]
    assert [label for label in said(network) if label.startswith("Hébergeur, selon le registre des adresses (")]
    assert said(network)["Réseau"] == "CLOUDFLARENET, US (AS13335)"


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"entities": [7, {"roles": "registrar"}]}', b"{}", b"\xff\xfe"])
async def test_a_registry_that_talks_nonsense_is_kept_as_it_is(scene: Scene, body: bytes) -> None:
    await scene.furnish(http(body), http(body))
    network = await scene.ask()
    assert "network/rdap-domain.json" in paths(network)
    assert "Où signaler un abus" not in said(network)


async def test_another_registry_of_addresses_may_be_sent_to_and_nobody_else(scene: Scene) -> None:
    target = await scene.net.serve(replying(http(holder("abuse@arin.test"))), tls=True)
    known = http(b"", f"Location: https://{ARIN}:{target}/ip/127.0.0.1", status="302 Found")
    unknown = http(b"", f"Location: https://elsewhere.test:{target}/ip/127.0.0.1", status="302 Found")
    scene.net.names["elsewhere.test"] = ["127.0.0.1"]
    for answer, found in ((known, True), (unknown, False)):
        port = await scene.net.serve(replying(answer), tls=True)
        servers = (
            AddressServer(f"https://{RIPE}:{port}/", ("127.0.0.0/8",)),
            AddressServer(f"https://{ARIN}:{target}/", ("192.0.2.0/24",)),
        )
        scene.table = msgspec.structs.replace(scene.table, addresses=servers)
        assert ("abuse@arin.test" in said(await scene.ask())["Où signaler un abus"]) == found
    assert "elsewhere.test" not in scene.net.resolved


async def test_a_refused_connection(scene: Scene) -> None:
    port = await scene.net.serve(replying(b""))
    await scene.net.stack.aclose()
    network = await scene.ask(f"https://{HOST}:{port}/")
    assert "Certificat (connexion refusée)" in said(network)


async def test_a_server_without_tls(scene: Scene) -> None:
    port = await scene.net.serve(replying(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    network = await scene.ask(f"https://{HOST}:{port}/")
    assert [label for label in said(network) if label.startswith("Certificat (")]


async def test_silence_everywhere_ends_in_time(scene: Scene) -> None:
    async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    port = await scene.net.serve(hang)
    scene.table = msgspec.structs.replace(
        scene.table,
        rdap=(RdapServer(f"https://{RDAP}:{port}/", ("com",)),),
        addresses=(AddressServer(f"https://{RIPE}:{port}/", ("127.0.0.0/8",)),),
    )
    scene.dns.bad["1.0.0.127.origin.test"] = silent
    async with asyncio.timeout(20):
        network = await scene.ask(f"https://{HOST}:{port}/", total_s=1.0, server_s=30.0)
    assert paths(network) == {"network/dns.json"}
    labels = list(said(network))
    assert "Certificat (pas de réponse à temps)" in labels
    assert "Bureau d’enregistrement du nom (le registre n’a pas répondu à temps)" in labels
    assert "Réseau (pas de réponse à temps)" in labels


async def test_without_any_name_server() -> None:
    questions = Questions(nameservers=(), total_s=2.0)
    network = await gather(
        f"https://{HOST}/", registries=Registries(RegistryTable((), ())), now=NOW, questions=questions
    )
    assert "Adresse IP de la page (le serveur de noms n’a pas su répondre)" in said(network)


async def test_a_machine_without_resolver_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import dns.asyncresolver
    import dns.resolver

    def broken(**_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "Resolver", broken)
    assert (await Dns().ask(HOST, "A")).state == "failed"


@pytest.mark.parametrize("host", ["a" * 64 + ".com", ".".join(["abcdefgh"] * 40) + ".com", "a_b.example-scam.com"])
async def test_names_that_the_dns_cannot_hold(scene: Scene, host: str) -> None:
    network = await scene.ask(f"https://{host}/")
    assert network.addresses == ()


async def test_every_line_is_in_both_languages(scene: Scene) -> None:
    network = await scene.ask()
    assert all(isinstance(field, Field) and field.label_en and field.value for field in network.lines)
    assert not {field.label for field in network.lines} & {field.label_en for field in network.lines}
