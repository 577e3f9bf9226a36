"""What the peers are told to protect: the bodies that the collection imitates, with all their domains.

Guetteur itself is not told which of its bodies the collection is about. The peers are: more targets would cost them
time and false alarms.
"""

from __future__ import annotations

from dataclasses import dataclass

from guetteur.config import PACKAGE_DATA
from guetteur.core.similarity import Folder
from guetteur.core.subject import parse_url
from guetteur.core.suffixes import split_host
from guetteur.lists.knowledge import load_knowledge

_IMITATED = """
ameli antai ants assurance-retraite axa-banque banque-populaire bnp-paribas boursobank bouygues-telecom bred caf
caisse-epargne carrefour cdiscount cetelem cheque-energie chronopost cic cofidis colisprive credit-agricole
credit-cooperatif credit-mutuel crit-air dhl doctolib dpd edf engie fedex fnac fortuneo francetravail free gls
hello-bank impots ing ionos la-banque-postale laposte lcl leboncoin mondialrelay moncompteformation msa n26 nickel
orange ovhcloud police-nationale relaiscolis revolut service-public sfr sncf societe-generale sofinco totalenergies
ulys ups urssaf vinted younited
"""
IMITATED = frozenset(_IMITATED.split())


@dataclass(frozen=True, slots=True)
class Targets:
    """Names to protect.

    Attributes:
        domains: registrable domains of the bodies, subsidiaries and all.
        main: those of their home pages and those that are the body's own name: one a name.
        own: every domain of every body in the registry; a host on one of them is nobody's look-alike.
    """

    domains: tuple[str, ...]
    main: tuple[str, ...]
    own: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """First labels of the main domains: ``impots``, ``caisse-epargne``."""
        return tuple(sorted({label(domain) for domain in self.main}))


def label(domain: str) -> str:
    """The first label of a registrable domain."""
    return domain.partition(".")[0]


def load_targets(wanted: frozenset[str] = IMITATED) -> Targets:
    """The targets from the registry: of the bodies ``wanted``, or of all of them when it is empty."""
    knowledge = load_knowledge(PACKAGE_DATA)
    letters = Folder(knowledge.confusables).letters
    chosen = [body for body in knowledge.bodies if not wanted or body.id in wanted]
    main: dict[str, str] = {}
    for body in chosen:
        called = {letters(name) for name in (body.id, body.name, *body.names, *body.short_names)}
        home = split_host(parse_url(body.home).host)[0] if body.home else None
        for name in (home, *body.domains):
            domain = split_host(name)[0] if name else None
            if domain and (name == home or letters(label(domain)) in called):
                main.setdefault(label(domain), domain)
    return Targets(
        domains=tuple(sorted({split_host(name)[0] or name for body in chosen for name in body.domains})),
        main=tuple(sorted(main.values())),
        own=frozenset(name for body in knowledge.bodies for name in body.domains),
    )
