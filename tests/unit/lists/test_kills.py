"""kill -9 at random points: the next start serves a complete list, old or new; `GUETTEUR_LONG=1` for 200 points."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from support.lists import HOSTS, ListServer, Publisher, User

ROOT = Path(__file__).parents[3]
LONG = os.environ.get("GUETTEUR_LONG") == "1"
POINTS = 200 if LONG else 20
SEED = int(os.environ.get("GUETTEUR_SEED", "1"))

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]


def run(what: str, home: Path, *more: str, points: int = POINTS) -> None:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("kill_points.py"), what, home, str(points), str(SEED), *more],
        env={**os.environ, "PYTHONPATH": str(ROOT / "daemon")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    killed = int(done.stdout)
    # Not all: a run may be quicker than the one that was measured, and root rotates in fewer steps.
    assert killed >= points // 3


def test_sync_survives_kills(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "publisher").begin()
    publisher.release("v1", HOSTS)
    server = ListServer(publisher.repo)
    try:
        user = User(tmp_path / "template", server.url, publisher.root)
        assert user.sync().version == "v1"
        (tmp_path / "root.json").write_bytes(publisher.root)
        publisher.release("v2", HOSTS | {"new.example"})
        run("sync", tmp_path, server.url)
    finally:
        server.close()


def test_publish_survives_kills(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "template").begin()
    publisher.release("v0", HOSTS)
    publisher.release("v1", HOSTS)
    run("publish", tmp_path)


def test_rotation_survives_kills(tmp_path: Path) -> None:
    Publisher(tmp_path / "template").begin().release("v1", HOSTS)
    run("rotate", tmp_path, points=POINTS // 2)
