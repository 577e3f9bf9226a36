"""What the commands of the outbox print: lines for people, objects for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.cli_common import colon
from guetteur.cli_output import plain
from guetteur.errors import printable
from guetteur.reports.words import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from guetteur.reports.channels.interface import Channel
    from guetteur.reports.desk import Offer
    from guetteur.reports.network import Network
    from guetteur.reports.outbox import Entry
    from guetteur.reports.redact import Change
    from guetteur.reports.table import ChannelTable, Outside

WORDS = {
    "fr": {
        "gets": "reçoit",
        "why": "pourquoi",
        "privacy": "confidentialité",
        "to": "à",
        "adds": "et aussi",
        "missing": "il manque ({ids}) : rien n’y partira. Réglez avec : guetteur report channels --set {first}",
        "earlier": "déjà signalé le {at}",
        "open": "à faire vous-même, ouvrez",
        "asks": "à vérifier",
        "pieces": "à préparer",
        "needs": "il faut",
        "has": "réglé",
        "confirm": "Envoyer à {count} destinataire(s) ? [o/N]",
        "hidden": "Masqué partout, parce que cela vous désigne :",
        "nothing_hidden": "Rien ne vous désignait : rien n’a été masqué.",
        "none": "Aucun signalement.",
        "sealed": "Votre dossier de preuves, scellé, reste ici : {path}",
    },
    "en": {
        "gets": "gets",
        "why": "why",
        "privacy": "privacy",
        "to": "to",
        "adds": "and also",
        "missing": "missing ({ids}): nothing will go there. Set it with: guetteur report channels --set {first}",
        "earlier": "already reported on {at}",
        "open": "for you to do, open",
        "asks": "to be checked",
        "pieces": "to have ready",
        "needs": "needs",
        "has": "set",
        "confirm": "Send to {count} recipient(s)? [y/N]",
        "hidden": "Hidden everywhere, because it tells who you are:",
        "nothing_hidden": "Nothing told who you are: nothing was hidden.",
        "none": "No reports.",
        "sealed": "Your sealed evidence stays here: {path}",
    },
}


def channel_lines(channel: Channel, have: Mapping[str, str], lang: str) -> Iterator[str]:
    """One channel: who it is, what it needs."""
    facts, words = channel.facts, WORDS[lang]
    yield f"{facts.named(lang)} [{facts.id}]"
    yield f"  {words['gets']}{colon(lang)}{facts.given(lang)}"
    yield f"  {words['privacy']}{colon(lang)}{facts.promised(lang)}"
    for need in (*facts.needs, *facts.optional):
        mark = f"✓ {words['has']}" if have.get(need) else ("·" if need in facts.optional else "✗")
        yield f"  {words['needs']}{colon(lang)}{need} {mark}"


def offer_lines(offer: Offer, table: ChannelTable, lang: str) -> Iterator[str]:
    """One channel of a preview: why, to whom, exactly what."""
    facts, words = offer.facts, WORDS[lang]
    yield f"■ {facts.named(lang)} [{facts.id}]"
    yield f"  {words['why']}{colon(lang)}{offer.choice.said(lang)}"
    yield f"  {words['privacy']}{colon(lang)}{facts.promised(lang)}"
    if offer.earlier is not None:
        yield f"  {words['earlier'].format(at=_day(offer.earlier, lang))}"
    if offer.missing:
        yield f"  {words['missing'].format(ids=', '.join(offer.missing), first=offer.missing[0])}"
    if facts.kind == "form":
        yield f"  {words['open']}{colon(lang)}{plain(offer.draft.link)}"
        for question in facts.questions:
            asked, otherwise = (
                (question.text_en, question.otherwise_en) if lang == "en" else (question.text, question.otherwise)
            )
            yield (
                f"  {words['asks']}{colon(lang)}{asked} (non → {otherwise})"
                if lang == "fr"
                else (f"  {words['asks']}: {asked} (no → {otherwise})")
            )
        for piece in facts.pieces:
            yield f"  {words['pieces']}{colon(lang)}{piece.said(lang)}"
    else:
        yield f"  {words['to']}{colon(lang)}{plain(offer.draft.to)}"
    for field in offer.draft.fields:
        yield f"  {words['gets']} · {field.label_en if lang == 'en' else field.label}{colon(lang)}".rstrip()
        for line in field.value.splitlines() or [""]:
            yield f"    │ {plain(line)}"
    if offer.draft.adds:
        labels = {need.id: need.label_en if lang == "en" else need.label for need in table.needs}
        yield f"  {words['adds']}{colon(lang)}{', '.join(labels[name] for name in offer.draft.adds)}"


def change_lines(changes: Sequence[Change], lang: str) -> Iterator[str]:
    """What was hidden before anybody gets it."""
    words = WORDS[lang]
    yield words["hidden" if changes else "nothing_hidden"]
    for change in changes:
        yield f"  {plain(change.where)}{colon(lang)}{plain(change.before)} → {plain(change.after) or '∅'}"


def network_lines(network: Network | None, lang: str) -> Iterator[str]:
    """Where the page lies, as far as it was asked."""
    for field in network.lines if network is not None else ():
        yield f"○ {field.label_en if lang == 'en' else field.label}{colon(lang)}{plain(field.value)}"


def outside_line(note: Outside, lang: str) -> str:
    """What a channel does not take, and where it goes instead."""
    return f"○ {note.text_en if lang == 'en' else note.text}"


def entry_line(entry: Entry, table: ChannelTable, lang: str) -> str:
    """One report: when, to whom, what became of it."""
    facts = table.get(entry.channel)
    name = facts.named(lang) if facts is not None else entry.channel
    reference = f" · {plain(entry.reference)}" if entry.reference else ""
    return f"{entry.case[:8]}  {_day(entry, lang)}  {name}{colon(lang)}{told(entry, lang)}{reference}"


def json_channel(channel: Channel, have: Mapping[str, str]) -> dict[str, Any]:
    """One channel for programs; no key is shown."""
    about: dict[str, Any] = msgspec.to_builtins(channel.facts)
    return about | {"missing": list(channel.missing(have))}


def json_offer(offer: Offer) -> dict[str, Any]:
    """One channel of a preview for programs."""
    return {
        "channel": offer.facts.id,
        "kind": offer.facts.kind,
        "reason": offer.choice.reason,
        "reason_en": offer.choice.reason_en,
        "to": offer.draft.to,
        "link": offer.draft.link,
        "fields": msgspec.to_builtins(offer.draft.fields),
        "adds": list(offer.draft.adds),
        "missing": list(offer.missing),
        "earlier": json_entry(offer.earlier) if offer.earlier is not None else None,
    }


def json_sent(
    offers: Sequence[Offer], changes: Sequence[Change], entries: Sequence[Entry], bundle: Path | None
) -> dict[str, Any]:
    """A preview and what was made of it, for programs; ``bundle`` is the sealed original."""
    return {
        "bundle": printable(bundle) if bundle is not None else None,
        "offers": [json_offer(offer) for offer in offers],
        "changes": msgspec.to_builtins(changes),
        "entries": [json_entry(entry) for entry in entries],
    }


def json_entry(entry: Entry) -> dict[str, Any]:
    """One report for programs."""
    about: dict[str, Any] = msgspec.to_builtins(entry)
    return about


def _day(entry: Entry, lang: str) -> str:
    local = entry.queued_at.astimezone()
    return f"{local:%Y-%m-%d %H:%M}" if lang == "en" else f"{local:%d/%m/%Y %H:%M}"
