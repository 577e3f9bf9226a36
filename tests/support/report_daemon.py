"""The daemon as shipped but for where reports go: channels, look-ups and watched pages are servers on loopback.

``python report_daemon.py BASES.json``, a JSON object of channel → base address; product code knows of no such thing.
Other names in it: ``nameserver`` (a port on 127.0.0.1).
"""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path

from guetteur.app import build_web_app, serve
from guetteur.config import load_settings
from guetteur.lookup.addresses import Addresses
from guetteur.reports.network import Questions


async def resolve(_host: str) -> list[str]:
    return ["127.0.0.1"]


def main() -> None:
    bases = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    port = int(bases.pop("nameserver", 9))
    questions = Questions(
        nameservers=("127.0.0.1",), dns_port=port, resolve=resolve, allow=lambda _address: True, dns_s=0.5, total_s=2.0
    )
    addresses = Addresses(resolve, lambda _address: True)
    build = partial(build_web_app, channel_bases=bases, questions=questions, addresses=addresses)
    asyncio.run(serve(load_settings(), build))


if __name__ == "__main__":
    main()
