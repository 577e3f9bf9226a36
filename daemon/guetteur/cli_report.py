"""``guetteur report``: tells those who can act; seals evidence in a bundle, and proves a bundle unaltered."""

from __future__ import annotations

import difflib
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from guetteur.app import now_utc, open_egress
from guetteur.cli_campaigns import campaigns_command
from guetteur.cli_common import FAILED, colon, complain, json_option, lang_option
from guetteur.cli_outbox import COMMANDS
from guetteur.cli_output import plain
from guetteur.config import language, load_settings
from guetteur.egress import errand
from guetteur.errors import GuetteurError, InvalidInputError, printable
from guetteur.report_evidence import read_evidence
from guetteur.reports.bundle import write_bundle
from guetteur.reports.signing import load_key, own_public
from guetteur.reports.timestamp import TimestampServer, load_authorities
from guetteur.reports.verify import verify
from guetteur.web.wire import error_reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guetteur.report_evidence import Evidence
    from guetteur.reports.manifest import Manifest
    from guetteur.reports.verify import Verification

ALTERED = 1
_LONGEST = 120

_WORDS = {
    "fr": {
        "written": "Dossier écrit : {path} ({kilobytes} Ko, {files} fichiers, clé {key}).",
        "sealed": "Il contient l’original : gardez-le, il est pour la police.",
        "redacted": "Ce qui vous désigne a été masqué. Voici ce qui a changé :",
        "nothing": "Rien ne vous désignait : rien n’a été masqué.",
        "unaltered": "Dossier intact : rien n’a changé depuis qu’il a été scellé, le {at} UTC.",
        "altered": "Dossier modifié depuis qu’il a été scellé : ne vous y fiez pas.",
        "own": "Scellé par cette installation de Guetteur (clé {key}).",
        "other": "Scellé par une autre installation de Guetteur (clé {key}).",
        "bad": "La signature n’est pas valable.",
        "missing_signature": "La signature manque.",
        "changed": "modifié : {name}",
        "missing": "manquant : {name}",
        "added": "ajouté : {name}",
        "repacked": "Les fichiers sont intacts, mais l’archive qui les contient a été refaite.",
        "stamp_none": "Sans horodatage par un tiers : la date est celle de l’ordinateur.",
        "stamp_missing": "L’horodatage promis manque.",
        "stamp_wrong": "L’horodatage n’est pas celui de ce dossier, ou n’est pas valable.",
        "stamp_unproven": "Horodaté le {at} UTC par {authority} (autorité non vérifiée).",
        "stamp_proven": "Horodaté le {at} UTC par {authority} (autorité vérifiée).",
    },
    "en": {
        "written": "Bundle written: {path} ({kilobytes} KB, {files} files, key {key}).",
        "sealed": "It holds the original: keep it, it is for the police.",
        "redacted": "What tells who you are was hidden. This is what changed:",
        "nothing": "Nothing told who you are: nothing was hidden.",
        "unaltered": "Unaltered: nothing has changed since it was sealed on {at} UTC.",
        "altered": "Altered since it was sealed: do not rely on it.",
        "own": "Sealed by this installation of Guetteur (key {key}).",
        "other": "Sealed by another installation of Guetteur (key {key}).",
        "bad": "The signature is not valid.",
        "missing_signature": "The signature is missing.",
        "changed": "changed: {name}",
        "missing": "missing: {name}",
        "added": "added: {name}",
        "repacked": "The files are unaltered, but the archive around them was made anew.",
        "stamp_none": "Not time-stamped by a third party: the date is the computer's own.",
        "stamp_missing": "The time-stamp it promises is missing.",
        "stamp_wrong": "The time-stamp belongs to something else, or is not valid.",
        "stamp_unproven": "Time-stamped on {at} UTC by {authority} (authority not checked).",
        "stamp_proven": "Time-stamped on {at} UTC by {authority} (authority checked).",
    },
}


class _Report(click.Group):
    """What is no command is what to report: ``report URL`` is ``report send URL``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named first, else ``send`` with all that was typed.

        Raises:
            InvalidInputError: ``unknown_command``: a slip of the pen is no address to look up and to report.
        """
        word = args[0]
        if word not in self.commands:
            if not _is_reportable(word):
                raise _unknown(word, self.commands)
            args = ["send", *args]
        return super().resolve_command(ctx, args)


def _is_reportable(word: str) -> bool:
    """Whether it can be meant as an option of ``send``, standard input, a file or an address."""
    return word.startswith("-") or "." in word or "://" in word or Path(word).is_file()


def _unknown(word: str, commands: Iterable[str]) -> InvalidInputError:
    near = difflib.get_close_matches(word, commands, n=1)
    command = f"guetteur report {near[0] if near else '--help'}"
    told = f"{word} is no command, no file and no address"
    return InvalidInputError("unknown_command", told, f"try: {command}", word=word, command=command)


