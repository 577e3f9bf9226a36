"""A page's response as the web archives keep it (WARC 1.1, ISO 28500): any archive tool can replay it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC
from io import BytesIO
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PATH, KIND = "page/page.warc.gz", "application/warc"
_IDS = uuid.UUID("5c7f5a1e-2f0a-4f6e-9d6b-6a6f7b1c2d3e")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
# They describe the bytes on the wire; the page is given decoded.
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_MAX_HEADERS = 200


def page_warc(  # noqa: PLR0913 -- what a response is made of
    url: str,
    html: bytes,
    *,
    taken_at: datetime,
    product: str,
    status: int | None = None,
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """One compressed WARC; the same bytes for the same page.

    With ``status`` it holds a response, whose headers on transfer are kept as ``X-Archive-Orig-…``; without (only the
    tab's document is known) a resource.
    """
    date = taken_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    target = _CONTROL.sub("", url)
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    info = f"software: {_CONTROL.sub(' ', product)}\r\nformat: WARC File Format 1.1\r\n".encode()
    fields = {"WARC-Date": date, "Content-Type": "application/warc-fields", "WARC-Record-ID": _id("info", date, url)}
    writer.write_record(
        writer.create_warc_record("", "warcinfo", payload=BytesIO(info), length=len(info), warc_headers_dict=fields)
    )
    record = {"WARC-Date": date, "WARC-Record-ID": _id("page", date, url)}
    if status is None:
        record["Content-Type"] = "text/html"
        page = writer.create_warc_record(
            target, "resource", payload=BytesIO(html), length=len(html), warc_headers_dict=record
        )
    else:
        page = writer.create_warc_record(
            target, "response", payload=BytesIO(html), length=len(html), warc_headers_dict=record,
            http_headers=StatusAndHeaders(str(status), _kept(headers), protocol="HTTP/1.1"),
        )  # fmt: skip
    writer.write_record(page)
    return out.getvalue()


def _kept(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (f"X-Archive-Orig-{name}" if name.lower() in _OF_THE_WIRE else name, _CONTROL.sub(" ", value))
        for name, value in headers[:_MAX_HEADERS]
        if _NAME.fullmatch(name)
    ]


def _id(*parts: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_IDS, ' '.join(parts))}>"
