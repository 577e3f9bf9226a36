"""``guetteur report campaigns``: reports of this installation that hang together, and what holds them together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click
import msgspec

from guetteur.cli_common import colon, json_option, lang_option
from guetteur.cli_output import plain, print_json
from guetteur.config import language, load_settings
from guetteur.reports.campaigns import Campaigns
from guetteur.reports.campaigns_words import LINK_WORDS, told
from guetteur.reports.days import SHORT_MONTHS
from guetteur.reports.outbox import FILE_NAME, Outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from guetteur.reports.campaigns import Campaign, Link
    from guetteur.reports.case import Case

_BARS = "▁▂▃▄▅▆▇█"
_MOST_DAYS = 10
_LONGEST = 120
_MOST_MONTHS = 12
_MOST_CASES = 5
_MOST_LINKS = 6

_WORDS = {
    "fr": {
        "none": "Aucun de vos signalements ne se recoupe avec un autre.",
        "single": "{count} signalement(s) sans lien avec un autre.",
        "title": "{count} signalements, depuis le {at}",
        "of": "{what} ({count} sur {all})",
        "more": "et {count} autres",
    },
    "en": {
        "none": "None of your reports hangs together with another.",
        "single": "{count} report(s) that hang together with no other.",
        "title": "{count} reports, since {at}",
        "of": "{what} ({count} of {all})",
        "more": "and {count} more",
    },
}


@click.command("campaigns")
@json_option
@lang_option
def campaigns_command(as_json: bool, lang: str | None) -> None:
    """List your reports that hang together: same site, address, text, wallet, telephone number."""
    lang = language(lang)
    outbox = Outbox(load_settings().state_dir / FILE_NAME)
    try:
        campaigns = Campaigns(outbox.file)
        found, single = campaigns.all(), campaigns.single()
        if as_json:
            print_json({"campaigns": [_json(one, lang) for one in found], "single": single})
            return
        for one in found:
            cases = [case for name in one.cases[-_MOST_CASES:] if (case := outbox.case(name)) is not None]
            click.echo("\n".join(_lines(one, cases, lang)))
        words = _WORDS[lang]
        click.echo(words["single"].format(count=single) if found else words["none"])
    finally:
        outbox.close()


def timeline(days: Iterable[datetime], lang: str) -> str:
    """Reports by day, in local time: ``12 nov. ▂ 13 nov. ▇``; by month where there are more than ten days."""
    local = [day.astimezone().date() for day in days]
    counts = Counter((day.year, day.month, day.day) for day in local)
    if len(counts) > _MOST_DAYS:
        counts = Counter((day.year, day.month, 0) for day in local)
    shown = sorted(counts)[-_MOST_MONTHS:]
    highest, months = max((counts[one] for one in shown), default=1), SHORT_MONTHS[lang]
    years = len({year for year, _, _ in shown}) > 1
    pieces = []
    for year, month, day in shown:
        words = [str(day)] if day else []
        words += [months[month - 1], *([str(year)] if years or not day else [])]
        bar = _BARS[-(-counts[year, month, day] * (len(_BARS) - 1) // highest)]
        pieces.append(f"{' '.join(words)} {bar}")
    return " ".join(pieces)


def _lines(campaign: Campaign, cases: Iterable[Case], lang: str) -> Iterator[str]:
    words, count = _WORDS[lang], len(campaign.cases)
    first = campaign.first_at.astimezone()
    at = f"{first:%Y-%m-%d}" if lang == "en" else f"{first:%d/%m/%Y}"
    yield f"{campaign.id[:8]}  {words['title'].format(count=count, at=at)}"
    yield f"  {timeline(campaign.days, lang)}"
    for link in campaign.links[:_MOST_LINKS]:
        yield "  " + words["of"].format(what=_link(link, lang), count=link.count, all=count)
    for case in reversed(list(cases)):
        what = plain(case.url or case.sender or case.kind, _LONGEST)
        yield f"  · {case.id[:8]}  {what}"
    if count > _MOST_CASES:
        yield "    " + words["more"].format(count=count - _MOST_CASES)


def _link(link: Link, lang: str) -> str:
    said = LINK_WORDS[lang][link.kind]
    return f"{said}{colon(lang)}{plain(link.value, _LONGEST)}" if link.value else said


def _json(campaign: Campaign, lang: str) -> dict[str, Any]:
    about: dict[str, Any] = msgspec.to_builtins(campaign)
    links = [msgspec.to_builtins(link) | {"label": LINK_WORDS[lang][link.kind]} for link in campaign.links]
    return about | {"links": links, "text": told(campaign, lang)}
