"""The reverse proxy in front of a webmail, as an administrator would put one there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from aiohttp import ClientSession, DummyCookieJar, web

from support.webmail.servers import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

#: They belong to one connection (RFC 9110, 7.6.1), or aiohttp sets them itself.
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "content-length", "host", "date", "server"}
#: What is to be rewritten must not come compressed.
NOT_ASKED = HOP | {"accept-encoding"}


class Proxy:
    """Passes requests to a port; files below ``static`` (path prefix -> folder) are answered here.

    Attributes:
        rewrite: changes HTML on its way, as a new version of the webmail would.
    """

    def __init__(
        self, port: int, headers: Mapping[str, str] | None = None, static: Mapping[str, Path] | None = None
    ) -> None:
        self._to = f"http://{ADDRESS}:{port}"
        self._headers = dict(headers or {})
        self._static = dict(static or {})
        self.rewrite: Callable[[bytes], bytes] = bytes
        self._session: ClientSession | None = None

    async def start(self) -> Self:
        """Open the client side."""
        self._session = ClientSession(cookie_jar=DummyCookieJar(), auto_decompress=False)
        return self

    async def close(self) -> None:
        """Close the client side."""
        if self._session:
            await self._session.close()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        for prefix, folder in self._static.items():
            if request.path.startswith(prefix):
                return _file(folder, request.path.removeprefix(prefix))
        assert self._session
        ours = NOT_ASKED | {key.lower() for key in self._headers}
        headers = [(key, value) for key, value in request.headers.items() if key.lower() not in ours]
        headers += [("Host", request.host), ("X-Forwarded-Proto", request.scheme), *self._headers.items()]
        async with self._session.request(
            request.method,
            self._to + request.raw_path,
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
            if answer.content_type == "text/html":
                body = self.rewrite(body)
            back = [(key, value) for key, value in answer.headers.items() if key.lower() not in HOP]
        response = web.Response(status=answer.status, body=body)
        response.headers.clear()
        response.headers.extend(back)
        return response


def _file(folder: Path, path: str) -> web.StreamResponse:
    found = (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()) or not found.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(found)
