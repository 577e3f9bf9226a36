"""Measures the outbox and how reports are found to hang together, into docs/reference/reports.md.

``python tests/bench/reports.py SECTION…``; ``make bench-reports`` calls it. Real mails (GUETTEUR_DATA) are counted,
none is quoted. Peers measured in the same run: datasketch (MinHash LSH), networkx, comparing every pair;
for the outbox a bare SQLite file on the same disk.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import click
import networkx as nx
import xxhash
from datasketch import MinHash, MinHashLSH
from mail import DATA, archived
from outbox import commits
from page import write_section

from guetteur.config import PACKAGE_DATA
from guetteur.core.mail.eml import read_raw
from guetteur.core.similarity import Folder
from guetteur.errors import InvalidInputError
from guetteur.evaluate.tables import Table, alarm_cell, markdown, recall_cell
from guetteur.lists.knowledge import load_knowledge
from guetteur.reports.campaigns import Campaigns, Mark
from guetteur.reports.case import Case
from guetteur.reports.channels.interface import Draft
from guetteur.reports.likeness import PICTURES, TEXTS, Likeness, Likes, picture_hash, text_hash, words_of
from guetteur.reports.outbox import FILE_NAME, Outbox

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.chromium import EXECUTABLE
from support.mails import mails as written_mails

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/reports.md"
SEED, REPORTS, ROUNDS = 20_261_124, 10_000, 5
CHANGED = (0.05, 0.1, 0.15, 0.2, 0.3)
PEER_AT = 0.6
"""Jaccard likeness of the words at which datasketch links two texts."""
NOW = datetime(2026, 11, 24, tzinfo=UTC)
VIEWS = {
    "the same": (1280, 720, 1.0, False),
    "other numbers in it": (1280, 720, 1.0, True),
    "half as large again": (1280, 720, 1.5, False),
    "window of 1,366 pixels": (1366, 768, 1.0, False),
    "window of 1,440 pixels": (1440, 800, 1.0, False),
}


class Text(NamedTuple):
    """One mail with text enough, by collection and kind."""

    kind: str
    words: list[str]
    hash: str


def is_near(likeness: Likeness, one: str, other: str) -> bool:
    """Whether the two would be linked."""
    if one == other or (int(one, 16) ^ int(other, 16)).bit_count() > likeness.most:
        return one == other
    likes = Likes(likeness)
    likes.take(one)
    return bool(likes.take(other))


class Run:
    """What several sections need, read once."""

    @cached_property
    def folder(self) -> Folder:
        """What look-alike letters are read as."""
        return Folder(load_knowledge(PACKAGE_DATA).confusables)

    @cached_property
    def texts(self) -> list[Text]:
        """All mails that have words enough."""
        receivers = load_knowledge(PACKAGE_DATA).receivers
        raw = [(f"written/{one.kind}", one.raw()) for one in written_mails()]
        if DATA.is_dir():
            raw += [("phishing", data) for _, data in archived(DATA / "mail/phishing_mails.tar.xz")]
            raw += [("wanted", data) for _, data in archived(DATA / "mail/ham_mails.tar.xz")]
        found = []
        for kind, data in raw:
            try:
                mail = read_raw(data, receivers)
            except InvalidInputError:
                continue
            people = [name for one in mail.recipients for name in re.findall(r"[^\W\d_]{3,}", one.partition("@")[0])]
            words = words_of(mail.text, self.folder, people)
            hashed = text_hash(words)
            if hashed is not None:
                found.append(Text(kind, words, hashed))
        return found

    def of(self, kind: str) -> list[Text]:
        """Those of a collection."""
        return [one for one in self.texts if one.kind.startswith(kind)]

    def likeness(self) -> list[Table]:
        """False links between unrelated mails; links between variants of one."""
        written, phishing, wanted = self.of("written"), self.of("phishing"), self.of("wanted")
        rows = [
            _unrelated("written mails with one another", combinations(written, 2)),
            _unrelated("written mails with real ones", product(written, [*phishing, *wanted])),
            _unrelated("wanted mails with phishing mails", product(wanted, phishing)),
        ]
        linked = [pair for pair in combinations(phishing, 2) if is_near(TEXTS, pair[0].hash, pair[1].hash)]
        unlike = sum(jaccard(one.words, other.words) < 0.25 for one, other in linked)
        note = (
            f"Real phishing mails linked with one another: {len(linked):,} pairs of {len(phishing):,} mails, of which"
            f" {unlike} share less than a quarter of their words."
        )
        texts = [*phishing, *self.of("written/scams")]
        columns = ("pairs", "number", "linked", "per 100,000 (95% interval)")
        return [Table("Unrelated mails", columns, tuple(rows), note), _variants(texts)]

    def pictures(self) -> list[Table]:
        """Pictures of the pages written for the tests, in Chromium."""
        seen = {name: dict(_pictures(*view)) for name, view in VIEWS.items()}
        first = {page: one for page, data in seen["the same"].items() if (one := picture_hash(data)) is not None}
        false = [pair for pair in combinations(first, 2) if is_near(PICTURES, first[pair[0]], first[pair[1]])]
        rows = []
        for name, pages in seen.items():
            found = {page: picture_hash(data) for page, data in pages.items()}
            near = [(one := found[page]) is not None and is_near(PICTURES, first[page], one) for page in first]
            rows.append((name, str(len(near)), recall_cell(sum(near), len(near))))
        number = len(first) * (len(first) - 1) // 2
        note = (
            f"{len(seen['the same']) - len(first)} pages of {len(seen['the same'])} are blank and have no mark. Of two"
            f" different pages {len(false)} pairs of {number:,} are linked."
        )
        return [Table("Pictures of one page", ("taken anew", "pages", "linked, %"), tuple(rows[1:]), note)]

    def outbox(self) -> list[Table]:
        """Commits of the outbox, beside bare ones."""
        return [commits(ROOT / "build")]

    def speed(self) -> list[Table]:
        """Clusters of 10,000 reports out of a real file, beside peers."""
        source = random.Random(SEED)
        made = list(_reports(source, [one.words for one in self.texts]))
        with tempfile.TemporaryDirectory(prefix="gr-") as folder:
            outbox = Outbox(Path(folder) / FILE_NAME)
            began = time.perf_counter()
            for one in made:
                outbox.queue(one.case, [one.draft])
                Campaigns(outbox.file).keep(one.case.id, one.marks)
            written = time.perf_counter() - began
            ours = _median(lambda: Campaigns(outbox.file).all())
            warm = Campaigns(outbox.file)
            found = warm.all()
            near = _median(lambda: warm.near(made[0].marks))
            asked = _median(lambda: [warm.of(one.case.id) for one in made]) / len(made)
            outbox.close()
        pairs = _median(lambda: _every_pair(made), 1)
        lsh = _median(lambda: _peer(made), 1)
        rows = [
            ("**Guetteur**: read the file, cluster, list", _ms(ours), "1"),
            ("in memory: every pair compared, networkx", _ms(pairs), f"{pairs / ours:.0f}"),
            ("in memory: datasketch MinHash LSH for texts, networkx", _ms(lsh), f"{lsh / ours:.1f}"),
        ]
        others = [
            ("keep the marks of one report (on the disk)", _ms(written / len(made))),
            ("the campaign that a report would join", _ms(near)),
            ("the campaign of a report, once clustered", f"{asked * 1e6:.0f} µs"),
        ]
        note = f"{len(made):,} reports, median of {ROUNDS}. {_agreement(made, [one.cases for one in found])}"
        return [
            Table(f"Clusters of {len(made):,} reports", ("method", "time", "times ours"), tuple(rows), note),
            Table("Other calls on them", ("call", "time"), tuple(others)),
        ]


class Made(NamedTuple):
    """One generated report; ``campaign`` is what it was generated for."""

    case: Case
    draft: Draft
    marks: tuple[Mark, ...]
    campaign: int
    minhash: MinHash


def jaccard(one: Iterable[str], other: Iterable[str]) -> float:
    """Share of the words of either that both have."""
    first, second = set(one), set(other)
    return len(first & second) / max(1, len(first | second))


def _unrelated(name: str, pairs: Iterable[tuple[Text, Text]]) -> tuple[str, ...]:
    total = hits = 0
    for one, other in pairs:
        total += 1
        hits += is_near(TEXTS, one.hash, other.hash)
    return name, f"{total:,}", str(hits), alarm_cell(hits, total)


def _variants(texts: Sequence[Text]) -> Table:
    source = random.Random(SEED)
    pool = [word for one in texts for word in one.words]
    rows = []
    for share in CHANGED:
        ours = peer = total = 0
        for one in texts:
            words = changed(one.words, share, pool, source)
            hashed = text_hash(words)
            if hashed is None:
                continue
            total += 1
            ours += is_near(TEXTS, one.hash, hashed)
            peer += _minhash(one.words).jaccard(_minhash(words)) >= PEER_AT
        rows.append((f"{share:.0%}", f"{total:,}", recall_cell(ours, total), recall_cell(peer, total)))
    note = (
        "Half of the changed words are replaced by another mail's, a quarter left out, a quarter put in. datasketch:"
        f" MinHash of 128 permutations (512 bytes a text; ours 16), linked from a likeness of {PEER_AT}."
    )
    columns = ("words changed", "mails", "linked, %", "datasketch, %")
    return Table("Variants of one scam mail", columns, tuple(rows), note)


def changed(words: Sequence[str], share: float, pool: Sequence[str], source: random.Random) -> list[str]:
    """A variant: ``share`` of the words replaced, left out or followed by another."""
    found: list[str] = []
    for word in words:
        dice = source.random()
        if dice >= share / 2:
            found += [] if dice < share * 0.75 else [word]
        if dice < share / 2 or share * 0.75 <= dice < share:
            found.append(source.choice(pool))
    return found


def _pictures(width: int, height: int, scale: float, other: bool) -> Iterator[tuple[str, bytes]]:
    from playwright.sync_api import sync_playwright

    mixed = """() => { const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT); let node;
      while ((node = walk.nextNode())) node.nodeValue = node.nodeValue.replace(/[0-9]/g, (d) => (+d + 3) % 10); }"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
        for path in sorted((ROOT / "tests/pages").glob("*/*.html")):
            page.goto(path.as_uri())
            if other:
                page.evaluate(mixed)
            yield path.stem, page.screenshot()
        browser.close()


