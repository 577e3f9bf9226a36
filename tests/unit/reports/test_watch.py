"""A reported page is looked at now and then, and closed only when two looks say so."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from guetteur.lookup.addresses import Addresses
from guetteur.reports.network.dns import Dns
from guetteur.reports.outbox_file import OutboxFile
from guetteur.reports.still_there import look
from guetteur.reports.watch import CONFIRM, LONGEST, MOST_LOOKS, PAUSES, Lookout, Watches

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CASE = "7c2c4c4e-8a55-4a59-9e0d-1a8f1b0a0001"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def wall(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - NOW).total_seconds() + 10 * 365 * 86_400


class Page:
    """A server with one page, whose status a test sets."""

    def __init__(self) -> None:
        self.status, self.asked = 200, 0
        self.headers: dict[str, str] = {}
        self.seen: list[dict[str, str]] = []
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        self.seen.append(dict(request.headers))
        return web.Response(status=self.status, headers=self.headers, body=b"x" * 200_000)

    @property
    def url(self) -> str:
        return f"http://scam.example:{self.port}/login"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    page.port = runner.addresses[0][1]
    yield page
    await runner.cleanup()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watches(tmp_path: Path, clock: Clock) -> Iterator[Watches]:
    with closing(OutboxFile(tmp_path / "outbox.db")) as file:
        yield Watches(file, clock.wall, clock.monotonic)


def knows(*addresses: str, error: int | None = None) -> Addresses:
    async def resolve(_host: str) -> list[str]:
        if error is not None:
            raise socket.gaierror(error, "as a resolver says it")
        return list(addresses)

    return Addresses(resolve, lambda _address: True)


HERE = knows("127.0.0.1")


async def test_nothing_is_asked_before_an_hour_and_less_and_less_often(
    watches: Watches, clock: Clock, page: Page
) -> None:
    lookout = Lookout(watches, HERE)
    watches.begin(CASE, page.url)
    assert watches.of(CASE).state == "waiting"  # type: ignore[union-attr]
    asked = []
    while clock.now < NOW + timedelta(days=40):
        if await lookout.run():
            asked.append(clock.now - NOW)
        clock.now += timedelta(minutes=30)
    assert asked[:4] == [sum(PAUSES[: number + 1], timedelta()) for number in range(4)]
    assert len(asked) == page.asked == MOST_LOOKS
    assert asked[-1] < LONGEST
    found = watches.of(CASE)
    assert found
    assert (found.state, found.on, found.checks) == ("open", False, MOST_LOOKS)


async def test_two_looks_close_a_page_and_one_opens_it_again(watches: Watches, clock: Clock, page: Page) -> None:
    lookout = Lookout(watches, HERE)
    watches.begin(CASE, page.url)
    clock.now += PAUSES[0]
    page.status = 404
    (first,) = await lookout.run()
    doubted = clock.now
    assert (first.state, first.closed_at) == ("unknown", None)
    assert await lookout.run() == ()
    clock.now += CONFIRM
    (second,) = await lookout.run()
    assert (second.state, second.closed_at) == ("closed", doubted)
    page.status = 200
    clock.now += timedelta(days=1)
    (third,) = await lookout.run()
    assert (third.state, third.closed_at) == ("open", None)


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_a_server_that_does_not_say_changes_nothing(
    watches: Watches, clock: Clock, page: Page, status: int
) -> None:
    lookout = Lookout(watches, HERE)
    watches.begin(CASE, page.url)
    page.status = status
    for _ in range(4):
        clock.now += timedelta(days=1)
        (found,) = await lookout.run()
        assert (found.state, found.closed_at) == ("unknown", None)


async def test_a_masked_address_is_closed_only_after_it_was_seen_open(
    watches: Watches, clock: Clock, page: Page
) -> None:
    lookout = Lookout(watches, HERE)
    watches.begin(CASE, f"{page.url}?token=REDACTED")
    for status, state in ((404, "unknown"), (404, "unknown"), (200, "open"), (404, "open"), (404, "closed")):
        page.status = status
        clock.now += timedelta(days=1)
        (found,) = await lookout.run()
        assert found.state == state


@pytest.mark.parametrize("seen", [False, True])
async def test_a_name_that_is_denied_closes_only_what_was_seen_open(
    watches: Watches, clock: Clock, page: Page, seen: bool
) -> None:
    """A filter that protects this machine denies the name from the first look on."""
    watches.begin(CASE, page.url)
    for found in (["open"] if seen else []) + ["unnamed", "unnamed"]:
        clock.now += timedelta(days=1)
        (due,) = watches.due()
        after = watches.seen(due, found)  # type: ignore[arg-type]
    assert after.state == ("closed" if seen else "unknown")


async def test_ended_and_begun_again(watches: Watches, clock: Clock, page: Page) -> None:
    lookout = Lookout(watches, HERE)
    watches.begin(CASE, page.url)
    watches.end(CASE)
    clock.now += timedelta(days=2)
    assert await lookout.run() == ()
    assert watches.of(CASE).on is False  # type: ignore[union-attr]
    watches.begin(CASE, page.url)
    assert await lookout.run() == ()
    clock.now += PAUSES[0]
    assert len(await lookout.run()) == 1
    assert watches.of("another") is None


async def test_a_clock_put_back_or_ahead_by_a_year(watches: Watches, clock: Clock, page: Page) -> None:
    lookout = Lookout(watches, HERE)
    watches.begin(CASE, page.url)
    began = clock.now
    clock.now -= timedelta(days=365)
    assert await lookout.run() == ()
    clock.now = began + timedelta(days=365)
    (found,) = await lookout.run()
    assert (found.state, found.on) == ("open", False)  # a month was agreed to


async def test_it_outlives_the_process(tmp_path: Path, clock: Clock, page: Page) -> None:
    first = OutboxFile(tmp_path / "outbox.db")
    Watches(first, clock.wall, clock.monotonic).begin(CASE, page.url)
    first.close()
    clock.now += PAUSES[0]
    with closing(OutboxFile(tmp_path / "outbox.db")) as file:
        again = Watches(file, clock.wall, lambda: 5.0)
        assert [watch.case for watch in await Lookout(again, HERE).run()] == [CASE]


async def test_an_ordinary_visitor_asks(page: Page) -> None:
    assert await look(page.url, HERE) == "open"
    (headers,) = page.seen
    assert not {"Cookie", "Referer", "Authorization", "Origin"} & set(headers)
    assert "guetteur" not in str(headers).lower()


async def test_redirects_are_followed_a_little(page: Page) -> None:
    page.status, page.headers = 302, {"Location": "/again"}
    assert await look(page.url, HERE) == "unknown"
    assert page.asked == 4


def only_named(host: str, address: str) -> Callable[[str], object]:
    async def resolve(asked: str) -> list[str]:
        return [address if asked == host else asked]

    return resolve


async def test_a_redirect_to_this_machine_is_not_followed(page: Page) -> None:
    page.status, page.headers = 302, {"Location": f"http://127.0.0.2:{page.port}/router"}
    judged = Addresses(only_named("scam.example", "127.0.0.1"), lambda address: str(address) == "127.0.0.1")  # type: ignore[arg-type]
    assert await look(page.url, judged) == "unknown"
    assert page.asked == 1


@pytest.mark.parametrize(("name", "found"), [("gone.example", "unnamed"), ("scam.example", "unknown")])
async def test_a_name_that_is_no_more_is_told_from_being_offline(name: str, found: str) -> None:
    """The system knows no address in either case; the name servers say which it is."""

    async def is_no_more(host: str) -> bool:
        return host == "gone.example"

    assert await look(f"http://{name}/", knows(error=socket.EAI_NONAME), is_no_more) == found


async def test_without_name_servers_nothing_is_said() -> None:
    async def nobody_says(_host: str) -> bool:
        return (await Dns((), 9, 0.2).ask("scam.example", "A")).state == "no_name"

    assert await look("http://scam.example/", knows(error=socket.EAI_AGAIN), nobody_says) == "unknown"


async def test_nobody_listens() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert await look(f"http://scam.example:{nobody.getsockname()[1]}/", HERE) == "gone"


@pytest.mark.parametrize("url", ["", "javascript:1", "http://", "ftp://scam.example/"])
async def test_no_address_of_a_page(url: str) -> None:
    assert await look(url, HERE) == "unknown"
