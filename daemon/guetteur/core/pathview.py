"""What the path of an address says: a directory that is a body's name, and whether it looks like a phishing kit's.

Kits are unpacked on hacked sites and free hosting, where only the path can carry the name: ``/antai-Fr/paiement.php``.
Honest paths name bodies too (news, shops, directories of trades), so a name counts only beside what kits have.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from guetteur.core.lexicon import Kind
from guetteur.core.subject import HostKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from guetteur.core.bodies import Body
    from guetteur.core.lexicon import Entry, Lexicon
    from guetteur.core.subject import UrlSubject

_MOST_PARTS, _LONGEST_PART = 12, 64
_TOKENS = re.compile("[a-z]+")
_EXTENSION = re.compile(r"\.(?:php[0-9]?|html?|aspx?|jsp|cgi|cfm|zip)$")
# Not `.html`: old honest sites are made of such pages.
_PROGRAM = re.compile(r"\.(?:php[0-9]?|aspx?|jsp|cgi|cfm)$")
_MACHINE_MADE = re.compile(
    "(?<![0-9a-f])(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{12,}"
    "|(?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])(?=[0-9a-z]*[A-Z])(?=[0-9A-Z]*[a-z])[A-Za-z0-9]{20,}"
)
_LEAST_MACHINE_MADE = 12
_ADDRESS_IN_HOST = re.compile(r"(?<![0-9])(?:[0-9]{1,3}[.-]){3}[0-9]{1,3}(?![0-9])")
# Directories that a site's owner does not serve pages from.
_HACKED = frozenset(("wp-content", "wp-includes", "wp-admin"))
_HIDDEN = "-"
"""Hidden at the top of a hacked site; further down, GitLab has such a directory."""
# Parts of shop software that are named after the carrier or payment service they speak to.
_ADD_ONS = frozenset(("modules", "module", "plugins", "plugin", "extensions", "components", "vendor"))
# Below these, a name is what the site writes about.
_ABOUT = frozenset(
    (
        "docs", "doc", "tag", "tags", "category", "categorie", "categories", "marque", "marques", "brand", "brands",
        "review", "reviews", "avis", "domain", "domains", "website", "whois", "wiki", "forum", "forums", "news",
        "article", "articles", "actualites", "actualite", "blog", "partenaires", "annuaire", "emploi", "jobs",
        "search", "economie", "guide", "guides",
    )
)  # fmt: skip
# What the pages of kits are called. Words of honest sections (`contact`, `suivi`, `info`) are left out.
_STEPS = frozenset(
    (
        "login", "log", "logon", "signin", "connexion", "connecter", "authentification", "auth", "identification",
        "espaceclient", "moncompte", "paiement", "billing", "card", "cc", "cvv", "ccv", "dsec", "otp", "sms", "pass",
        "password", "verif", "verification", "verify", "confirm", "confirmation", "valider", "validation", "securite",
        "secure", "securipass", "infospage", "infospages", "region", "loading", "attente", "vbv", "remboursement",
        "telepaiement",
    )
)  # fmt: skip
_AFFIXES = frozenset(
    (
        "fr", "france", "en", "eu", "com", "net", "www", "my", "mon", "app", "web", "de", "uk", "be", "ch", "es",
        "it", "home", "mail", "gouv", "gouvfr",
    )
)  # fmt: skip

_HEAVY = {"machine": 2, "hacked": 2, "address": 2}
"""Every other cue counts one."""
# How much it takes beside each kind of name. Honest pages about a body with a long name lie in its directory; a railway
# fan's homepage has a directory `sncf`, and half the web one that is called `free`, `office` or `paypal`.
_NEEDED_LONG, _NEEDED_SHORT, _NEEDED_EVERYDAY = 3, 4, 5
_OFFICIAL, _CUT_OFF = 1, 2
"""For an official host, and for one of the State's with its end cut off: `impots.gouv.fr` is what people write who
write about it, `/impots.gouv/app/` is a kit's directory."""


def is_public_address(subject: UrlSubject) -> bool:
    """Whether the host is a bare address of the Internet: not a name, and not a machine at home."""
    return subject.host_kind is not HostKind.DOMAIN and ip_address(subject.host.strip("[]")).is_global


class PathView(NamedTuple):
    """A body named in a path.

    Attributes:
        body: whose name it is.
        seen: the part of the path that names it, as it reads.
        official: whether the part spells an official host, or the State's zone.
        strength: how much it looks like a kit's, less what it takes beside such a name: 0 and above is telling.
    """

    body: Body
    seen: str
    official: bool
    strength: int


class _Named(NamedTuple):
    """A part of a path that is a name.

    Attributes:
        needed: how much it takes beside it.
        official: it spells an official host; ``state``: one of the State's.
        affixed: it is written with what kits add: ``antai-fr``.
    """

    body: Body
    needed: int
    official: bool = False
    state: bool = False
    affixed: bool = False


