"""Trains the weights of the host-name signals: ``make train``, on the evaluation data (GUETTEUR_DATA).

Reads ``hosts/lookalike_fr.csv`` (confirmed and suspicious imitations) and ``hosts/benign.csv.gz``, lets the product's
own signals read every host, and fits two layers by logistic regression: two tables of hashed letter sequences (the
``wording`` signal), then the cues of all signals with those tables' answers among them. Only hosts that name a body
reach the second layer; the first one also learns from a sample of the others how honest names are written. The second
layer is fitted on answers that the first one gave for names it had not seen.

Writes ``weights.toml`` (to be read and reviewed), ``form.bin``, ``letters.bin``, and for `guetteur evaluate --scored`:

- ``build/scored/cross_validated.csv``: each host's points by models that saw no host of its registrable domain;
- ``build/scored/before_2026.csv``: points of the imitations first seen in 2026 by models trained on earlier ones only.

The same data give the same files: folds come from a hash of the registrable domain, the solver from a fixed seed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import msgspec
import numpy as np
from hosts import WORDING, Host, read_hosts
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from guetteur.core.model import ModelFile, NameModel, Table, buckets
from guetteur.core.signal import CAUTION_POINTS, DANGER_POINTS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDS = 5
TABLE_SIZE = 1 << 16
WORDING_C, CUES_C = 1.0, 0.7
"""Strength of the fit; found by cross-validation."""
QUIET_HOSTS = 120_000
"""Honest hosts that name nobody, for the first layer."""
LEAST_SEEN = 5
"""A cue seen on fewer hosts is chance."""
CALM_PER_100K, CAUTION_PER_100K, DANGER_PER_100K = 100.0, 9.0, 0.9
"""False alarms per 100,000 benign hosts at which the levels begin, counted on hosts no model had seen."""


class Data:
    """Matrices over the hosts that name a body."""

    def __init__(self, hosts: list[Host]) -> None:
        self.hosts = [host for host in hosts if host.cues is not None]
        self.benign_total = sum(host.label not in ("confirmed", "suspicious") for host in hosts)
        self.bad = np.array([host.label in ("confirmed", "suspicious") for host in self.hosts])
        self.year = np.array([host.year for host in self.hosts])
        self.trusted = np.array([host.trusted for host in self.hosts])
        self.most = np.array([host.most for host in self.hosts])
        self.fold = folds(self.hosts)
        quiet = [host for host in hosts if host.cues is None and host.label == "benign"]
        quiet.sort(key=lambda host: crc32(host.host.encode()))
        quiet = quiet[:QUIET_HOSTS]
        self.quiet_fold = folds(quiet)
        self.quiet = [sequences([host.host for host in quiet])] * 2
        seen = Counter(cue for host in self.hosts for cue in host.cues or ())
        vectorizer = DictVectorizer()
        self.cues = vectorizer.fit_transform(
            [{cue: value for cue, value in (host.cues or {}).items() if seen[cue] >= LEAST_SEEN} for host in self.hosts]
        ).tocsr()
        self.names: list[str] = list(vectorizer.get_feature_names_out())
        self.tables = [
            sequences([host.form for host in self.hosts]),
            sequences([host.host for host in self.hosts]),
        ]


def folds(hosts: list[Host]) -> np.ndarray:
    """The fold of each host: hosts of one registrable domain stay together."""
    return np.array([crc32(host.domain.encode()) % FOLDS for host in hosts])


def sequences(texts: list[str]) -> csr_matrix:
    """One row a text, one column a cell of the table."""
    places = [sorted(buckets(text, TABLE_SIZE)) for text in texts]
    starts = np.cumsum([0, *map(len, places)])
    flat = np.concatenate([np.array(row) for row in places])
    return csr_matrix((np.ones(len(flat), dtype=np.float32), flat, starts), shape=(len(places), TABLE_SIZE))


def fit(matrix: csr_matrix, labels: np.ndarray, strength: float) -> LogisticRegression:
    """One layer."""
    return LogisticRegression(C=strength, solver="liblinear", random_state=0, max_iter=1000).fit(matrix, labels)


def fit_table(data: Data, table: int, chosen: np.ndarray, known: set[int]) -> LogisticRegression:
    """One table of the first layer, on the ``chosen`` hosts and the quiet ones of the folds ``known``."""
    quiet = np.isin(data.quiet_fold, list(known))
    matrix = vstack([data.tables[table][chosen], data.quiet[table][quiet]])
    labels = np.concatenate([data.bad[chosen], np.zeros(quiet.sum(), dtype=bool)])
    return fit(matrix, labels, WORDING_C)


def fit_both(data: Data, usable: np.ndarray, known: set[int]) -> tuple[list[LogisticRegression], LogisticRegression]:
    """Both layers on the ``usable`` hosts of the folds ``known``."""
    chosen = usable & np.isin(data.fold, list(known))
    jobs = [(table, chosen & (data.fold != fold), known - {fold}) for table in (0, 1) for fold in sorted(known)]
    jobs += [(table, chosen, known) for table in (0, 1)]
    done = Parallel(n_jobs=-1)(delayed(fit_table)(data, *job) for job in jobs)
    said = np.zeros((len(data.hosts), 2))
    for (table, _, seen), first in zip(jobs, done, strict=True):
        for fold in known - seen:
            held = chosen & (data.fold == fold)
            said[held, table] = first.decision_function(data.tables[table][held])
    return done[-2:], fit(joined(data, said)[chosen], data.bad[chosen], CUES_C)


def joined(data: Data, said: np.ndarray) -> csr_matrix:
    """Cues and wording side by side."""
    return hstack([data.cues, csr_matrix(said)]).tocsr()


def held_out(data: Data, usable: np.ndarray) -> np.ndarray:
    """Log-odds of each host by models fitted on the other folds' ``usable`` hosts."""
    answer = np.zeros(len(data.hosts))
    for fold in range(FOLDS):
        tables, second = fit_both(data, usable, set(range(FOLDS)) - {fold})
        held = data.fold == fold
        said = np.column_stack(
            [table.decision_function(matrix) for table, matrix in zip(tables, data.tables, strict=True)]
        )
        answer[held] = second.decision_function(joined(data, said)[held])
    return answer


