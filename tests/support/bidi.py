"""A small WebDriver BiDi client (https://w3c.github.io/webdriver-bidi/) over one websocket."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, Self

import aiohttp

from support.browser import BrowserError


class Bidi:
    """Commands out, answers in; events are not used."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._client: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    async def connect(self, address: str) -> Self:
        """Open the websocket and a session."""
        self._client = aiohttp.ClientSession()
        self._socket = await self._client.ws_connect(f"{address}/session", max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        await self.send("session.new", capabilities={})
        return self

    async def send(self, method: str, timeout: float = 20, **params: Any) -> dict[str, Any]:
        """Send one command and return its result.

        Raises:
            BrowserError: the browser answers with an error, or not at all.
        """
        if self._socket is None or self._socket.closed:
            raise BrowserError("the browser is gone")
        number = next(self._ids)
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        await self._socket.send_json({"id": number, "method": method, "params": params})
        try:
            answer = await asyncio.wait_for(future, timeout)
        except TimeoutError as error:
            raise BrowserError(f"{method}: no answer in {timeout} s") from error
        finally:
            self._waiting.pop(number, None)
        if answer.get("type") == "error":
            raise BrowserError(f"{method}: {answer.get('error')}: {answer.get('message')}")
        return dict(answer["result"])

    async def close(self) -> None:
        """Close the websocket; the browser itself is ended elsewhere."""
        if self._socket:
            await self._socket.close()
        if self._reader:
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._client:
            await self._client.close()

    async def _read(self) -> None:
        assert self._socket
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            answer = message.json()
            future = self._waiting.get(answer.get("id") or 0)
            if future and not future.done():
                future.set_result(answer)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(BrowserError("the browser is gone"))


def plain(value: dict[str, Any]) -> Any:
    """Turn a BiDi remote value into Python."""
    match value["type"]:
        case "undefined" | "null":
            return None
        case "array":
            return [plain(item) for item in value["value"]]
        case "object":
            return {key: plain(item) for key, item in value["value"]}
        case _:
            return value.get("value")
