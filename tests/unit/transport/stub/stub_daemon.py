"""A daemon that keeps the wire's promises with as little as possible behind it."""

import asyncio
import os

from aiohttp import web

import guetteur
from guetteur.config import load_settings
from guetteur.transport.endpoint import AlreadyRunning, bind
from guetteur.web.guard import make_guard


def main() -> int:
    return asyncio.run(serve())


async def serve() -> int:
    bound = await bind(load_settings())
    if isinstance(bound, AlreadyRunning):
        print(f"already running: {bound.pid}", flush=True)
        return int(os.environ.get("STUB_SECOND_STATUS", "0"))
    app = web.Application(client_max_size=8 * 1024 * 1024, middlewares=[make_guard(bound)])
    app.router.add_get("/v1/status", status)
    app.router.add_post("/v1/check/url", check)
    app.router.add_post("/v1/lists/hosts", hosts)
    runner = web.AppRunner(app, keepalive_timeout=float(os.environ.get("STUB_KEEPALIVE", "75")))
    await runner.setup()
    await web.SockSite(runner, bound.sock).start()
    await asyncio.Event().wait()
    return 0


async def status(_request: web.Request) -> web.Response:
    lists = {"version": "starter", "built_at": "2026-11-01", "age_days": 3, "hosts": 1, "stale": False, "error": None}
    version = os.environ.get("STUB_VERSION", guetteur.__version__)
    return web.json_response({"product": "guetteur", "version": version, "pid": os.getpid(), "lists": lists})


async def check(request: web.Request) -> web.Response:
    url = (await request.json())["url"]
    verb, _, value = url.partition(":")
    match verb:
        case "sleep":
            await asyncio.sleep(float(value))
        case "die":
            os._exit(9)
        case "big":
            return web.json_response({"fill": "x" * int(value)})
        case "html":
            return web.Response(text="<p>oops", content_type="text/html")
        case "error":
            return web.json_response({"error": {"code": "not_a_url", "message": "no", "hint": ""}}, status=400)
    return web.json_response({"url": url, "pid": os.getpid()})


async def hosts(_request: web.Request) -> web.Response:
    return web.json_response({"version": "starter", "unchanged": True, "total": 0, "hosts": [], "next": None})