class Levels(NamedTuple):
    """Log-odds at which nothing is said, and at which the levels begin."""

    calm: float
    caution: float
    danger: float


def thresholds(data: Data, log_odds: np.ndarray, among: np.ndarray | None = None) -> Levels:
    """Where so many benign hosts (of those ``among``) would still raise a false alarm."""
    counted = ~data.bad & ~data.trusted & (among if among is not None else True)
    total = data.benign_total * (among.mean() if among is not None else 1)

    def level(rate: float, least: float) -> float:
        honest = np.sort(log_odds[counted & (data.most >= least)])[::-1]
        allowed = max(1, round(rate * total / 1e5))
        return round(float((honest[allowed - 1] + honest[allowed]) / 2), 4)

    return Levels(
        level(CALM_PER_100K, 0), level(CAUTION_PER_100K, CAUTION_POINTS), level(DANGER_PER_100K, DANGER_POINTS)
    )


def table_of(first: LogisticRegression) -> Table:
    """A table in signed bytes."""
    scale = float(np.abs(first.coef_[0]).max()) / 127
    return Table(round(float(first.intercept_[0]), 4), scale, np.rint(first.coef_[0] / scale).astype(np.int8).tobytes())


def model_of(tables: list[LogisticRegression], second: LogisticRegression, data: Data, levels: Levels) -> ModelFile:
    """The shipped form."""
    weights = dict(zip([*data.names, *WORDING], second.coef_[0], strict=True))
    form, letters = map(table_of, tables)
    return ModelFile(
        bias=round(float(second.intercept_[0]), 4),
        **levels._asdict(),
        weights={cue: round(float(weight), 3) for cue, weight in sorted(weights.items()) if abs(weight) >= 0.01},
        form=form,
        letters=letters,
    )


