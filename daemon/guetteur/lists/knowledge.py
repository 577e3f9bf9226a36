"""What the package knows when it starts: bodies, words, look-alike letters, shared zones (``data/knowledge.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.core.bodies import Body, Registry
from guetteur.core.lexicon import Lexicon, WordTable
from guetteur.errors import DataFileError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "knowledge.json"


class Knowledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shipped file.

    Attributes:
        bodies: official bodies, in registry order.
        words: vocabulary of host names.
        confusables: foreign letter → ASCII letter it looks like.
        shared_zones: hosts under which strangers get names, beyond the Public Suffix List's.
        infrastructure_zones: hosts that carry other sites' names for technical ends (CDN edges).
    """

    bodies: tuple[Body, ...]
    words: WordTable
    confusables: dict[str, str]
    shared_zones: tuple[str, ...]
    infrastructure_zones: tuple[str, ...]

    def registry(self) -> Registry:
        """The bodies, indexed."""
        return Registry(self.bodies)

    def lexicon(self, registry: Registry) -> Lexicon:
        """The vocabulary, indexed."""
        return Lexicon(registry, self.words, self.confusables)


def load_knowledge(data_dir: Path) -> Knowledge:
    """Read the shipped file.

    Raises:
        DataFileError: ``knowledge_missing``, ``knowledge_damaged``.
    """
    path = data_dir / FILE_NAME
    hint = "reinstall guetteur, or in a checkout run: make build"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Knowledge)
    except OSError as error:
        raise DataFileError("knowledge_missing", f"{path} cannot be read: {error.strerror}", hint) from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise DataFileError("knowledge_damaged", f"{path}: {error}", hint) from None
