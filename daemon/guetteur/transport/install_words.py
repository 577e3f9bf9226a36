"""What was installed or removed, in two languages (``install_texts.toml``)."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guetteur.errors import DataFileError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guetteur.transport.manifests import InstallResult

TEXTS = Path(__file__).with_name("install_texts.toml")
OTHERS = ("launcher", "menu", "autostart", "daemon", "working-files", "data", "keys")
"""What a result may be about, besides a browser."""


def sentence(result: InstallResult, names: Mapping[str, str], lang: str) -> str:
    """One result in words.

    Args:
        result: of `guetteur.transport.setup`.
        names: id of a browser to its name.
        lang: ``fr`` or ``en``.
    """
    about = result.browser if result.browser in OTHERS else "manifest"
    why = result.detail_fr if lang == "fr" else result.detail
    return said(
        f"{about}_{result.action}",
        lang,
        browser=names.get(result.browser, result.browser),
        path=result.path,
        why=why.rstrip(".") if about != "manifest" or result.action != "skipped" else why,
    )


def said(code: str, lang: str, **params: object) -> str:
    """A sentence of the table.

    Raises:
        DataFileError: ``install_texts_broken``.
    """
    try:
        return str(texts()[code][lang]).format(**{name: printable(value) for name, value in params.items()})
    except KeyError as error:
        raise DataFileError("install_texts_broken", f"{TEXTS.name}: {error!r}", "reinstall guetteur") from error


@functools.cache
def texts() -> dict[str, Any]:
    """The whole table, by code.

    Raises:
        DataFileError: ``install_texts_broken``.
    """
    try:
        return tomllib.loads(TEXTS.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataFileError("install_texts_broken", f"{TEXTS.name}: {error}", "reinstall guetteur") from error
