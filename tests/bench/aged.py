"""What the age of the domain would add: held-out points joined with ages drawn from real malicious domains."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from guetteur.core.prospects import WORTH_ASKING
from guetteur.core.signal import DANGER_POINTS
from guetteur.evaluate import Collection
from guetteur.evaluate.files import Score
from guetteur.evaluate.tables import Table
from guetteur.signals.domain_age import points_of_age


def measure(collection: Collection, scores: dict[str, Score], ages: Path) -> Table:
    """Expected share of DANGER, each host of its own domain at each of the sampled ages."""
    days = list(read_days(ages))
    wrong = {row.host for row in collection.wrong.lookalike}
    rows = []
    for label in ("confirmed", "suspicious"):
        alone = joined = total = 0.0
        for look in collection.lookalikes:
            if look.label != label or look.host in wrong:
                continue
            total += 1
            points = scores[look.host].points if look.host in scores else 0.0
            danger = points >= DANGER_POINTS
            alone += danger
            if danger or look.host_kind != "own" or points < WORTH_ASKING:
                joined += danger
            else:
                joined += sum(points + points_of_age(age) >= DANGER_POINTS for age in days) / len(days)
        rows.append((label, f"{total:,.0f}", f"{100 * alone / total:.1f}", f"{100 * joined / total:.1f}"))
    note = (
        f"Ages are those of {len(days):,} malicious domains when seen (`age/malicious_domain_created.csv`); a host "
        "on free hosting gets none. No honest host gains points: among benign sites that became popular lately "
        "none was younger than 90 days. An estimate, since the ages are not those of these very hosts."
    )
    return Table(
        "With the age of the domain", ("label", "hosts", "DANGER by name, %", "with age, %"), tuple(rows), note
    )


def read_days(path: Path) -> list[int]:
    """Days between creation and the day it was looked up."""
    with path.open(encoding="utf-8", newline="") as file:
        found = ((row["created"], row["checked_at"]) for row in csv.DictReader(file))
        return [(datetime.fromisoformat(seen[:10]) - datetime.fromisoformat(made[:10])).days for made, seen in found]
