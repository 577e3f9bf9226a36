"""What leaves, noted by nobody: for tests of parts that something else begins an errand for."""

from datetime import UTC, datetime

from guetteur.egress import Left, Outcome


class Unkept:
    """A ledger that keeps nothing."""

    def begun(self, left: Left) -> datetime:
        return datetime.now(UTC)

    def ended(self, left: Left, begun_at: datetime, outcome: Outcome) -> None:
        pass
