"""Loads the sentences of every language (``guetteur/locales/*.toml``) and says errors in them."""

from __future__ import annotations

import errno
import functools
import socket
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from guetteur.config import LOCALES
from guetteur.core.explain import Explainer
from guetteur.errors import DataFileError, GuetteurError, printable

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("fr", "en")


class Told(NamedTuple):
    """What a person is told of an error: what happened, and what to do (possibly empty)."""

    text: str
    hint: str


def load_explainers(folder: Path = LOCALES) -> dict[str, Explainer]:
    """One `Explainer` a language.

    Raises:
        DataFileError: ``texts_unreadable``.
    """
    return {lang: Explainer(lang, _read(folder / f"{lang}.toml")) for lang in LANGUAGES}


@functools.cache
def error_texts(lang: str) -> dict[str, Any]:
    """``error``: code to sentence and hint; ``system``: name of an error number to its reason.

    Raises:
        DataFileError: ``texts_unreadable``.
    """
    return _read(LOCALES / f"errors_{lang}.toml")


def told(error: GuetteurError, lang: str) -> Told:
    """An error in a person's language.

    What has no text there (a maintainer's tools, a daemon of another version) is told in its own English.
    """
    try:
        text, hint = error_texts(lang)["error"][error.code]
        params = {
            name: system_reason(value, lang) if isinstance(value, OSError) else printable(value)
            for name, value in error.params.items()
        }
        return Told(text.format(**params), hint.format(**params))
    except (DataFileError, KeyError):
        return Told(error.message, error.hint)


def told_in_both(error: GuetteurError) -> dict[str, str]:
    """``why_fr``, ``hint_fr``, ``why_en`` and ``hint_en``, for sentences that take up what went wrong."""
    both = {lang: told(error, lang) for lang in LANGUAGES}
    return {f"why_{lang}": one.text for lang, one in both.items()} | {
        f"hint_{lang}": one.hint for lang, one in both.items()
    }


def system_reason(error: OSError, lang: str) -> str:
    """Why the system refuses, in a person's language; the number's name where there are no words for it."""
    words = error_texts(lang)["system"]
    if isinstance(error, socket.gaierror):
        return str(words["EAI"])
    number = errno.ETIMEDOUT if error.errno is None and isinstance(error, TimeoutError) else error.errno
    name = errno.errorcode.get(number or 0, type(error).__name__)
    return str(words.get(name) or words["other"].format(code=name))


def reasons(error: OSError) -> dict[str, str]:
    """``why_fr`` and ``why_en``: as `system_reason`."""
    return {f"why_{lang}": system_reason(error, lang) for lang in LANGUAGES}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataFileError("texts_unreadable", f"{path.name}: {error}", "reinstall guetteur") from None
