"""Loads the sentences of every language (``guetteur/locales/*.toml``)."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from guetteur.config import LOCALES
from guetteur.core.explain import Explainer
from guetteur.errors import DataFileError

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("fr", "en")


def load_explainers(folder: Path = LOCALES) -> dict[str, Explainer]:
    """One `Explainer` a language.

    Raises:
        DataFileError: ``texts_unreadable``.
    """
    try:
        return {
            lang: Explainer(lang, tomllib.loads((folder / f"{lang}.toml").read_text("utf-8"))) for lang in LANGUAGES
        }
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataFileError("texts_unreadable", str(error), "reinstall guetteur") from None
