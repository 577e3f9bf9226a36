"""Compiles ``blocklists/`` into the files the package ships: ``python -m guetteur.publish.bundle``."""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from guetteur.core.actionwords import ActionTable
from guetteur.core.lexicon import WordTable
from guetteur.core.model import ModelFile
from guetteur.core.redirects import RedirectTable
from guetteur.core.subject import parse_host_or_url
from guetteur.core.suffixes import split_host
from guetteur.durable import write_durably
from guetteur.errors import DataFileError, InvalidInputError
from guetteur.lists.compiled import CompiledList
from guetteur.lists.knowledge import FILE_NAME, MODEL_FILE_NAME, Knowledge
from guetteur.lists.shipped import write_shipped
from guetteur.lists.source import FILE_NAME as REPOSITORY_FILE
from guetteur.lists.source import ROOT_NAME, Repository
from guetteur.lists.sources import STARTER_FILE, ListSource, StarterSources
from guetteur.lists.writer import ListedKey, compile_list, first_hosts, no_hosts
from guetteur.lookup.registries import FILE_NAME as REGISTRIES_FILE
from guetteur.publish.bodies import read_bodies, read_toml
from guetteur.publish.channels import write_channels
from guetteur.publish.mails import read_receivers, read_senders
from guetteur.publish.pages import read_page_words, read_scripts
from guetteur.publish.registries import read_registries
from guetteur.publish.routes import read_routes
from guetteur.reports.table import FILE_NAME as CHANNELS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LETTERS = re.compile(r"[a-z]{2,}\Z")
PUBLIC_HOSTS, POPULAR, STARTER = "public_hosts.bin", "popular.bin", "starter.bin"


def build(source: Path, target: Path) -> dict[str, int]:
    """Compile everything under ``source`` (a ``blocklists`` folder) into ``target``; return counts by file.

    Raises:
        DataFileError: an input is missing or breaks its schema.
    """
    confusables = {
        char: letter
        for letter, chars in read_toml(source / "unicode/confusables.toml")["looks_like"].items()
        for char in chars
    }
    zones = read_toml(source / "lexicon/zones.toml")
    bodies = read_bodies(source / "bodies", confusables)
    knowledge = Knowledge(
        bodies=bodies,
        words=_words(source / "lexicon/words.toml"),
        confusables=confusables,
        imitated=read_toml(source / "model/imitated.toml")["hosts"],
        shared_zones=tuple(zones["shared"]["hosts"]),
        infrastructure_zones=tuple(zones["infrastructure"]["hosts"]),
        page=read_page_words(source / "lexicon/page.toml"),
        scripts=read_scripts(source / "scripts", {body.id for body in bodies}),
        actions=_actions(source / "lexicon/action.toml"),
        redirects=_redirects(source / "lexicon/redirectors.toml"),
        senders=read_senders(source / "lexicon/senders.toml"),
        routes=read_routes(source / "lexicon/routes.toml"),
        receivers=read_receivers(source / "lexicon/mail.toml"),
    )
    counts = {FILE_NAME: len(knowledge.bodies)}
    ids = {body.id for body in bodies}, {script.id for script in knowledge.scripts}
    counts[CHANNELS_FILE] = write_channels(source, target, *ids)
    model = read_model(source / "model")
    write_shipped(target / MODEL_FILE_NAME, model)
    counts[MODEL_FILE_NAME] = len(model.weights)
    registries = read_registries(source)
    write_shipped(target / REGISTRIES_FILE, registries)
    counts[REGISTRIES_FILE] = sum(len(server.zones) for server in registries.rdap)
    repository = Repository(read_toml(source / "repository.toml")["url"])
    write_shipped(target / REPOSITORY_FILE, repository)
    if (source / ROOT_NAME).exists():
        write_durably(target / ROOT_NAME, (source / ROOT_NAME).read_bytes())
    meta = read_toml(source / "shipped.toml")
    for name, reader in ((PUBLIC_HOSTS, _public_hosts), (POPULAR, _popular), (STARTER, _starter)):
        table = meta[name.removesuffix(".bin")]
        day: date = table["as_of"]
        meta_written = compile_list(
            target / name,
            reader(source / table["file"], knowledge, target),
            version=f"{name.removesuffix('.bin')}-{day}",
            built_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
            sources=_names(table),
            nested=name == POPULAR,
            front=first_hosts if name == STARTER else no_hosts,
        )
        counts[name] = meta_written.listed
    whose = StarterSources(_starter_sources(source / "shipped.toml", meta["starter"], target / STARTER))
    write_shipped(target / STARTER_FILE, whose)
    counts[STARTER_FILE] = len(whose.sources)
    # Last: `make` goes by its age, and a build that a fault ended is to be made again.
    write_shipped(target / FILE_NAME, knowledge)
    return counts


def read_model(folder: Path) -> ModelFile:
    """``weights.toml`` and its two tables as one.

    Raises:
        DataFileError: ``model_invalid``.
    """
    path = folder / "weights.toml"
    try:
        content = read_toml(path)
        for table in ("form", "letters"):
            content[table]["cells"] = (folder / f"{table}.bin").read_bytes()
        return msgspec.convert(content, ModelFile)
    except (OSError, KeyError, msgspec.ValidationError) as error:
        raise DataFileError("model_invalid", f"{path}: {error}", "make train writes it anew") from None


