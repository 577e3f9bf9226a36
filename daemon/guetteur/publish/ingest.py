"""One copy of a source, from text to sorted keys: parse, normalise, write. Runs in a worker process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from guetteur.publish.normalise import Normaliser, Refusals
from guetteur.publish.parsers import load_parsers
from guetteur.publish.parsers.interface import Options
from guetteur.publish.runs import RunWriter
from guetteur.publish.zones import suffix_table

if TYPE_CHECKING:
    from pathlib import Path

    from guetteur.publish.sources import Source
    from guetteur.publish.zones import SuffixTable

_RULES = 1
"""Raised when parsers or the normaliser change what comes out of the same text."""


class Job(NamedTuple):
    """What to do; picklable."""

    slot_id: str
    text: Path
    keys: Path
    source: Source
    shared_zones: tuple[str, ...]


class Ingested(NamedTuple):
    """What came of it: candidates, keys, refusals; ``fault`` when the text is not of the format."""

    candidates: int
    entries: int
    refusals: Refusals
    fault: str = ""


def ingest(job: Job) -> Ingested:
    """Write the keys of ``job.text`` to ``job.keys``, sorted, each once, one a line."""
    source = job.source
    parser = load_parsers()[source.format]
    options = Options(source.column, source.where_column, source.where, source.path)
    normaliser = Normaliser(suffix_table(job.shared_zones))
    writer = RunWriter(job.keys)
    candidates = 0
    try:
        with job.text.open(encoding="utf-8-sig", errors="replace") as file:
            for batch in parser.parse(file, options):
                wanted = batch if source.limit is None else batch[: source.limit - candidates]
                candidates += len(wanted)
                normaliser.add(wanted, writer.keys)
                writer.spill_if_full()
                if source.limit is not None and candidates >= source.limit:
                    break
    except ValueError as error:
        return Ingested(candidates, 0, normaliser.refusals, str(error)[:200])
    return Ingested(candidates, writer.finish(), normaliser.refusals)


def rules_of(source: Source, suffixes: SuffixTable) -> str:
    """Digest of all that turns a text of this source into keys, besides the code (`_RULES`)."""
    fields = (_RULES, source.format, source.column, source.where_column, source.where, source.path, source.limit)
    return hashlib.sha256(msgspec.json.encode(fields) + suffixes.digest.encode()).hexdigest()[:16]
