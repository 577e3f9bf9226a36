"""What a published state is called."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guetteur.lists.index import Index
from guetteur.publish.release import KEPT, next_version

NOW = datetime(2026, 11, 29, 20, 0, 59, 900_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("20261128T235959Z", "20261129T200059Z"),
        ("20261129T200059Z", "20261129T200100Z"),  # twice in one second
        ("20271231T235959Z", "20280101T000000Z"),  # by a clock that ran ahead
    ],
)
def test_a_version_is_later_than_the_last_published_one(tmp_path: Path, last: str, expected: str) -> None:
    assert next_version(tmp_path, NOW) == "20261129T200059Z"
    index = Index(version=last, digest="0" * 32, built_at=NOW, entries=0, full=f"lists/{last}")
    (tmp_path / KEPT).mkdir()
    (tmp_path / KEPT / "index.json").write_bytes(index.encode())
    assert next_version(tmp_path, NOW) == expected
    assert next_version(tmp_path, NOW + timedelta(days=3650)) == "20361126T200059Z"
