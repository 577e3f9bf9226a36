"""Which addresses may be connected to: public ones only, and only those that were checked.

Whoever answers for a registry's name (a hostile network, a hijacked zone) could point it at the router or at this
machine. So each name is resolved once, every address of the answer is judged, and the connection goes to an address
that was judged: nothing is resolved again in between (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult

from guetteur.lookup.outcome import NoAgeError, Why
from guetteur.outgoing import open_session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from ssl import SSLContext

    import aiohttp

    Allow = Callable[["IPv4Address | IPv6Address"], bool]
    Resolve = Callable[[str], Awaitable[Sequence[str]]]

_UNICAST = IPv6Network("2000::/3")
"""The only part of IPv6 that is handed out for hosts (RFC 4291, 2.4)."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""How an IPv6-only network shows IPv4 hosts (RFC 6052): the last 32 bits are the IPv4 address."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether packets to ``address`` leave for the internet, as far as the address tells.

    Forms that carry an IPv4 address inside (mapped, 6to4, Teredo) are refused: no registry publishes them, and the
    system may unpack ``::ffff:127.0.0.1`` into loopback.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.scope_id is not None or address.sixtofour is not None or address.teredo is not None:
        return False
    return address in _UNICAST and address.is_global


async def system_resolve(host: str) -> list[str]:
    """Return every address the system knows for ``host``.

    Raises:
        OSError: it knows none.
    """
    answers = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class Addresses:
    """Resolves names and lets through only answers whose every address is allowed."""

    def __init__(self, resolve: Resolve = system_resolve, allow: Allow = is_public) -> None:
        """Set up.

        Args:
            resolve: name → addresses; raises OSError for none.
            allow: whether an address may be connected to.
        """
        self._resolve = resolve
        self._allow = allow

    async def of(self, host: str) -> list[IPv4Address | IPv6Address]:
        """Return the addresses of ``host``, at least one.

        Raises:
            NoAgeError: ``age_offline`` for none (its cause is the resolver's own error), ``age_unsafe_address`` when
                one of them is not allowed.
        """
        try:
            addresses = [ip_address(text) for text in await self._resolve(host)]
        except (OSError, UnicodeError) as error:
            raise NoAgeError(Why.OFFLINE) from error
        except ValueError:
            raise NoAgeError(Why.UNSAFE_ADDRESS) from None
        if not addresses:
            raise NoAgeError(Why.OFFLINE)
        if not all(map(self._allow, addresses)):
            raise NoAgeError(Why.UNSAFE_ADDRESS)
        return addresses


class CheckedResolver(AbstractResolver):
    """Gives aiohttp the checked addresses of a name.

    aiohttp does not ask it about a host that *is* an address, so such hosts must never reach aiohttp.
    """

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """As in `AbstractResolver`; raises `NoAgeError` as `Addresses.of` does."""
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._addresses.of(host)
            if family in {socket.AF_UNSPEC, socket.AF_INET if address.version == 4 else socket.AF_INET6}
        ]

    async def close(self) -> None:
        """Nothing is held."""


def checked_session(
    addresses: Addresses, context: SSLContext | None, headers: Mapping[str, str]
) -> aiohttp.ClientSession:
    """Connections to checked addresses alone; whoever asks bounds time and bytes, and follows no redirect unseen.

    Args:
        addresses: where names may lead.
        context: None: the system's authorities.
        headers: sent with each question.
    """
    # Without the system's proxies: one would resolve the name itself.
    return open_session(headers, resolver=CheckedResolver(addresses), context=context)
