"""The only ways out: connections to other computers are opened here and nowhere else, and each one is noted.

A test reads all modules and fails where one opens a connection by itself.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp

from guetteur.egress import Contact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ssl import SSLContext
    from types import SimpleNamespace

    import aiosmtplib
    from aiohttp.abc import AbstractResolver
    from dns.asyncresolver import Resolver
    from dns.name import Name
    from dns.resolver import Answer

    from guetteur.egress import Outcome

_ANSWERS = frozenset({404, 410})
"""That something is not there is an answer; every other status from 400 on is a refusal."""


def open_session(
    headers: Mapping[str, str],
    *,
    resolver: AbstractResolver | None = None,
    context: SSLContext | None = None,
    proxies: bool = False,
    together: bool = False,
) -> aiohttp.ClientSession:
    """A session whose every question is noted: no cookies, nothing decoded; whoever asks bounds time and bytes.

    Whoever asks says ``allow_redirects=False``: what a redirect leads to is a question of its own.

    Args:
        headers: sent with each question.
        resolver: gives the addresses of names, and no connection is used twice; None: the system's.
        context: whom to trust; None: the system's authorities.
        proxies: go by the system's proxies, and read ~/.netrc for their passwords.
        together: questions to one server that are answered alike are one contact.
    """
    connector = None
    if resolver is not None or context is not None:
        connector = aiohttp.TCPConnector(
            resolver=resolver,
            ssl=context if context is not None else True,
            use_dns_cache=resolver is None,
            force_close=resolver is not None,
        )
    return aiohttp.ClientSession(
        connector=connector,
        headers={"Accept-Encoding": "identity", **headers},
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=False,
        trust_env=proxies,
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[_notes(together=together)],
    )


async def connect(
    noted: Contact, address: str, port: int, *, context: SSLContext | None = None, name: str | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to an IP address, for a contact that is noted; with ``context`` shake hands, asking for ``name``.

    Raises:
        OSError: no connection.
        ValueError: ``name`` is no name for TLS.
    """
    del noted
    return await asyncio.open_connection(address, port, ssl=context, server_hostname=name)


async def ask_name_servers(noted: Contact, resolver: Resolver, name: Name, kind: str) -> Answer:
    """Ask the name servers of ``resolver`` once, for a contact that is noted; raises what dnspython raises."""
    del noted
    return await resolver.resolve(name, kind, raise_on_no_answer=False, search=False)


def smtp(noted: Contact, **options: Any) -> aiosmtplib.SMTP:
    """A client of one mail server, for a contact that is noted; nothing is opened yet."""
    from aiosmtplib import SMTP  # noqa: PLC0415 -- only channels with a mailbox need it

    del noted
    return SMTP(**options)


def _notes(*, together: bool) -> aiohttp.TraceConfig:
    """Notes each question from before its server is looked for."""
    notes = aiohttp.TraceConfig()
    answered: set[tuple[str, Outcome]] = set()

    def end(noted: SimpleNamespace, host: str, outcome: Outcome) -> None:
        if together and (host, outcome) in answered:
            return
        (noted.contact or Contact(host)).end(outcome)
        answered.add((host, outcome))

    async def asked(_session: Any, noted: SimpleNamespace, asks: aiohttp.TraceRequestStartParams) -> None:
        host = asks.url.host or ""
        known = together and any(other == host for other, _ in answered)
        noted.contact = None if known else Contact(host)

    async def answer(_session: Any, noted: SimpleNamespace, told: aiohttp.TraceRequestEndParams) -> None:
        status = told.response.status
        end(noted, told.response.url.host or "", "answered" if status < 400 or status in _ANSWERS else "refused")

    async def failure(_session: Any, noted: SimpleNamespace, told: aiohttp.TraceRequestExceptionParams) -> None:
        end(noted, told.url.host or "", "failed")

    notes.on_request_start.append(asked)
    notes.on_request_end.append(answer)
    notes.on_request_exception.append(failure)
    return notes
