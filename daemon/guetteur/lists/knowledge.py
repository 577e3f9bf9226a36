"""What the package knows when it starts: bodies, words, look-alike letters, shared zones (``data/knowledge.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.core.actionwords import ActionTable
from guetteur.core.bodies import Body, Registry
from guetteur.core.lexicon import Lexicon, WordTable
from guetteur.core.mail.received import Receivers
from guetteur.core.mail.senders import SenderTable
from guetteur.core.model import ModelFile, NameModel
from guetteur.core.pageview import PageReader
from guetteur.core.pagewords import PageWords
from guetteur.core.redirects import RedirectTable
from guetteur.core.routes import Route
from guetteur.core.scripts import Script
from guetteur.lists.shipped import read_shipped

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "knowledge.json"
MODEL_FILE_NAME = "model.json"


class Knowledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shipped file.

    Attributes:
        bodies: official bodies, in registry order.
        words: vocabulary of host names.
        confusables: foreign letter → ASCII letter it looks like.
        imitated: number of phishing hosts that name a body, by its id.
        shared_zones: hosts under which strangers get names, beyond the Public Suffix List's.
        infrastructure_zones: hosts that carry other sites' names for technical ends (CDN edges).
        page: words that pages are read with.
        scripts: scam scripts of pages and mails.
        actions: words that names of scams are made of.
        redirects: services whose links lead elsewhere.
        senders: what senders of mail are read with.
        routes: where to report what, by the `route` of a script.
        receivers: who takes mail in, and how each says what it found about the sender.
    """

    bodies: tuple[Body, ...]
    words: WordTable
    confusables: dict[str, str]
    imitated: dict[str, int]
    shared_zones: tuple[str, ...]
    infrastructure_zones: tuple[str, ...]
    page: PageWords
    scripts: tuple[Script, ...]
    receivers: Receivers
    actions: ActionTable = ActionTable()
    redirects: RedirectTable = RedirectTable()
    senders: SenderTable = SenderTable()
    routes: dict[str, Route] = {}

    def registry(self) -> Registry:
        """The bodies, indexed."""
        return Registry(self.bodies, self.shared_zones)

    def lexicon(self, registry: Registry) -> Lexicon:
        """The vocabulary, indexed."""
        return Lexicon(registry, self.words, self.confusables, self.imitated)

    def page_reader(self, registry: Registry, lexicon: Lexicon) -> PageReader:
        """What reads pages."""
        return PageReader(lexicon, registry, self.page, self.scripts)


def load_model(data_dir: Path) -> NameModel:
    """Read the weights of the host-name signals.

    Raises:
        DataFileError: ``model_missing``, ``model_damaged``.
    """
    return NameModel(read_shipped(data_dir / MODEL_FILE_NAME, ModelFile))


def load_knowledge(data_dir: Path) -> Knowledge:
    """Read the shipped file.

    Raises:
        DataFileError: ``knowledge_missing``, ``knowledge_damaged``.
    """
    return read_shipped(data_dir / FILE_NAME, Knowledge)
