"""When was a domain created? Asks its registry over RDAP, else over WHOIS, within one deadline."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from guetteur.core.facts import Known, Unavailable
from guetteur.lookup.addresses import Addresses
from guetteur.lookup.limits import Limits
from guetteur.lookup.outcome import NoAgeError, Why, plausible
from guetteur.lookup.rdap import RdapClient
from guetteur.lookup.whois import PORT, WhoisClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from ssl import SSLContext

    from guetteur.lookup.registries import Registries

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{4,253}}$)(?:{_LABEL}\.)+{_LABEL}")
"""Names as the DNS holds them: nothing that could mean more in a URL or on a line of WHOIS."""


class AgeLookup:
    """Asks registries. Keeps nothing between questions: cache, budget and consent are the caller's."""

    def __init__(  # noqa: PLR0913 -- what a question depends on, passed in
        self,
        registries: Registries,
        *,
        now: Callable[[], datetime],
        limits: Limits | None = None,
        addresses: Addresses | None = None,
        ssl_context: SSLContext | None = None,
        whois_port: int = PORT,
    ) -> None:
        """Set up; nothing is opened.

        Args:
            registries: where each zone's registry answers.
            now: the clock, with a time zone.
            limits: deadlines and caps; `Limits()` when None.
            addresses: resolves names; public addresses only when None.
            ssl_context: whom to trust; the system's authorities when None.
            whois_port: the port of all WHOIS servers.
        """
        self._registries = registries
        self._now = now
        self._limits = limits or Limits()
        addresses = addresses or Addresses()
        self._rdap = RdapClient(addresses, self._limits, ssl_context)
        self._whois = WhoisClient(addresses, self._limits, whois_port)

    def nobody(self, domain: str) -> Unavailable | None:
        """Why there is nobody to ask about ``domain``: ``age_no_server``, ``age_not_published``; None: there is.

        ``domain`` is as for `created`.
        """
        if not _DOMAIN.fullmatch(domain):
            return Unavailable(Why.NO_SERVER.value)
        if self._registries.silent(domain):
            return Unavailable(Why.NOT_PUBLISHED.value)
        if self._registries.rdap(domain) is None and self._registries.whois(domain) is None:
            return Unavailable(Why.NO_SERVER.value)
        return None

    async def created(self, domain: str) -> Known[date] | Unavailable:
        """Ask when ``domain`` was created; takes at most `Limits.total_s`.

        Args:
            domain: a registrable domain, ASCII, lower case. A name on a private suffix (free hosting) is registered
                with nobody: do not ask for it.

        Returns:
            The day, in UTC where the registry tells its time zone, as of now; or one of the codes of `Why`.
        """
        nobody = self.nobody(domain)
        if nobody is not None:
            return nobody
        try:
            async with asyncio.timeout(self._limits.total_s):
                day = await self._ask(domain)
        except TimeoutError:
            return Unavailable(Why.TIMEOUT.value)
        except NoAgeError as error:
            return Unavailable(error.why.value)
        return Known(day, self._now())

    async def _ask(self, domain: str) -> date:
        rdap, whois = self._registries.rdap(domain), self._registries.whois(domain)
        failure = NoAgeError(Why.NO_SERVER)  # told by nobody: one of the two is there
        if rdap is not None:
            try:
                return plausible(await self._rdap.created(domain, rdap), self._now())
            except NoAgeError as error:
                failure = error
        if whois is None or failure.why is Why.NOT_FOUND:
            raise failure
        try:
            return plausible(await self._whois.created(domain, whois), self._now())
        except NoAgeError as error:
            # Many networks let no WHOIS through: then RDAP's reason is the one that tells something.
            raise (error if rdap is None or error.why is Why.NOT_FOUND else failure) from None
