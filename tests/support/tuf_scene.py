"""A publisher, a server, a user: the scene of the attacks on lists."""

import shutil
from pathlib import Path

from aiohttp import web

from guetteur.lists.sync import read_status
from guetteur.publish.metadata import load, sign
from support.lists import (
    HOSTS,
    NOW,
    ListServer,
    Publisher,
    User,
)

V1, V2, V3 = HOSTS, HOSTS | {"new.example"}, HOSTS | {"newer.example"}


class Scene:
    """A publisher with v1 out, a server, a user who has v1."""

    def __init__(self, home: Path, publisher: Publisher) -> None:
        self.home = home
        self.publisher = publisher
        self.server = ListServer(publisher.repo)
        self.user = self.someone("user")

    def someone(self, name: str, **setup: object) -> User:
        return User(self.home / name, self.server.url, self.publisher.root, **setup)

    def refused(self, code: str, *, now=NOW, has: set[str] | None = V1, **options: object) -> str:
        """The sync fails with ``code``, says so in the status, and the list in use is what it was."""
        result = self.user.sync(now, **options)
        assert result.error is not None, result
        assert (result.outcome, result.error.code) == ("failed", code), result.error
        assert self.user.hosts() == has
        status = read_status(self.user.store, now)
        assert status.last_error is not None
        assert status.last_error.code == code
        assert result.error.hint
        assert not [*(self.user.store.folder / "incoming").iterdir()]
        return result.error.message

    def documents(self, role: str, change) -> bytes:
        """``role``'s published document, changed and signed with its own (stolen) key."""
        documents = load(self.publisher.repo)
        document = getattr(documents, role)
        change(document)
        wanted = documents.root.roles[role]
        return sign(document, self.publisher.ring.signers(wanted.keyids, wanted.threshold, role))

    def snapshot_repo(self, name: str) -> Path:
        return Path(shutil.copytree(self.publisher.repo, self.home / name))


def serve(content: bytes):
    async def hook(_request: web.Request, _content: bytes) -> web.Response:
        return web.Response(body=content)

    return hook
