"""kill -9 at random moments: nothing queued is lost, nothing is taken twice; `GUETTEUR_LONG=1` for 1,000 of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
POINTS = 1_000 if os.environ.get("GUETTEUR_LONG") == "1" else 60
SEED = int(os.environ.get("GUETTEUR_SEED", "1"))


@pytest.mark.timeout(900 if POINTS > 100 else 120)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_outbox_survives_kills(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("outbox_kills.py"), tmp_path, str(POINTS), str(SEED)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "daemon")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) == POINTS
