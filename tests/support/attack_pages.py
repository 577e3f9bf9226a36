"""What a web page can do to reach a port of this machine, and a witness of what was sent and what was answered."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guetteur.config import Settings
from support.daemon import Daemon
from support.raw import Answer, parsed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

#: A name of the attacker's, which at first leads to the attacker's server and then to this machine.
REBOUND = "rebond.example"
#: What the witness answers in the attacker's place, on the very port that is attacked.
BEFORE = "/attaque"

_BODY = b"<!doctype html><title>x</title><body><h1 id=plain>x</h1>"
_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}\r\n\r\n"
PAGE = _HEAD.format(len(_BODY)).encode() + _BODY

#: Does all a page can with one address of the daemon; ``to`` is "host:port". Answers what could be read of it.
ATTACK = """(async (to) => {
  const told = {};
  const read = async (name, ask) => {
    try {
      const answer = await ask();
      told[name] = answer.type === 'opaque' ? 'opaque' : [answer.status, await answer.text()];
    } catch (error) { told[name] = String(error.name); }
  };
  const event = (name, element, attribute, address) => new Promise((done) => {
    const end = (how) => () => { told[name] = how; done(); };
    element.onload = end('load'); element.onerror = end('error'); setTimeout(end('silence'), 1500);
    element[attribute] = address;
    document.body.append(element);
  });
  const at = (path) => `http://${to}${path}`;
  const json = JSON.stringify({ url: 'http://attack.example/', lang: 'fr' });
  const plain = { method: 'POST', body: json };
  const typed = { ...plain, headers: { 'Content-Type': 'application/json' } };
  const open = (socket, name) => new Promise((done) => {
    const end = (how) => () => { told[name] = how; socket.close(); done(); };
    socket.onopen = end('open'); socket.onmessage = end('message'); socket.onerror = end('error');
    setTimeout(end('silence'), 1500);
  });
  const form = (kind) => {
    const frame = Object.assign(document.createElement('iframe'), { name: 'f' + Math.random() });
    const one = document.createElement('form');
    Object.assign(one, { method: 'POST', action: at('/v1/check/url'), enctype: kind, target: frame.name });
    one.innerHTML = `<input name='{"url":"http://attack.example/","lang":"fr","x":"' value='"}'>`;
    document.body.append(frame, one);
    one.submit();
  };
  for (const kind of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) form(kind);
  told.beacon = navigator.sendBeacon(at('/v1/check/url'), json);
  told.typedBeacon = navigator.sendBeacon(at('/v1/check/url'), new Blob([json], { type: 'application/json' }));
  await Promise.all([
    read('get', () => fetch(at('/v1/status'))),
    read('get with cookies', () => fetch(at('/v1/status'), { credentials: 'include' })),
    read('get no-cors', () => fetch(at('/v1/status'), { mode: 'no-cors' })),
    read('post', () => fetch(at('/v1/check/url'), typed)),
    read('post plain', () => fetch(at('/v1/check/url'), plain)),
    read('post no-cors', () => fetch(at('/v1/check/url'), { ...plain, mode: 'no-cors' })),
    read('sync', () => fetch(at('/v1/lists/sync'), { ...typed, body: '{}' })),
    read('signed', () => fetch(at('/v1/status'), { headers: { Authorization: 'Guetteur x' } })),
    event('img', new Image(), 'src', at('/v1/status')),
    event('script', document.createElement('script'), 'src', at('/v1/status')),
    event('style', Object.assign(document.createElement('link'), { rel: 'stylesheet' }), 'href', at('/v1/status')),
    open(new WebSocket(`ws://${to}/v1/status`), 'websocket'),
    open(new EventSource(at('/v1/status')), 'eventsource'),
  ]);
  await new Promise((done) => setTimeout(done, 300));
  return told;
})"""


class LoopbackDaemon(Daemon):
    """The daemon behind a port."""

    def __init__(self) -> None:
        super().__init__({"GUETTEUR_TRANSPORT": "loopback"})

    @property
    def settings(self) -> Settings:
        """The settings it derives from its home and from that choice."""
        return Settings(runtime_dir=self.home / "run", state_dir=self.home / "state", transport="loopback")


@dataclass
class Heard:
    """One connection: the first bytes that were sent, all that was answered."""

    sent: bytes
    answered: bytes = b""

    @property
    def answer(self) -> Answer:
        """What was answered first."""
        return parsed(self.answered)

    @property
    def line(self) -> str:
        """The request line."""
        return self.sent.split(b"\r\n", 1)[0].decode("latin-1")

    def header(self, name: str) -> str | None:
        """One header of the request."""
        head = self.sent.split(b"\r\n\r\n", 1)[0].decode("latin-1")
        pairs = (line.partition(":") for line in head.split("\r\n")[1:])
        return next((value.strip() for key, _, value in pairs if key.lower() == name), None)


@dataclass
class Witness:
    """Stands between the browser and the daemon's port, changes nothing, remembers everything.

    Attributes:
        to: the daemon's port.
        heard: connections on which something was sent, oldest first.
    """

    to: int
    heard: list[Heard] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free loopback port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, hang up."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def of(self, host: str) -> Iterator[Heard]:
        """What was sent to one name."""
        return (one for one in self.heard if one.header("host") == host)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)  # nobody else holds a connection that only waits
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError):
            async with _closing(writer):
                first = await reader.read(65536)
                if f" {BEFORE} ".encode() in first.split(b"\r\n", 1)[0]:
                    writer.write(PAGE)
                    await writer.drain()
                elif first:
                    await self._pass_on(first, reader, writer)

    async def _pass_on(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = Heard(first)
        self.heard.append(heard)
        there, out = await asyncio.open_connection("127.0.0.1", self.to)
        async with _closing(out):
            out.write(first)

            async def send() -> None:
                with contextlib.suppress(OSError):
                    while part := await reader.read(65536):
                        heard.sent += part
                        out.write(part)
                out.close()  # a browser that hangs up wants no answer any more

            sending = asyncio.create_task(send())
            try:
                while part := await there.read(65536):
                    heard.answered += part
                    writer.write(part)
                    await writer.drain()
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)


@contextlib.asynccontextmanager
async def impostor(port: int, body: bytes) -> AsyncIterator[list[bytes]]:
    """Sit on a daemon's port and answer everything with 200 and one JSON text; yields what is heard there."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            async with _closing(writer):
                heard.append(await reader.read(65536))
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield heard


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