def _reports(source: random.Random, texts: Sequence[list[str]]) -> Iterator[Made]:
    """Campaigns of 1 to 200 reports, most of them small, mixed in time."""
    pool = [word for words in texts for word in words]
    sizes: list[int] = []
    while sum(sizes) < REPORTS:
        sizes.append(min(200, REPORTS - sum(sizes), int(source.paretovariate(0.9))))
    order = [campaign for campaign, size in enumerate(sizes) for _ in range(size)]
    source.shuffle(order)
    bases = [source.choices(pool, k=source.randrange(60, 300)) for _ in sizes]
    looks = [source.getrandbits(131) for _ in sizes]
    for number, campaign in enumerate(order):
        words = changed(bases[campaign], 0.08, pool, source)
        bits = source.sample(range(131), source.randrange(4))
        picture = looks[campaign] ^ sum(1 << bit for bit in bits)
        host = f"site{campaign}-{source.randrange(1 + sizes[campaign] // 4)}.example.com"
        domain = host.partition(".")[0] + ".com"
        marks = [
            Mark("domain", domain),
            Mark("text", text_hash(words) or ""),
            Mark("picture", f"{picture:033x}"),
            Mark("ip", _address(campaign, source)),
            Mark("certificate", f"{xxhash.xxh3_128_intdigest(domain.encode()):064x}"),
        ]
        if campaign % 3 == 0:
            marks.append(Mark("sender", f"a{campaign}-{source.randrange(4)}@example.com"))
        case = Case(
            str(uuid.UUID(int=source.getrandbits(128))), "page", NOW + timedelta(minutes=number), f"https://{domain}/x",
            level="DANGER", reasons=("L’adresse imite celle des impôts.",), signals=("lookalike",),
        )  # fmt: skip
        draft = Draft(channel="netcraft", case=case.id, to="report.netcraft.com", subject=f"url:{number}", fields=())
        yield Made(case, draft, tuple(marks), campaign, _minhash(words))


