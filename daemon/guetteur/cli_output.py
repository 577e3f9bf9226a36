"""What the commands print: coloured text for people, JSON for programs."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from guetteur.app import build_checker, now_utc
from guetteur.cli_common import FAILED, FOUND, complain
from guetteur.core.subject import parse_host_or_url
from guetteur.core.verdict import Level
from guetteur.errors import GuetteurError, InvalidInputError
from guetteur.texts import load_explainers, told
from guetteur.web.wire import VerdictReply, error_reply, verdict_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from guetteur.config import Settings
    from guetteur.core.explain import Explainer

_LONGEST = 120

STYLE = {
    Level.DANGER.value: "bold white on red",
    Level.CAUTION.value: "bold black on yellow",
    Level.UNKNOWN.value: "bold",
    Level.NO_KNOWN_RISK.value: "bold",
    Level.OFFICIAL.value: "bold white on green",
}
_WORDS = {
    "fr": {
        "home": "Le vrai site :",
        "running": "Guetteur {version} tourne (processus {pid}) et a vérifié {checks} adresses.",
        "lists": "Listes {version} : {hosts} sites signalés, datées de {age_days} jours.",
        "stale": "Ces listes sont anciennes.",
        "none": "Aucune liste de sites signalés.",
        "not_kept": "Vos choix ne peuvent pas être gardés : {message} ({hint}).",
        "lost": "À savoir : {message} ({hint}).",
        "already": "Guetteur tourne déjà ({who}) : rien à faire.",
        "process": "processus {pid}",
        "other_process": "un autre processus",
        "bodies": "{bodies} organismes et {public_hosts} sites publics sont reconnus.",
    },
    "en": {
        "home": "The real site:",
        "running": "Guetteur {version} runs (process {pid}) and has checked {checks} addresses.",
        "lists": "Lists {version}: {hosts} reported sites, {age_days} days old.",
        "stale": "These lists are old.",
        "none": "No lists of reported sites.",
        "not_kept": "Your choices cannot be kept: {message} ({hint}).",
        "lost": "Please note: {message} ({hint}).",
        "already": "Guetteur runs already ({who}): nothing to do.",
        "process": "process {pid}",
        "other_process": "another process",
        "bodies": "{bodies} bodies and {public_hosts} public-sector sites are recognised.",
    },
}


def print_verdicts(settings: Settings, addresses: Sequence[str], *, with_lists: bool, as_json: bool, lang: str) -> int:
    """Judge and print each address; return the exit status."""
    checker = build_checker(settings.data_dir, with_lists=with_lists, stored=settings.lists_dir)
    explainer = load_explainers()[lang]
    status = 0
    for address in addresses:
        try:
            subject = parse_host_or_url(address)
        except InvalidInputError as error:
            status = FAILED
            if as_json:
                print_json({"input": address} | msgspec.to_builtins(error_reply(error)))
            else:
                complain(error, lang, plain(address, _LONGEST))
            continue
        reply = verdict_reply(subject, checker.check(subject, now=now_utc()), explainer)
        if reply.level in ("DANGER", "CAUTION"):
            status = max(status, FOUND)
        if as_json:
            print_json({"input": address} | msgspec.to_builtins(reply))
        else:
            _print_verdict(reply, explainer)
    return status


def _print_verdict(reply: VerdictReply, explainer: Explainer) -> None:
    console = Console(highlight=False, soft_wrap=True)
    level = f" {explainer.level(Level(reply.level))} "
    console.print(f"[{STYLE[reply.level]}]{escape(level)}[/] {escape(reply.host)}")
    console.print(f"  {escape(reply.summary)}")
    for reason in reply.reasons:
        console.print(f"  • {escape(reason.text)}")
    for skipped in reply.skipped:
        console.print(f"  ? {escape(skipped.text)}", style="dim")
    if reply.body is not None and reply.body.home and reply.level in ("DANGER", "CAUTION"):
        console.print(f"  → {_WORDS[explainer.lang]['home']} [bold]{escape(reply.body.home)}[/]")
        if reply.body.advice:
            console.print(f"  {escape(reply.body.advice)}", style="italic")


def print_status(body: bytes, *, as_json: bool, lang: str) -> None:
    """Print the daemon's status."""
    if as_json:
        sys.stdout.write(body.decode() + "\n")
        return
    status: dict[str, Any] = msgspec.json.decode(body)
    words, lists = _WORDS[lang], status["lists"]
    lines = [words["running"].format(**status)]
    lines.append(words["lists"].format(**lists) if lists["version"] else words["none"])
    if lists["version"] and lists["stale"]:
        lines.append(words["stale"])
    lines.append(words["bodies"].format(**status))
    store = status["store"]
    if store["error"]:
        said = told(GuetteurError(**store["error"]), lang)
        lines.append(words["lost" if store["ok"] else "not_kept"].format(message=said.text, hint=said.hint))
    sys.stdout.write("\n".join(lines) + "\n")


def already_runs(pid: int | None, lang: str) -> str:
    """What a second daemon says before it ends."""
    words = _WORDS[lang]
    return words["already"].format(who=words["other_process"] if pid is None else words["process"].format(pid=pid))


@contextmanager
def progress(file: TextIO) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while a feed is judged, when somebody watches and the answers go elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda _count: None
        return
    total = None
    if file.seekable() and os.path.isfile(file.name):  # noqa: PTH113 -- a name as click gives it, maybe "<stdin>"
        with open(file.name, "rb") as again:  # noqa: PTH123
            total = sum(chunk.count(b"\n") for chunk in iter(lambda: again.read(1 << 20), b""))
    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("hosts"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scan", total=total)
        yield lambda count: bar.advance(task, count)


def plain(text: str, longest: int | None = None) -> str:
    """What strangers wrote, without what would drive the terminal, and no longer than that."""
    return "".join(char if char.isprintable() else " " for char in text)[:longest]


def print_json(value: object) -> None:
    """One object on a line of its own."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
