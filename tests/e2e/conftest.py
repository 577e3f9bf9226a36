"""One web, one daemon, one build for the session; a browser per module and engine, or a fresh one where it matters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

ROOT = Path(__file__).parents[2]
sys.path[:0] = [entry for entry in (str(ROOT / "tests"), str(ROOT / "daemon")) if entry not in sys.path]

from support import pages  # noqa: E402
from support.browser import Browser, Setup, running  # noqa: E402
from support.certs import Authority  # noqa: E402
from support.chromium import Chromium  # noqa: E402
from support.daemon import Daemon, install_relay, install_stub  # noqa: E402
from support.firefox import Firefox  # noqa: E402
from support.rdap_site import RdapSite  # noqa: E402
from support.sites import Site  # noqa: E402
from support.webmail import letters  # noqa: E402
from support.webmail.imap import Imap  # noqa: E402
from support.webmail.reading import Reader  # noqa: E402
from support.webmail.roundcube import Roundcube  # noqa: E402
from support.webmail.sogo import Sogo  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

ENGINES: dict[str, type[Browser]] = {"chromium": Chromium, "firefox": Firefox}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything below this folder, and let it share one event loop: browsers live longer than a test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if isinstance(item, pytest.Function) and pytest_asyncio.is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run in every engine; ``GUETTEUR_BROWSERS=firefox`` chooses. One that is not installed is skipped by name."""
    if "engine" in metafunc.fixturenames:
        wanted = os.environ.get("GUETTEUR_BROWSERS", "chromium,firefox").split(",")
        metafunc.parametrize("engine", [_engine(name) for name in wanted], scope="session")


def _engine(name: str) -> object:
    executable = sys.modules[ENGINES[name].__module__].EXECUTABLE
    missing = pytest.mark.skipif(not Path(executable).exists(), reason=f"{executable} is not installed")
    return pytest.param(name, marks=missing)


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A short folder of this run: unix sockets and native hosts dislike long paths."""
    folder = Path(tempfile.mkdtemp(prefix="guet-e2e-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def built(scratch: Path) -> dict[str, Path]:
    """The extension as it ships, built now and copied, so that a build beside us changes nothing under a browser."""
    subprocess.run(["node", "build.mjs"], cwd=ROOT / "extension", check=True, stdout=subprocess.DEVNULL)
    copies = {}
    for name in ENGINES:
        copies[name] = scratch / "extension" / name
        shutil.copytree(ROOT / "dist/extension" / name, copies[name])
    return copies


@pytest.fixture(scope="session")
def authority(scratch: Path) -> Authority:
    """The certificate authority browsers under test trust."""
    return Authority(scratch / "ca")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(authority: Authority) -> AsyncIterator[Site]:
    """The web."""
    site = Site(authority)
    await site.start()
    yield site
    await site.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def daemon() -> AsyncIterator[Daemon]:
    """The daemon all browsers share; tests that stop it use ``own_daemon``."""
    daemon = Daemon()
    await daemon.start()
    yield daemon
    await daemon.close()


@pytest_asyncio.fixture(loop_scope="session")
async def own_daemon() -> AsyncIterator[Daemon]:
    """A daemon of this test alone."""
    daemon = Daemon()
    await daemon.start()
    yield daemon
    await daemon.close()


@pytest_asyncio.fixture(loop_scope="session")
async def registry(authority: Authority) -> AsyncIterator[RdapSite]:
    """A registry where every domain is three days old."""
    registry = RdapSite(authority)
    await registry.start()
    yield registry
    await registry.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def aged(registry: RdapSite, authority: Authority) -> AsyncIterator[Daemon]:
    """A daemon that asks it."""
    daemon = Daemon(command=(str(ROOT / "tests/support/aged_daemon.py"), str(registry.port), str(authority.pem)))
    await daemon.start()
    yield daemon
    await daemon.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mail_server() -> AsyncIterator[Imap]:
    """One mailbox, which tests fill with what they want read."""
    imap = Imap()
    try:
        await imap.start()
        yield imap
    finally:
        await imap.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def roundcube(mail_server: Imap, site: Site) -> AsyncIterator[Roundcube]:
    """Roundcube over it; a webmail that is not installed is an error, since every mail test needs one."""
    roundcube = Roundcube(mail_server)
    try:
        await roundcube.start(site)
        yield roundcube
    finally:
        await roundcube.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sogo(mail_server: Imap, site: Site) -> AsyncIterator[Sogo]:
    """SOGo over the same mailbox."""
    sogo = Sogo(mail_server)
    try:
        await sogo.start(site)
        yield sogo
    finally:
        await sogo.close()


@pytest.fixture(scope="session")
def factory(scratch: Path, built: dict[str, Path], site: Site) -> Callable[[str], Callable[..., Browser]]:
    """Engine name -> builder of browsers that are not started yet; ``None`` for a daemon: the hostile stub host."""
    return lambda engine: _factory(scratch, built, site, engine)


@pytest.fixture
def prepare(factory: Callable[[str], Callable[..., Browser]], engine: str) -> Callable[..., Browser]:
    """Build a browser of this test's engine that is not started yet."""
    return factory(engine)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(
    factory: Callable[[str], Callable[..., Browser]], daemon: Daemon, engine: str
) -> AsyncIterator[Browser]:
    """A running browser with the extension, shared by a module."""
    async with running(factory(engine)(daemon)) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reader(browser: Browser, roundcube: Roundcube, mail_server: Imap) -> Reader:
    """A person who reads mail in Roundcube, shared by a module, and has agreed that Guetteur reads along."""
    await pages.set_language(browser, "fr")
    reader = Reader(browser, roundcube, mail_server)
    await reader.sit_down()
    await reader.open("ordinary", letters.ordinary())
    await reader.agree()
    return reader


def _factory(scratch: Path, built: dict[str, Path], site: Site, engine: str) -> Callable[..., Browser]:
    def make(daemon: Daemon | None, *, extension: bool = True) -> Browser:
        root = Path(tempfile.mkdtemp(prefix=f"{engine}-", dir=scratch))
        setup = Setup(
            root=root,
            extension=built[engine] if extension else None,
            http_port=site.http_port,
            https_port=site.https_port,
            trust=site.authority.trust_in,
            install_host=(lambda setup: install_relay(setup, daemon)) if daemon else install_stub,
            env=daemon.env if daemon else {},
        )
        return ENGINES[engine](setup)

    return make