def _address(campaign: int, source: random.Random) -> str:
    """Three campaigns in ten lie on one of twenty hosts of many, the others on one to three machines of their own."""
    if campaign % 10 < 3:
        return f"203.0.113.{campaign % 20}"
    return f"10.{campaign >> 8}.{campaign & 255}.{source.randrange(3)}"


def _minhash(words: Iterable[str]) -> MinHash:
    made = MinHash(num_perm=128)
    made.update_batch([word.encode() for word in set(words)])
    return made


def _exact(made: Sequence[Made]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(len(made)))
    holders: dict[Mark, int] = {}
    for number, one in enumerate(made):
        for mark in one.marks:
            if mark.kind not in {"text", "picture", "ip", "certificate"}:
                graph.add_edge(holders.setdefault(mark, number), number)
    return graph


def _every_pair(made: Sequence[Made]) -> int:
    graph = _exact(made)
    hashes = [int(one.marks[1].value, 16) for one in made]
    for number, one in enumerate(hashes):
        for other in range(number):
            if (one ^ hashes[other]).bit_count() <= TEXTS.most:
                graph.add_edge(number, other)
    return sum(1 for _ in nx.connected_components(graph))


def _peer(made: Sequence[Made]) -> int:
    graph, index = _exact(made), MinHashLSH(threshold=PEER_AT, num_perm=128)
    for number, one in enumerate(made):
        for other in index.query(one.minhash):
            graph.add_edge(number, other)
        index.insert(number, one.minhash)
    return sum(1 for _ in nx.connected_components(graph))