def write_model(model: ModelFile) -> None:
    """``weights.toml`` and the tables."""
    lines = [
        "# Weights of the host-name signals, in log-odds. Written by train.py; read them before committing.",
        "# A cue is named by the signal in daemon/guetteur/signals/ that sees it.",
        *(f"{name} = {getattr(model, name)!r}" for name in ("bias", *Levels._fields)),
    ]
    for name in ("form", "letters"):
        table: Table = getattr(model, name)
        lines += ["", f"[{name}] # of {name}.bin", f"bias = {table.bias!r}", f"scale = {table.scale!r}"]
        (HERE / f"{name}.bin").write_bytes(table.cells)
    lines += ["", "[weights]", *(f'"{cue}" = {weight}' for cue, weight in model.weights.items())]
    (HERE / "weights.toml").write_text("\n".join(lines) + "\n", "utf-8")


def write_scored(path: Path, hosts: list[Host], data: Data, points: np.ndarray) -> None:
    """Points of every host as CSV, for `guetteur evaluate --scored`."""
    known = {host.host: score for host, score in zip(data.hosts, points, strict=True) if not host.trusted}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("host", "points", "level"))
        for host in hosts:
            score = known.get(host.host, 0.0)
            level = "DANGER" if score >= 2 else "CAUTION" if score >= 1 else "NO_KNOWN_RISK"
            writer.writerow((host.host, f"{score:.3f}", level))


def points_of(data: Data, log_odds: np.ndarray, model: ModelFile) -> np.ndarray:
    """Held-out log-odds as points, each fold by levels that were set on the others: a measurement, not a choice."""
    points = np.zeros(len(data.hosts))
    for fold in range(FOLDS):
        levels = thresholds(data, log_odds, data.fold != fold)
        scale = NameModel(msgspec.structs.replace(model, **levels._asdict()))
        held = data.fold == fold
        points[held] = np.minimum([scale.points(score) for score in log_odds[held]], data.most[held])
    return points


def main() -> None:
    """Train, and print what it came to on names no model had seen."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--data", type=Path, default=Path(os.environ.get("GUETTEUR_DATA", ROOT.parent / "shared/data"))
    )
    options.add_argument("--scored", type=Path, default=ROOT / "build/scored")
    asked = options.parse_args()
    if not (asked.data / "hosts").is_dir():
        sys.exit(f"no evaluation data in {asked.data}: set GUETTEUR_DATA")
    hosts = read_hosts(asked.data)
    data = Data(hosts)
    everything = np.ones(len(data.hosts), dtype=bool)
    scored = held_out(data, everything)
    model = model_of(*fit_both(data, everything, set(range(FOLDS))), data, thresholds(data, scored))
    write_model(model)
    recent = data.bad & (data.year >= "2026")
    earlier = held_out(data, ~recent)
    points, forecast = points_of(data, scored, model), points_of(data, earlier, model)
    write_scored(asked.scored / "cross_validated.csv", hosts, data, points)
    write_scored(asked.scored / "before_2026.csv", hosts, data, forecast)
    report(hosts, data, points, forecast)


def report(hosts: list[Host], data: Data, points: np.ndarray, forecast: np.ndarray) -> None:
    """Recall and false alarms at both levels on held-out names."""
    labels = np.array([host.label for host in data.hosts])
    shown = ~data.trusted
    print(f"{len(hosts):,} hosts, {len(data.hosts):,} name a body; {len(data.names)} cues")
    for name, least in (("CAUTION", 1), ("DANGER", 2)):
        alarms = np.sum(~data.bad & shown & (points >= least)) * 1e5 / data.benign_total
        parts = [f"{alarms:.1f} false alarms per 100,000"]
        for label in ("confirmed", "suspicious"):
            total = sum(host.label == label for host in hosts)
            parts.append(f"{label} {100 * np.sum((labels == label) & shown & (points >= least)) / total:.1f}%")
        recent = sum(host.year >= "2026" for host in hosts)
        found = np.sum(data.bad & (data.year >= "2026") & shown & (forecast >= least))
        missed = np.sum(~data.bad & shown & (forecast >= least)) * 1e5 / data.benign_total
        parts.append(f"first seen in 2026, trained on earlier: {100 * found / recent:.1f}% at {missed:.1f}")
        print(f"{name} or above: {', '.join(parts)}")


if __name__ == "__main__":
    main()
