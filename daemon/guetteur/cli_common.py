"""What commands share: the options nearly all take, and how an error is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from guetteur.config import language
from guetteur.texts import told

if TYPE_CHECKING:
    from guetteur.errors import GuetteurError

FOUND, FAILED = 1, 2

_LANG = "guetteur.lang"


def _remember(ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    # Shared by all contexts of one command line: an error is told by the outermost, which has no such option.
    ctx.meta[_LANG] = value
    return value


lang_option = click.option(
    "--lang",
    type=click.Choice(["fr", "en"]),
    default=None,
    callback=_remember,
    help="Language of the sentences (default: the system's).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def colon(lang: str) -> str:
    """What stands between a name and what is said of it."""
    return "\u00a0: " if lang == "fr" else ": "


def complain(error: GuetteurError, lang: str, about: str = "") -> None:
    """Say on standard error what happened and what to do.

    Args:
        error: what happened.
        lang: ``fr`` or ``en``.
        about: the input it is about, where there are several.
    """
    said = told(error, lang)
    click.echo(colon(lang).join(filter(None, ("guetteur", about, said.text))), err=True)
    if said.hint:
        click.echo(f"          → {said.hint}", err=True)


def fail(error: GuetteurError, ctx: click.Context) -> NoReturn:
    """Say what happened in the language asked for; leave with status 2."""
    meta: dict[str, Any] = ctx.meta
    complain(error, language(meta.get(_LANG)))
    sys.exit(FAILED)
