"""Chromium's look-alike rules in own words, with the bodies' domains as its top sites.

After ``docs/security/lookalikes/lookalike-domains.md`` and ``components/lookalikes/core/lookalike_url_util.cc``. A top
site passes. Then: the same skeleton as a top site (for IDNs); a top site's name and suffix embedded between dots or
hyphens, glued or not, with its guards; a top site's name with one of its 13 words; one edit or one swap of neighbours
on skeletons, with its guards. What needs Chromium's own data is replaced: its list of common words by the targets that
are English words.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

import ada_url
import tldextract
from peers.contract import Peer
from peers.targets import Targets
from rapidfuzz.distance import OSA

from guetteur.config import PACKAGE_DATA
from guetteur.core.similarity import Folder
from guetteur.lists.knowledge import load_knowledge

# Private registries count as ordinary domains, as in Chromium.
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)

_WORDS = "account activate admin coin crypto login logout password secure security signin signout wallet"
_COMMON = frozenset(("ants", "bred", "edison", "express", "finances", "free", "nickel", "total", "ups"))
_SPARED_AT_THE_END = ("office.com", "medium.com", "orange.fr")
_MIN_EDITED, _MIN_EMBEDDED, _MIN_COMBINED = 5, 4, 5
_READINGS = {"þ": ("b", "p"), "œ": ("ce", "oe"), "ı": ("l", "i"), "ĸ": ("k",), "ŋ": ("n",), "æ": ("ae",)}
_MOST_SKELETONS = 128
_PLAIN = str.maketrans({"0": "o", "1": "l", "m": "rn"})

EDIT, COMBINED, EMBEDDED, SKELETON = 1.0, 2.0, 3.0, 4.0


@lru_cache(maxsize=4096)
def _split(host: str) -> tuple[str, str]:
    """Registrable domain and its label."""
    parts = _extract.extract_str(host)
    return (f"{parts.domain}.{parts.suffix}", parts.domain) if parts.domain and parts.suffix else ("", "")


class Lookalikes:
    """The rules over a fixed list of top sites."""

    def __init__(self, targets: Targets) -> None:
        self._folder = Folder(load_knowledge(PACKAGE_DATA).confusables)
        self._top = frozenset(targets.domains)
        self._skeletons = {skeleton: domain for domain in self._top for skeleton in self.skeletons(domain)}
        self._glued = {
            skeleton: domain for domain in self._top for skeleton in self.skeletons(re.sub("[.-]", "", domain))
        }
        self._near: dict[str, list[str]] = {}
        for domain in self._top:
            if len(_split(domain)[1]) >= _MIN_EDITED:
                for skeleton in self.skeletons(domain):
                    for key in _deletions(skeleton):
                        self._near.setdefault(key, []).append(skeleton)
        labels = {_split(domain)[1] for domain in self._top}
        self._brands = [next(iter(self.skeletons(label))) for label in labels if len(label) >= _MIN_COMBINED]
        self._words = [next(iter(self.skeletons(word))) for word in _WORDS.split()]

    def skeletons(self, text: str) -> set[str]:
        """What ``text`` may be read as: accents dropped, confusables replaced, several readings of some letters."""
        if text.isascii():
            return {text.translate(_PLAIN)}
        choices = [_READINGS.get(char, (char,)) for char in text]
        readings = itertools.islice(itertools.product(*choices), _MOST_SKELETONS)
        return {self._folder.fold("".join(reading)).translate(_PLAIN) for reading in readings}

    def score(self, host: str) -> float:
        """The rule that matched, 0 for none."""
        domain, label = _split(host)
        if not domain or domain in self._top:
            return 0.0
        shown = ada_url.idna_to_unicode(domain) if "xn--" in domain else domain
        skeletons = self.skeletons(shown)
        if shown != domain and any(skeleton in self._skeletons for skeleton in skeletons):
            return SKELETON
        embedded = self._embeds(host, domain, label)
        if embedded:
            return EMBEDDED
        if self._combines(label):
            return COMBINED
        if len(label) >= _MIN_EDITED and any(self._edited(skeleton, domain, label) for skeleton in skeletons):
            return EDIT
        return 0.0

    def _edited(self, skeleton: str, domain: str, label: str) -> bool:
        for key in _deletions(skeleton):
            for near in self._near.get(key, ()):
                if OSA.distance(skeleton, near, score_cutoff=1) <= 1:
                    target = self._skeletons[near]
                    if not _harmless(domain, label, target, _split(target)[1]):
                        return True
        return False

    def _embeds(self, host: str, domain: str, label: str) -> bool:
        tokens = [token for token in re.split("[.-]", host) if token]
        for end in range(len(tokens), 0, -1):
            for glued in self.skeletons(tokens[end - 1]):
                target = self._glued.get(glued)
                if target and self._spoofs(target, [*tokens[: end - 1], *target.split(".")], domain, label):
                    return True
            for start in range(max(0, end - 4), end - 1):
                for skeleton in self.skeletons(".".join(tokens[start:end])):
                    target = self._skeletons.get(skeleton)
                    if target and self._spoofs(target, tokens[:end], domain, label):
                        return True
        return False

    def _spoofs(self, target: str, tokens: list[str], domain: str, label: str) -> bool:
        name = _split(target)[1]
        if len(name) < _MIN_EMBEDDED or name in _COMMON:
            return False
        embeds_itself = any(".".join(tokens[start:]) == domain for start in range(len(tokens)))
        spared = target in _SPARED_AT_THE_END and domain.endswith(f"-{target}")
        return not embeds_itself and name != label and not spared

    def _combines(self, label: str) -> bool:
        shown = ada_url.idna_to_unicode(label) if label.startswith("xn--") else label
        for skeleton in self.skeletons(shown):
            words = [word for word in self._words if word in skeleton]
            if not words:
                continue
            for brand in self._brands:
                at = skeleton.find(brand)
                if at < 0 or len(skeleton) == len(brand):
                    continue
                for word in words:
                    where = skeleton.find(word)
                    overlap = where < at + len(brand) and at < where + len(word)
                    if not overlap and word not in brand and brand not in word:
                        return True
        return False


def _deletions(text: str) -> set[str]:
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}


def _harmless(domain: str, label: str, target: str, name: str) -> bool:
    """Chromium's guards against honest neighbours of a top site."""
    if label == name or label.rstrip("0123456789") == name.rstrip("0123456789"):
        return True
    if len(domain) == len(target):
        return domain[1:] == target[1:]
    longer, shorter = (domain, target) if len(domain) > len(target) else (target, domain)
    if longer[1:] == shorter:
        return True
    first = next((one for one, other in zip(longer, shorter, strict=False) if one != other), "")
    return first == "-"


def make(targets: Targets, whose: str = "") -> Peer:
    """Two rows: as Chromium warns for top sites, and with the edit distance it only warns of for visited sites."""
    rules = Lookalikes(targets)
    return Peer(
        f"Chromium's rules{whose}",
        rules.score,
        {"as for top sites": COMBINED, "and one edit, as for visited sites": EDIT},
        note=f"own words; {len(targets.domains)} top sites, their names as combosquatting brands",
    )
