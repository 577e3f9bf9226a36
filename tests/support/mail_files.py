"""Attachments of the written mails, as small as they can be and still be what they say."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import EmailMessage

FILES = Path(__file__).parents[1] / "mails" / "files"


def attach(message: EmailMessage, wanted: dict[str, Any]) -> None:
    """Add one attachment.

    Args:
        message: what it is added to.
        wanted: ``name``, ``kind`` (``pdf``, ``login``, ``locked``, ``zip``, ``picture``, ``calendar``,
            ``office``), and ``text``, ``url`` or ``file`` (below ``tests/mails/files``) as the kind needs; ``inline``
            for a picture that the text shows.
    """
    main, sub, content = _MAKERS[wanted["kind"]](wanted)
    place = "inline" if wanted.get("inline") else "attachment"
    message.add_attachment(content, maintype=main, subtype=sub, filename=wanted["name"], disposition=place)


def _pdf(wanted: dict[str, Any]) -> tuple[str, str, bytes]:
    lines = wanted.get("text", "Document").splitlines()
    shown = "".join(f"({_pdf_text(line)}) Tj T* " for line in lines)
    stream = f"BT /F1 11 Tf 14 TL 50 780 Td {shown}ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return "application", "pdf", out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def _pdf_text(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _login(wanted: dict[str, Any]) -> tuple[str, str, bytes]:
    page = (
        f"<html><head><title>{wanted.get('text', 'Connexion')}</title></head><body>\n"
        f'<form method="post" action="{wanted["url"]}"><h3>{wanted.get("text", "Connexion")}</h3>\n'
        '<input type="email" name="u" placeholder="Adresse e-mail"><input type="password" name="p" '
        'placeholder="Mot de passe"><button>Se connecter</button></form></body></html>\n'
    )
    return "text", "html", page.encode()


def _zip(wanted: dict[str, Any]) -> tuple[str, str, bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(wanted["text"], (2026, 11, 3, 9, 0, 0)), b"\x00\x01\x02 essai " * 40)
    return "application", "zip", out.getvalue()


def _locked(wanted: dict[str, Any]) -> tuple[str, str, bytes]:
    # The stdlib writes no encrypted archive: bit 0 of the flags, in both headers, is what every reader goes by.
    main, sub, content = _zip(wanted)
    marked = bytearray(content)
    marked[6] |= 1
    marked[content.rindex(b"PK\x01\x02") + 8] |= 1
    return main, sub, bytes(marked)


def _office(wanted: dict[str, Any]) -> tuple[str, str, bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        kinds = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml", (2026, 11, 3, 9, 0, 0)), kinds)
        archive.writestr(zipfile.ZipInfo("word/document.xml", (2026, 11, 3, 9, 0, 0)), wanted.get("text", ""))
    return "application", "vnd.openxmlformats-officedocument.wordprocessingml.document", out.getvalue()


def _picture(wanted: dict[str, Any]) -> tuple[str, str, bytes]:
    return "image", "png", (FILES / wanted["file"]).read_bytes()


def _calendar(wanted: dict[str, Any]) -> tuple[str, str, bytes]:
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\nBEGIN:VEVENT\r\nUID:essai-1\r\n"
        f"DTSTART:20261203T090000Z\r\nSUMMARY:{wanted['text']}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return "text", "calendar", event.encode()


_MAKERS = {
    "pdf": _pdf, "login": _login, "zip": _zip, "locked": _locked, "office": _office,
    "picture": _picture, "calendar": _calendar,
}  # fmt: skip