@click.group(
    cls=_Report,
    # Options of `send` may come first: `report --yes URL`.
    context_settings={"ignore_unknown_options": True},
    subcommand_metavar="FILE.eml|URL|- | COMMAND [ARGS]...",
)
def report() -> None:
    """Report a scam: `guetteur report URL` or `guetteur report FILE.eml`.

    It shows who would get exactly what, redacted; then, when you agree, sends it (as the command send, whose options it
    takes). Other commands seal the evidence, prove it unaltered, and say what came of it.
    """


for _command in (*COMMANDS, campaigns_command):
    report.add_command(_command)


@report.command("bundle")
@click.argument("what", metavar="FILE.eml|URL|-")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to (default: guetteur-….zip here).")
@click.option("--redacted", is_flag=True, help="Without what tells who you are: the copy for third parties.")
@click.option("--keep-exact", is_flag=True, help="With --redacted: leave the address of the page as it is.")
@click.option(
    "--timestamp", metavar="URL", envvar="GUETTEUR_TIMESTAMP_URL", help="Time-stamp server (RFC 3161) to ask."
)
@json_option
@lang_option
def bundle(
    what: str, out: Path | None, timestamp: str | None, as_json: bool, lang: str | None, **choices: bool
) -> None:
    """Seal a mail, or an address with what Guetteur says of it. Without --timestamp nothing is sent anywhere.

    Exit status: 0 written, 2 it could not be.
    """
    settings, spoken, now = load_settings(), language(lang), now_utc()
    try:
        evidence = read_evidence(what, settings, spoken, now, **choices)
        path = out or Path(f"guetteur-{now:%Y%m%d-%H%M%S}-{evidence.case.id[:8]}.zip")
        key = load_key(settings.state_dir)
        server = TimestampServer(timestamp) if timestamp else None
        with closing(open_egress(settings.state_dir)) as egress, errand(egress, "timestamp"):
            manifest = write_bundle(path, evidence.case, evidence.items, key=key, now=now, timestamp=server)
    except GuetteurError as error:
        _fail(error, spoken, as_json=as_json)
        return
    if as_json:
        answer = {"path": printable(path), "key_id": key.id, "manifest": manifest, "changes": evidence.changes}
        click.echo(msgspec.json.encode(answer).decode())
    else:
        _print_written(path, manifest, evidence, key.id, redacted=choices["redacted"], lang=spoken)


@report.command("verify")
@click.argument("path", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.option("--authority", type=click.Path(path_type=Path), help="PEM file of time-stamp authorities to trust.")
@json_option
@lang_option
def verify_bundle(path: Path, authority: Path | None, as_json: bool, lang: str | None) -> None:
    """Prove a bundle unaltered, or say what was changed.

    Exit status: 0 unaltered, 1 altered, 2 it cannot be read.
    """
    spoken = language(lang)
    try:
        trusted = load_authorities(authority) if authority is not None else ()
        found = verify(path, own=own_public(load_settings().state_dir), authorities=trusted)
    except GuetteurError as error:
        _fail(error, spoken, as_json=as_json)
        return
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        click.echo("\n".join(_told(found, _WORDS[spoken])))
    sys.exit(0 if found.unaltered else ALTERED)


def _print_written(  # noqa: PLR0913
    path: Path, manifest: Manifest, evidence: Evidence, key: str, *, redacted: bool, lang: str
) -> None:
    words = _WORDS[lang]
    size = (path.stat().st_size + 1023) // 1024
    click.echo(words["written"].format(path=printable(path), kilobytes=size, files=len(manifest.files), key=key))
    if not redacted:
        click.echo(words["sealed"])
        return
    click.echo(words["redacted" if evidence.changes else "nothing"])
    for change in evidence.changes:
        where, before, after = (plain(text, _LONGEST) for text in (change.where, change.before, change.after))
        click.echo(f"  {where}{colon(lang)}{before} → {after or '∅'}")


def _told(found: Verification, words: dict[str, str]) -> Sequence[str]:
    at = f"{found.created_at:%Y-%m-%d %H:%M:%S}" if found.created_at else "?"
    lines = [words["unaltered" if found.unaltered else "altered"].format(at=at)]
    if found.signature == "good":
        lines.append(words["own" if found.own else "other"].format(key=found.key_id))
    else:
        lines.append(words["bad" if found.signature == "bad" else "missing_signature"])
    for what in ("changed", "missing", "added"):
        lines += [f"  {words[what].format(name=plain(name, _LONGEST))}" for name in getattr(found, what)]
    if found.repacked:
        lines.append(words["repacked"])
    stamp = found.timestamp
    when = f"{stamp.at:%Y-%m-%d %H:%M:%S}" if stamp.at else "?"
    lines.append(words[f"stamp_{stamp.state}"].format(at=when, authority=plain(stamp.authority, _LONGEST)))
    return lines


def _fail(error: GuetteurError, lang: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(error_reply(error)).decode())
    else:
        complain(error, lang)
    sys.exit(FAILED)