def _words(path: Path) -> WordTable:
    table = read_toml(path)
    flat = {
        name: table[name]["words"]
        for name in ("weak_lures", "ordinary", "fillers", "government", "distinctive", "everyday")
    }
    try:
        words = msgspec.convert({"lures": table["lures"], "topics": table["topics"], **flat}, WordTable)
    except msgspec.ValidationError as error:
        raise DataFileError("words_invalid", f"{path}: {error}", "mend the file") from None
    for group in (
        *words.lures.values(),
        *words.topics.values(),
        words.weak_lures,
        words.ordinary,
        words.fillers,
        words.government,
        words.distinctive,
        words.everyday,
    ):
        for word in group:
            if not re.fullmatch("[a-z0-9]{2,}", word):
                raise DataFileError("words_invalid", f"{path}: {word!r} is not folded", "use a-z and 0-9 only")
    return words


def _actions(path: Path) -> ActionTable:
    content = read_toml(path)
    table = {
        "themes": content["themes"],
        "beside": content["beside"]["words"],
        "trades": content["trades"]["themes"],
    }
    try:
        actions = msgspec.convert(table, ActionTable)
    except msgspec.ValidationError as error:
        raise DataFileError("words_invalid", f"{path}: {error}", "mend the file") from None
    # Letters only: a name is read without its digits.
    odd = [word for group in (*actions.themes.values(), actions.beside) for word in group if not _LETTERS.match(word)]
    if odd or not set(actions.trades) <= set(actions.themes):
        raise DataFileError("words_invalid", f"{path}: {odd or actions.trades}", "use a-z only, and themes that exist")
    return actions


def _redirects(path: Path) -> RedirectTable:
    content = read_toml(path)
    table = {"redirectors": content["redirector"], "ignored": content["ignored"]["params"]}
    try:
        return msgspec.convert(table, RedirectTable)
    except msgspec.ValidationError as error:
        raise DataFileError("redirectors_invalid", f"{path}: {error}", "mend the file") from None


def _names(table: dict[str, Any]) -> tuple[str, ...]:
    """Names by source bit."""
    return tuple(one["name"] for one in table["source"]) if "source" in table else tuple(table["sources"])


def _starter_sources(path: Path, table: dict[str, Any], starter: Path) -> tuple[ListSource, ...]:
    """Whose entries the starter list holds, in order of their bits, with how many of them each gave."""
    compiled = CompiledList(starter)
    given = Counter(mark[0] for key in compiled.entries() if (mark := compiled.mark(key)) is not None)
    tables = [
        one | {"entries": sum(times for bits, times in given.items() if bits >> bit & 1)}
        for bit, one in enumerate(table["source"])
    ]
    try:
        return msgspec.convert(tables, tuple[ListSource, ...])
    except msgspec.ValidationError as error:
        raise DataFileError("shipped_invalid", f"{path}: {error}", "mend the file") from None


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (line.strip() for line in file if line.strip() and not line.startswith("#"))


def _public_hosts(path: Path, knowledge: Knowledge, _target: Path) -> Iterator[ListedKey]:
    """The State's list holds ``www.`` addresses for bodies that own the whole name: the twin without it counts too."""
    shared = frozenset(knowledge.shared_zones)
    for line in _lines(path):
        try:
            host = parse_host_or_url(line).host.removeprefix("www.")
        except InvalidInputError:
            continue
        if split_host(host)[0] is not None and host not in shared:
            yield ListedKey(host)


def _popular(path: Path, _knowledge: Knowledge, _target: Path) -> Iterator[ListedKey]:
    yield from (ListedKey(host) for host in _lines(path))
    yield from (ListedKey(entry["host"]) for entry in read_toml(path.with_name("allow.toml"))["allow"])


def _starter(path: Path, knowledge: Knowledge, target: Path) -> Iterator[ListedKey]:
    """What must never be blocked is taken out here, whatever a source says."""
    registry, shared = knowledge.registry(), frozenset(knowledge.shared_zones)
    public = CompiledList(target / PUBLIC_HOSTS)
    rows: Iterable[dict[str, str]] = csv.DictReader(_lines(path))
    for row in rows:
        host = row["host"]
        if (
            registry.official(host) is None
            and host not in public
            and host not in shared
            and split_host(host)[0] is not None
        ):
            day = date.fromisoformat(row["first_seen"]) if row["first_seen"] else None
            yield ListedKey(host, int(row["source_bits"]), day)


def main() -> None:
    """Command line: ``[BLOCKLISTS [DATA]]``."""
    root = Path(__file__).parents[3]
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "blocklists"
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[1] / "data"
    try:
        counts = build(source, target)
    except DataFileError as error:
        sys.exit(f"{error.message}\nhint: {error.hint}")
    for name, count in counts.items():
        sys.stdout.write(f"{name}: {count}\n")


if __name__ == "__main__":
    main()
