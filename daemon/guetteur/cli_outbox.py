"""``guetteur report channels|send|list|retract|export``: who is told, exactly what, and what became of it."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guetteur.app import build_mail_checker, now_utc, open_egress
from guetteur.cli_common import json_option, lang_option
from guetteur.cli_outbox_output import (
    WORDS,
    change_lines,
    channel_lines,
    entry_line,
    json_channel,
    json_entry,
    json_sent,
    network_lines,
    offer_lines,
    outside_line,
)
from guetteur.cli_output import print_json
from guetteur.config import language, load_settings
from guetteur.egress import errand
from guetteur.errors import InvalidInputError, printable
from guetteur.lists.knowledge import load_knowledge
from guetteur.lookup.registries import load_registries
from guetteur.report_evidence import open_case
from guetteur.reports.network import gather
from guetteur.texts import load_explainers
from guetteur.web.report_desk import open_desk
from guetteur.web.report_preview import preview, read_case, shown
from guetteur.web.report_send import send
from guetteur.web.wire_report import PreviewReport, SendReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guetteur.config import Settings
    from guetteur.reports.desk import Offer
    from guetteur.reports.outbox import Entry
    from guetteur.reports.table import ChannelTable, Outside
    from guetteur.web.report_desk import Desk

DECLINED = 1


@click.command("channels")
@click.option("--set", "name", metavar="ID", help="Ask for a setting or key and keep it.")
@click.option("--unset", metavar="ID", help="Forget a setting or key.")
@json_option
@lang_option
def channels_command(name: str | None, unset: str | None, as_json: bool, lang: str | None) -> None:
    """Say who can be told, what each needs, and where your keys are kept."""
    (desk, _), lang = _open(), language(lang)
    needs = {need.id: need for need in desk.table.needs}
    for wanted in filter(None, (name, unset)):
        if wanted not in needs:
            names = ", ".join(needs)
            raise InvalidInputError(
                "unknown_setting", f"{wanted} is no setting", f"one of: {names}", name=wanted, names=names
            )
    if name is not None:
        need = needs[name]
        label, hint = (need.label_en, need.hint_en) if lang == "en" else (need.label, need.hint)
        click.echo(f"{desk.keys.store.where(lang)}\n{hint}", err=True)
        desk.keys.store.set(name, click.prompt(label, hide_input=need.secret, err=True))
    if unset is not None:
        desk.keys.store.remove(unset)
    have = desk.keys.values()
    if as_json:
        print_json([json_channel(channel, have) for channel in desk.channels.values()])
        return
    for channel in desk.channels.values():
        click.echo("\n".join(channel_lines(channel, have, lang)))
    click.echo(desk.keys.store.where(lang))


@click.command("send")
@click.argument("what", metavar="FILE.eml|URL|-")
@click.option("--channel", "only", multiple=True, help="Only this channel (repeatable).")
@click.option("--keep-exact", is_flag=True, help="Give the address of the page as it is.")
@click.option("--lookups", is_flag=True, help="Ask DNS, registries and the site where it lies (they learn its name).")
@click.option("--again", is_flag=True, help="Also where the same thing was reported before.")
@click.option("--yes", is_flag=True, help="Send without asking.")
@json_option
@lang_option
def send_command(what: str, only: tuple[str, ...], yes: bool, as_json: bool, lang: str | None, **choices: bool) -> None:
    """Show who gets exactly what, redacted; then, when you agree, send it.

    Forms are only prepared: name one with --channel to note that you fill it in.

    Exit status: 0 sent, queued or nothing to send, 1 you declined, 2 it could not be done.
    """
    (desk, settings), lang = _open(), language(lang)
    unknown = [name for name in only if name not in desk.channels]
    if unknown:
        hint = "see: guetteur report channels"
        raise InvalidInputError("unknown_channel", f"{unknown[0]} is no channel", hint, name=unknown[0])
    if Path(what).suffix == ".zip":
        hint = "give the message or the address itself; the bundle is for the police"
        raise InvalidInputError("bundle_given", f"{what} is a sealed bundle", hint, path=what)
    explainers = load_explainers()
    mails = build_mail_checker(settings.data_dir, stored=settings.lists_dir)
    case = open_case(what, lang, now_utc())
    now = now_utc()
    reading = read_case(case, mails, partial(mails.checker.check, now=now), explainers, now, desk.keys.store.person())
    if choices["lookups"] and reading.case.url:
        registries = load_registries(settings.data_dir)
        with errand(desk.egress, "lookup"):
            case.network = asyncio.run(gather(reading.case.url, registries=registries, now=now_utc()))
    asked = PreviewReport(case.id, case.begun.lang, exact=choices["keep_exact"])
    preview(case, asked, reading, desk, explainers, now_utc())
    told, changes = shown(case), case.copies[asked.exact].changes
    offers = tuple(offer for offer in told.offers if not only or offer.facts.id in only)
    ready = [offer for offer in offers if _is_ready(offer, again=choices["again"])]
    if not as_json:
        _print_preview(desk.table, offers, told.outside, lang)
        click.echo("\n".join(network_lines(case.network, lang)), nl=case.network is not None)
        click.echo("\n".join(change_lines(changes, lang)))
    agreed = yes or not ready or (not as_json and _agrees(len(ready), lang))
    # A form that was asked for by name is one that the person is about to fill in.
    chosen = [*ready, *(offer for offer in offers if offer.facts.kind == "form" and offer.facts.id in only)]
    if agreed and chosen:
        names = [offer.facts.id for offer in chosen]
        send(case, SendReport(case.id, names, again=choices["again"]), reading, desk, settings, now_utc())
        if ready:
            asyncio.run(desk.deliver())
    entries = desk.outbox.entries(case=case.id)
    if as_json:
        print_json(json_sent(offers, changes, entries, case.bundle))
    else:
        _print_entries(desk, entries, lang)
        if case.bundle is not None:
            click.echo(WORDS[lang]["sealed"].format(path=printable(case.bundle)))
    sys.exit(0 if agreed else DECLINED)


@click.command("list")
@click.option("--case", metavar="ID", help="Only this case; the beginning of its number is enough.")
@click.option("--deliver", is_flag=True, help="First send what is due and ask what became of the rest.")
@json_option
@lang_option
def list_command(case: str | None, deliver: bool, as_json: bool, lang: str | None) -> None:
    """List your reports and what became of them, the latest first."""
    desk, _ = _open()
    if deliver:
        asyncio.run(desk.deliver())
    entries = [entry for entry in desk.outbox.entries() if entry.case.startswith(case or "")]
    if as_json:
        print_json([json_entry(entry) for entry in entries])
    else:
        _print_entries(desk, entries, language(lang))


@click.command("retract")
@click.argument("case")
@click.argument("channel", required=False)
@lang_option
def retract_command(case: str, channel: str | None, lang: str | None) -> None:
    """Take back what was not sent yet: CASE (the beginning of its number), everywhere or at one CHANNEL.

    Exit status: 0 taken back, 2 nothing was waiting.
    """
    (desk, _), lang = _open(), language(lang)
    found = [
        entry
        for entry in desk.outbox.entries()
        if entry.case.startswith(case) and channel in (None, entry.channel) and entry.state == "queued"
    ]
    cases = {entry.case for entry in found}
    if len(cases) > 1:
        raise InvalidInputError(
            "ambiguous_case", f"{case} begins {len(cases)} numbers", "give more of it", case=case, count=len(cases)
        )
    taken = [entry for entry in found if desk.outbox.retract(entry.case, entry.channel)]
    if not taken:
        raise InvalidInputError("nothing_queued", "nothing of it is waiting", "see: guetteur report list")
    _print_entries(desk, desk.outbox.entries(case=taken[0].case), lang)


@click.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "stix"]), default="csv", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to (default: standard output).")
def export_command(form: str, out: Path | None) -> None:
    """Write all reports as CSV or STIX 2.1, with the addresses as they were sent."""
    from guetteur.durable import write_durably  # noqa: PLC0415
    from guetteur.reports.export import to_csv, to_stix  # noqa: PLC0415 -- slow to load

    desk, _ = _open()
    by_case: dict[str, list[Entry]] = {}
    for entry in reversed(desk.outbox.entries()):
        by_case.setdefault(entry.case, []).append(entry)
    cases = [(case, entries) for name, entries in by_case.items() if (case := desk.outbox.case(name)) is not None]
    text = (to_csv if form == "csv" else to_stix)(cases, desk.campaigns.all())
    if out is None:
        sys.stdout.buffer.write(text.encode())
        return
    try:
        write_durably(out, text.encode(), 0o600)
    except OSError as error:
        hint = "choose another folder"
        raise InvalidInputError(
            "file_unwritable", f"{out} cannot be written: {error.strerror}", hint, path=out, reason=error
        ) from None


COMMANDS = (channels_command, send_command, list_command, retract_command, export_command)
"""For the group ``guetteur report``."""


def _open() -> tuple[Desk, Settings]:
    settings = load_settings()
    registry = load_knowledge(settings.data_dir).registry()
    egress = open_egress(settings.state_dir)
    context = click.get_current_context()
    context.call_on_close(egress.close)
    desk = open_desk(settings, registry, now_utc, egress, None, None)
    context.call_on_close(desk.outbox.close)
    return desk, settings


def _print_preview(table: ChannelTable, offers: Iterable[Offer], outside: Iterable[Outside], lang: str) -> None:
    for offer in offers:
        click.echo("\n".join(offer_lines(offer, table, lang)))
    for note in outside:
        click.echo(outside_line(note, lang))


def _agrees(count: int, lang: str) -> bool:
    said: str = click.prompt(WORDS[lang]["confirm"].format(count=count), default="n", show_default=False)
    return said.strip().lower() in {"o", "oui", "y", "yes"}


def _is_ready(offer: Offer, *, again: bool) -> bool:
    return offer.facts.kind != "form" and not offer.missing and (again or offer.earlier is None)


def _print_entries(desk: Desk, entries: list[Entry] | tuple[Entry, ...], lang: str) -> None:
    for entry in entries:
        click.echo(entry_line(entry, desk.table, lang))
    if not entries:
        click.echo(WORDS[lang]["none"])
