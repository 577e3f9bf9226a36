"""The daemon as shipped but for one thing: the registry it asks for ages is a test's own, on loopback.

``python aged_daemon.py PORT CA.pem``; product code knows of no other registry than the shipped table's.
"""

import asyncio
import ssl
import sys
from functools import partial

from guetteur.app import build_web_app, now_utc, serve
from guetteur.config import load_settings
from guetteur.lookup.addresses import Addresses
from guetteur.lookup.age import AgeLookup
from guetteur.lookup.registries import RdapServer, Registries, RegistryTable

HOST = "rdap.registry.test"
ZONES = ("com", "fr", "info", "net", "org")


async def resolve(_host: str) -> list[str]:
    return ["127.0.0.1"]


def main() -> None:
    port, authority = sys.argv[1:]
    table = RegistryTable(rdap=(RdapServer(f"https://{HOST}:{port}/v1/", ZONES),), whois=())
    lookup = AgeLookup(
        Registries(table),
        now=now_utc,
        addresses=Addresses(resolve, lambda _address: True),
        ssl_context=ssl.create_default_context(cafile=authority),
    )
    asyncio.run(serve(load_settings(), partial(build_web_app, lookup=lookup)))


if __name__ == "__main__":
    main()