class PathReader:
    """Reads paths; built once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        # `/amendesgouvfr/`, `/impots.gouv/`: hosts of the State with the dots and the suffix dropped.
        self._state: dict[str, Body] = {}
        for host, body in lexicon.official_hosts.items():
            if host.endswith(".gouv.fr"):
                letters = "".join(_TOKENS.findall(host.removeprefix("www.")))
                self._state.update({letters: body, letters.removesuffix("fr"): body})

    def read(self, subject: UrlSubject, *, shared: bool) -> PathView | None:
        """The most telling name in the path of ``subject``, or None; ``shared``: the host is on free hosting."""
        raw = [part for part in subject.path.partition("?")[0].split("/")[1 : _MOST_PARTS + 1] if part]
        parts = [self._readable(part) for part in raw]
        best: PathView | None = None
        for at, part in enumerate(parts):
            if part in _ABOUT or part[-1:] == ":":  # an address in the path: an archive's, a reading aid's
                break
            named = None if at and parts[at - 1] in _ADD_ONS else self._named(raw[at], part)
            if named is None:
                continue
            strength = sum(_HEAVY.get(cue, 1) for cue in _cues(subject, raw, parts, at, shared=shared)) - named.needed
            strength += named.affixed and at + 1 < len(parts)
            if named.official:
                cut_off = named.state and "." in part and not part.endswith(".fr") and at + 1 < len(parts)
                strength += _OFFICIAL + cut_off * _CUT_OFF
            if best is None or strength > best.strength:
                best = PathView(named.body, part, named.official, strength)
        return best

    def _readable(self, part: str) -> str:
        part = unquote(part[: 3 * _LONGEST_PART]) if "%" in part else part
        return self._lexicon.folder.fold(part[:_LONGEST_PART])

    def _named(self, raw: str, part: str) -> _Named | None:
        """``part`` is what ``raw`` reads as; what machines made of it is no part of a name."""
        if len(raw) >= _LEAST_MACHINE_MADE and (kept := _MACHINE_MADE.sub("", raw)) != raw:
            part = self._readable(kept)
        bare = _EXTENSION.sub("", part) if "." in part else part
        tokens = _TOKENS.findall(bare)
        letters = "".join(tokens)
        body = self._state.get(letters) if "gouv" in letters else None
        if body is not None:
            return _Named(body, _NEEDED_LONG, official=True, state=True)
        host = bare.removeprefix("www.")
        body = self._lexicon.official_hosts.get(host) if "." in host else None
        if body is not None:
            first = self._name(_TOKENS.findall(host.rpartition(".")[0]))
            return _Named(body, _needed(first) if first is not None else _NEEDED_LONG, official=True)
        entry = self._name(tokens)
        if entry is not None and entry.body is not None:
            return _Named(entry.body, _needed(entry), affixed=entry.word != letters)
        rest = [token for token in tokens if not self._means_nothing(token)]
        entry = self._name(rest) if 0 < len(rest) < len(tokens) else None
        # `livraison-chronopost` is what an honest section is called: it takes more.
        return _Named(entry.body, _needed(entry) + 1) if entry is not None and entry.body is not None else None

    def _name(self, tokens: Sequence[str]) -> Entry | None:
        """The name that the tokens make, without what countries and kits add to it: ``antai-fr``."""
        rest = [token for token in tokens if token not in _AFFIXES and token not in _STEPS]
        for word in dict.fromkeys(("".join(tokens), "".join(rest))):
            entry = self._lexicon.vocabulary.get(word)
            if entry is not None and entry.kind in (Kind.NAME, Kind.SHORT_NAME):
                return entry
        return None

    def _means_nothing(self, token: str) -> bool:
        entry = self._lexicon.vocabulary.get(token)
        return entry is not None and entry.kind in (Kind.LURE, Kind.FILLER, Kind.TOPIC)


def _needed(entry: Entry) -> int:
    if entry.everyday:
        return _NEEDED_EVERYDAY
    return _NEEDED_SHORT if entry.kind is Kind.SHORT_NAME else _NEEDED_LONG


def _cues(subject: UrlSubject, raw: Sequence[str], parts: Sequence[str], at: int, *, shared: bool) -> Iterator[str]:
    """What only kits have, for a name in ``parts[at]``."""
    last = parts[-1]
    hacked = any(part in _HACKED or part.startswith(".") for part in parts[:at]) or (at > 0 and parts[0] == _HIDDEN)
    program = (_EXTENSION if hacked else _PROGRAM).search(last) is not None
    steps = [part for part in parts[at + 1 :] if _is_step(part)]
    machine = any(_MACHINE_MADE.search(part) for part in raw[at:])
    told = {
        "hacked": hacked,
        "program": program,
        "kit": program and hacked,
        "step": bool(steps),
        "steps": len(steps) > 1,
        "form": program and last in steps,
        "machine": machine,
        "session": program and machine,
        "personal": at > 0 and parts[0].startswith("~"),
        "hosting": shared,
        "address": _is_address(subject),
    }
    return (cue for cue, seen in told.items() if seen)


def _is_address(subject: UrlSubject) -> bool:
    """A bare address, or a name that a hoster made of one: ``3-79-238-253.example.com``."""
    if subject.host_kind is HostKind.DOMAIN:
        return _ADDRESS_IN_HOST.search(subject.host) is not None
    return is_public_address(subject)


def _is_step(part: str) -> bool:
    words: Iterable[str] = _TOKENS.findall(_EXTENSION.sub("", part))
    return not _STEPS.isdisjoint((*words, "".join(words)))
