"""An intake to try reports with: `python tests/demo/intake.py [PORT]` takes what it is sent, and prints it."""

from __future__ import annotations

import json
import sys

from aiohttp import web


async def take(request: web.Request) -> web.Response:
    """Print a report; its number is the answer."""
    report = await request.json()
    print(json.dumps(report, indent=2, ensure_ascii=False), flush=True)
    return web.json_response({"id": report["case"]}, status=201)


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/", take)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8098)
