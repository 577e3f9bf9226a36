"""Kills syncs, publishes and rotations at random points and looks at what is left; run by `test_kills`.

One process imports everything once; each point is a fork of it that ends by SIGKILL: at a random one of its file
operations (Python's audit events), or after a random time, which also hits writes and the network. Points are drawn
one from each of equal slices of the run, so that 200 of them leave no step out.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tuf.ngclient.fetcher import FetcherInterface

from guetteur.lists.index import INDEX_TARGET, NEVER_BLOCK_TARGET, decode_index
from guetteur.lists.tufapi import Updater
from guetteur.publish.keys import ROLES
from guetteur.publish.repository import publish
from guetteur.publish.rotation import rotate
from support.lists import HOSTS, NEVER_BLOCK, NOW, Publisher, User

V1, V2 = HOSTS, HOSTS | {"new.example"}
EVENTS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.chmod",
    "os.listdir",
    "os.scandir",
}


class Killer:
    """Forks; kills."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.events = 0
        self.seconds = 0.0
        self._count, self._kill_at = 0, None
        self._told: Path | None = None
        sys.addaudithook(self._hook)

    def _hook(self, event: str, _args: object) -> None:
        if event in EVENTS:
            self._count += 1
            if self._count == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def measure(self, work: Callable[[], object]) -> None:
        """One undisturbed run: how many events, how long."""
        read, write = os.pipe()
        began = time.monotonic()
        if not (pid := os.fork()):
            self._count = 0
            work()
            os.write(write, str(self._count).encode())
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        self.seconds = time.monotonic() - began
        self.events = int(os.read(read, 20))
        os.close(read)
        os.close(write)
        print(self.events, "events", round(self.seconds, 3), "s", file=sys.stderr)
        assert self.events > 20

    def strike(self, work: Callable[[], object], point: int, points: int) -> bool:
        """Run and kill in slice ``point`` of ``points``; whether it was killed before its end."""
        by_event = self.random.random() < 0.7
        share = (point + self.random.random()) / points
        if not (pid := os.fork()):
            self._count, self._kill_at = 0, 1 + int(share * self.events) if by_event else None
            work()
            os._exit(0)
        if not by_event:
            time.sleep(share * self.seconds)
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        return os.WIFSIGNALED(status)


class FileFetcher(FetcherInterface):
    """The real TUF client on a folder."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = Path(url.removeprefix("file://"))
        if not path.is_file():
            from tuf.api.exceptions import DownloadHTTPError

            raise DownloadHTTPError(url, 404)
        yield path.read_bytes()


def published_version(repo: Path, root: bytes, scratch: Path) -> str:
    """What a new client is led to, every file fetched and verified."""
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "targets").mkdir(parents=True)
    updater = Updater(
        str(scratch),
        f"file://{repo}/metadata",
        str(scratch / "targets"),
        f"file://{repo}/targets",
        fetcher=FileFetcher(),
        bootstrap=root,
    )
    updater._trusted_set.reference_time = NOW
    updater.refresh()
    names = [*updater._trusted_set.targets.targets, NEVER_BLOCK_TARGET]
    for name in names:
        target = updater.get_targetinfo(name)
        assert target is not None, name
        path = updater.download_target(target)
        if name == INDEX_TARGET:
            version = decode_index(Path(path).read_bytes()).version
    return version


def kill_syncs(home: Path, points: int, seed: int, url: str) -> int:
    root = (home / "root.json").read_bytes()
    killer, killed = Killer(seed), 0

    def fresh() -> User:
        shutil.rmtree(home / "run", ignore_errors=True)
        shutil.copytree(home / "template", home / "run")
        return User(home / "run", url, root)

    fresh().sync()  # what is imported late is imported now, or it would count
    killer.measure(fresh().sync)
    for point in range(points):
        user = fresh()
        killed += killer.strike(user.sync, point, points)
        after = User(home / "run", url, root)
        assert after.hosts() in (V1, V2), point
        assert after.store.verify() == (), point
        result = after.sync()
        assert (result.outcome in {"updated", "up_to_date"}, after.hosts()) == (True, V2), (point, result)
        assert not [*(home / "run/lists/incoming").iterdir()]
        assert not [*(home / "run/lists").rglob(".part-*")]
    return killed


def kill_publishes(home: Path, points: int, seed: int) -> int:
    template, killer, killed = Publisher(home / "template"), Killer(seed), 0
    root = template.root
    template.ring.signers([info.keyid for info in template.ring.show()], 7, "all")  # decrypt once

    def fresh() -> Publisher:
        shutil.rmtree(home / "run", ignore_errors=True)
        return template.copy_to(home / "run")

    def work(publisher: Publisher) -> None:
        files = publisher.artefacts("v2", V2, never_block=[*NEVER_BLOCK, "new.gouv.fr"])
        publish(publisher.repo, files, publisher.ring, NOW, keep=1)

    work(fresh())
    ready = fresh()
    killer.measure(lambda: work(ready))
    for point in range(points):
        publisher = fresh()
        killed += killer.strike(lambda: work(publisher), point, points)  # noqa: B023 -- called at once
        assert published_version(publisher.repo, root, home / "client") in {"v1", "v2"}, point
        work(publisher)
        assert published_version(publisher.repo, root, home / "client") == "v2", point
        assert not [*publisher.repo.rglob(".part-*")]
    return killed


def kill_rotations(home: Path, points: int, seed: int) -> int:
    template, killer, killed = Publisher(home / "template"), Killer(seed), 0
    root = template.root
    template.ring.signers([info.keyid for info in template.ring.show()], 7, "all")

    def fresh() -> Publisher:
        shutil.rmtree(home / "run", ignore_errors=True)
        return template.copy_to(home / "run")

    first = fresh()
    rotate(first.repo, first.ring, "never-block", NOW)
    second = fresh()
    killer.measure(lambda: rotate(second.repo, second.ring, "never-block", NOW))
    for point in range(points):
        publisher, role = fresh(), killer.random.choice(ROLES)
        killed += killer.strike(lambda: rotate(publisher.repo, publisher.ring, role, NOW), point, points)  # noqa: B023
        assert published_version(publisher.repo, root, home / "client") == "v1", (point, role)
        done = rotate(publisher.repo, publisher.ring, role, NOW)
        assert len(done.added) == len(done.removed) == (3 if role == "root" else 1), (point, role)
        assert published_version(publisher.repo, root, home / "client") == "v1", (point, role)
    return killed


def main() -> None:
    what, home, points, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    tempfile.tempdir = str(home)
    match what:
        case "sync":
            killed = kill_syncs(home, points, seed, sys.argv[5])
        case "publish":
            killed = kill_publishes(home, points, seed)
        case _:
            killed = kill_rotations(home, points, seed)
    print(killed)


if __name__ == "__main__":
    main()