def _agreement(made: Sequence[Made], found: Sequence[Sequence[str]]) -> str:
    """How what was found compares to what was generated, in pairs of reports."""
    campaign = {one.case.id: one.campaign for one in made}
    true = sum(size * (size - 1) // 2 for size in Counter(campaign.values()).values())
    together = right = 0
    for cases in found:
        together += len(cases) * (len(cases) - 1) // 2
        right += sum(size * (size - 1) // 2 for size in Counter(campaign[case] for case in cases).values())
    largest = max(map(len, found))
    return (
        f"{len(found):,} campaigns, the largest of {largest}; {100 * right / true:.1f}% of the pairs that belong"
        f" together are found together, {together - right:,} pairs of {together:,} do not belong."
    )


def _median(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1e3:.1f} ms"


SECTIONS: dict[str, Callable[[Run], Iterable[Table]]] = {
    "outbox": Run.outbox,
    "likeness": Run.likeness,
    "pictures": Run.pictures,
    "speed": Run.speed,
}


@click.command()
@click.argument("sections", nargs=-1, required=True, type=click.Choice(list(SECTIONS)))
def main(sections: tuple[str, ...]) -> None:
    """Measure SECTIONS and write them into the page."""
    run = Run()
    if "likeness" in sections and not DATA.is_dir():
        sys.exit("no evaluation data: set GUETTEUR_DATA")
    for section in sections:
        text = markdown(SECTIONS[section](run), heading="###")
        print(text)
        write_section(PAGE, section, text)


if __name__ == "__main__":
    main()
