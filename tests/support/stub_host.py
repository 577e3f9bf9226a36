"""A native host whose every text is an attack on whoever shows it. Started by a browser; stdlib only."""

from __future__ import annotations

import json
import struct
import sys
from typing import Any

#: Marks the page when it is ever parsed as HTML; the attribute names what ran.
HOSTILE = (
    """"'><img src=x class=pwned onerror="document.documentElement.dataset.pwned='img'">"""
    """<script class=pwned>document.documentElement.dataset.pwned='script'</script><b class=pwned>gras</b>"""
    """\u202e\u0000&lt;i class=pwned&gt;{{7*7}}${7*7}"""
)
EVIL_URL = f"javascript:document.documentElement.dataset.pwned='href'//{HOSTILE}"


def verdict(url: str) -> dict[str, Any]:
    """A DANGER or CAUTION answer (``caution`` in the address) in which no text can be trusted."""
    level = "CAUTION" if "caution" in url else "OFFICIAL" if "official" in url else "DANGER"
    return {
        "level": level,
        "url": url,
        "host": HOSTILE,
        "registrable_domain": HOSTILE,
        "body": {
            "id": HOSTILE,
            "name": HOSTILE,
            "home": EVIL_URL,
            "home_host": HOSTILE,
            "advice": HOSTILE,
            "phones": [{"number": HOSTILE, "label": HOSTILE, "hours": HOSTILE}],
        },
        "summary": HOSTILE,
        "reasons": [{"code": HOSTILE, "text": HOSTILE}],
        "skipped": [{"signal": HOSTILE, "why": HOSTILE}],
        "list_version": HOSTILE,
        "checked_at": HOSTILE,
        "doubted": True,
        "age_would_help": True,
        "excepted": False,
        "exceptable": True,
    }


def answer(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Answer one call of docs/reference/wire.md."""
    match path:
        case "/v1/check/url":
            return verdict(body["url"]) if "plain" not in body["url"] else {**verdict(body["url"]), "level": "UNKNOWN"}
        case "/v1/check/page":
            return verdict(body["url"])
        case "/v1/check/page/hints":
            return {"fields": [HOSTILE], "text": [HOSTILE]}
        case "/v1/check/batch":
            return {"results": [verdict(url) for url in body["urls"]]}
        case "/v1/lists/hosts":
            pages = {"base": HOSTILE, "unchanged": False, "total": 1, "hosts": [HOSTILE], "next": None}
            return pages | {"version": HOSTILE, "added": [HOSTILE], "removed": [HOSTILE]}
        case "/v1/check/age":
            return verdict(body["url"])
        case "/v1/exceptions":
            return {"exceptions": [{"host": HOSTILE, "added_at": HOSTILE}], "kept": False}
        case _:
            lists = {"version": HOSTILE, "built_at": HOSTILE, "age_days": 1, "hosts": 1, "stale": True}
            return {
                "product": HOSTILE,
                "version": HOSTILE,
                "pid": 1,
                "started_at": HOSTILE,
                "uptime_s": 1,
                "checks": 1,
                "lists": lists,
                "store": {"ok": False, "error": {"code": HOSTILE, "message": HOSTILE, "hint": HOSTILE}},
                "bodies": 1,
                "public_hosts": 1,
            }


def main() -> None:
    """Serve frames until the browser closes the pipe."""
    while head := sys.stdin.buffer.read(4):
        asked = json.loads(sys.stdin.buffer.read(struct.unpack("=I", head)[0]))
        body = answer(asked["path"], asked.get("body") or {})
        frame = json.dumps({"id": asked["id"], "status": 200, "body": body}).encode()
        sys.stdout.buffer.write(struct.pack("=I", len(frame)) + frame)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
