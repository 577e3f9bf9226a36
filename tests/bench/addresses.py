"""Whole addresses: fakes whose host says nothing and whose path names a body, and links of wanted mails."""

from __future__ import annotations

import csv
import gzip
import random
import re
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from peers.targets import IMITATED

from guetteur.checker import Checker
from guetteur.config import PACKAGE_DATA
from guetteur.core.similarity import Folder
from guetteur.evaluate.judging import Judgement, judge_url
from guetteur.evaluate.tables import Table, alarm_cell, recall_cell
from guetteur.lists.knowledge import load_knowledge

_LINK = re.compile(rb"https?://[^\s\"'<>()\[\]{}\\^`|]+")
_HONEST_PATHS = (
    "/actualites/impots-2026-ce-qui-change",
    "/livraison/colissimo-chronopost-mondial-relay",
    "/nos-partenaires/credit-agricole",
    "/emploi/la-poste-facteur-h-f",
    "/avis/boursobank",
    "/guide/carte-vitale-ameli",
    "/suivi-de-commande/dhl",
    "/blog/payer-son-amende-antai",
    "/forum/orange-livebox-panne",
    "/tags/sncf-connect",
    "/img/logo-leboncoin.png",
    "/annuaire/caisse-d-epargne-lyon",
    "/paiement/paypal",
    "/connexion/france-connect",
    "/aide/caf-et-msa",
    "/clients/edf/",
)
"""Made up: what honest sites put in a path. No public collection of honest addresses in French is at hand."""

_ASKED = 5_000
_LONG = 6
"""Letters from which on a name inside a longer word counts."""


class Names:
    """Finds the bodies that a text names: an independent and simpler reading than the checker's own."""

    def __init__(self, bodies: frozenset[str]) -> None:
        knowledge = load_knowledge(PACKAGE_DATA)
        self._folder = Folder(knowledge.confusables)
        chosen = [body for body in knowledge.bodies if not bodies or body.id in bodies]
        everyday = frozenset(knowledge.words.everyday)
        long = {self._folder.letters(name) for body in chosen for name in (body.id, *body.names)}
        short = {self._folder.letters(name) for body in chosen for name in body.short_names}
        self._inside = re.compile(
            "|".join(sorted(name for name in long if len(name) >= _LONG and name not in everyday))
        )
        self._whole = {name for name in long if len(name) >= 3 and name not in everyday}
        self._whole |= short & frozenset(knowledge.words.distinctive)

    def found(self, text: str) -> bool:
        """Whether ``text`` names a body: a long name inside any part between slashes, others as words."""
        folded = self._folder.fold(text)
        if any(self._inside.search(re.sub("[^a-z0-9]", "", part)) for part in folded.split("/")):
            return True
        return not self._whole.isdisjoint(re.split("[^a-z0-9]+", folded))


def measure(checker: Checker, data: Path, benign: Sequence[str]) -> Table:
    """Flagged by the host alone and with the path, of addresses and of hosts; ``benign`` hosts get honest paths."""
    addresses = list(_phishing(data / "feeds/phishing_database_links.csv.gz"))
    anybody = Names(frozenset())
    rows = []
    for title, names in (
        ("fakes: the path names a body of the collection", Names(IMITATED)),
        ("fakes: the path names any body", anybody),
    ):
        chosen = [(url, host) for url, host, path in addresses if names.found(path) and not anybody.found(host)]
        rows.append(_row(title, chosen, checker, recall_cell))
    mails = [(url, _split(url)[0]) for url in _links(data / "mail/ham_mails.tar.xz")]
    rows.append(_row("links of wanted mails", mails, checker, alarm_cell))
    hosts = random.Random(3).sample(list(benign), min(_ASKED, len(benign)))
    made = [(f"https://{host}{_HONEST_PATHS[at % len(_HONEST_PATHS)]}", host) for at, host in enumerate(hosts)]
    rows.append(_row("benign hosts with a made-up honest path that names a body", made, checker, alarm_cell))
    columns = (
        "addresses",
        "number",
        "CAUTION or above",
        "DANGER",
        "by the host alone, CAUTION or above",
        "hosts",
        "hosts with a warned address",
    )
    note = (
        "Fakes: addresses of Phishing.Database whose host names none of our bodies and whose path does, by a reading of"
        " names that is independent of the checker. Rows of fakes in percent, links of wanted mails (SpamAssassin's"
        " public corpus, distinct addresses) and made-up addresses per 100,000, with 95% intervals. Lists off."
    )
    return Table("Addresses whose path carries the name", columns, tuple(rows), note)


def _row(title: str, chosen: Sequence[tuple[str, str]], checker: Checker, cell: object) -> tuple[str, ...]:
    assert callable(cell)
    told: list[Judgement] = [judge_url(checker, url) for url, _ in chosen]
    bare = {host: judge_url(checker, f"https://{host}/").warns for _, host in chosen}
    warned_hosts = {host for (_, host), judgement in zip(chosen, told, strict=True) if judgement.warns}
    return (
        title,
        f"{len(chosen):,}",
        cell(sum(judgement.warns for judgement in told), len(told)),
        cell(sum(judgement.danger for judgement in told), len(told)),
        cell(sum(bare[host] for _, host in chosen), len(told)),
        f"{len(bare):,}",
        cell(len(warned_hosts), len(bare)),
    )


def _phishing(path: Path) -> Iterator[tuple[str, str, str]]:
    """Address, host and readable path of each link."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            host, shown = _split(row["url"])
            if host and shown.strip("/"):
                yield row["url"], host, shown


def _links(path: Path) -> Iterable[str]:
    found: set[str] = set()
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                found.update(link.decode("latin-1").rstrip(".,;:!?*") for link in _LINK.findall(file.read()))
    return sorted(link for link in found if _split(link)[0])


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", unquote(parts.path)
    except ValueError:
        return "", ""
