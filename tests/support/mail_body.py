"""From the light markup of ``tests/mails`` to the text and the HTML that mailers send.

Markup: paragraphs apart by an empty line, ``[words](address)`` a link, ``[[words]](address)`` a button,
``**bold**``, ``# title``.
"""

from __future__ import annotations

import html
import re
from typing import Any

BUTTON = re.compile(r"\[\[([^\]]+)\]\]\(([^)\s]+)\)")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
LETTERS = str.maketrans("aeopcxyiAEOPCTHKM", "аеорсхуіАЕОРСТНКМ")
BUTTON_STYLE = "background:#1a4f9c;color:#ffffff;padding:12px 24px;text-decoration:none;border-radius:4px"


def as_text(marked: str) -> str:
    """What stands in the text/plain part."""
    marked = BUTTON.sub(r"\1 : \2", marked)
    marked = LINK.sub(lambda found: found[2] if found[1] == found[2] else f"{found[1]} ({found[2]})", marked)
    return BOLD.sub(r"\1", re.sub(r"^# ", "", marked, flags=re.MULTILINE))


def as_html(marked: str, look: str, entry: dict[str, Any]) -> str:
    """What stands in the text/html part.

    Args:
        marked: text with markup.
        look: ``bare``, ``div`` (a webmail's composer), ``outlook``, ``table`` (bulk mail) or ``soup`` (by hand, badly).
        entry: the mail: ``hidden`` (words no reader sees), ``preheader``, ``logo`` (address of a picture).
    """
    blocks = [_block(block) for block in re.split(r"\n\s*\n", marked.strip())]
    if words := entry.get("hidden"):
        blocks.insert(len(blocks) // 2, _hidden(words, look))
    if words := entry.get("preheader"):
        blocks.insert(0, f'<div style="display:none;max-height:0;overflow:hidden">{html.escape(words)}</div>')
    if logo := entry.get("logo"):
        blocks.insert(0, f'<img src="{html.escape(logo)}" width="140" alt="">')
    return _WRAPS[look](blocks)


def disguised(marked: str, how: str) -> str:
    """Text as those write it who want to slip past filters; addresses are left alone.

    Args:
        marked: text with markup.
        how: ``zero-width``, ``soft-hyphen``, ``lookalike`` (Cyrillic letters), ``nbsp`` or empty.
    """
    parts = re.split(r"(\]\([^)\s]+\)|https?://\S+)", marked)
    parts[::2] = [re.sub(r"[^\W\d_]{5,}", _DISGUISES[how], part) for part in parts[::2]]
    return "".join(parts)


_DISGUISES = {
    "": lambda found: found[0],
    "zero-width": lambda found: found[0][:2] + "\u200b" + found[0][2:4] + "\u200c" + found[0][4:],
    "soft-hyphen": lambda found: "\u00ad".join(re.findall(".{1,3}", found[0])),
    "lookalike": lambda found: found[0].translate(LETTERS) if len(found[0]) % 3 else found[0],
    "nbsp": lambda found: "\u2060" + found[0],
}


def _block(block: str) -> str:
    title = block.startswith("# ")
    block = html.escape(block.removeprefix("# "), quote=False)
    block = BUTTON.sub(rf'<a href="\2" style="{BUTTON_STYLE}">\1</a>', block)
    block = LINK.sub(r'<a href="\2">\1</a>', block)
    block = BOLD.sub(r"<b>\1</b>", block).replace("\n", "<br>\n")
    return f"<h2>{block}</h2>" if title else f"<p>{block}</p>"


def _hidden(words: str, look: str) -> str:
    words = html.escape(words)
    if look == "soup":
        return f'<font size=1 color="#FFFFFF" style="font-size:1px">{words}</font>'
    return f'<div style="display:none;font-size:0;line-height:0">{words}</div>'


def _bare(blocks: list[str]) -> str:
    return "<html><body>\n" + "\n".join(blocks) + "\n</body></html>\n"


def _div(blocks: list[str]) -> str:
    inner = "<div><br></div>\n".join(
        block.replace("<p>", '<div dir="auto">').replace("</p>", "</div>\n") for block in blocks
    )
    return f'<div dir="ltr">{inner}</div>\n'


def _outlook(blocks: list[str]) -> str:
    inner = "\n".join(
        block.replace(
            "<p>", "<p class=MsoNormal><span style='font-size:11.0pt;font-family:\"Calibri\",sans-serif'>"
        ).replace("</p>", "<o:p></o:p></span></p>\n<p class=MsoNormal><o:p>&nbsp;</o:p></p>")
        for block in blocks
    )
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">\n'
        "<head><style><!--\np.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;}\n--></style></head>\n"
        f'<body lang=FR link="#0563C1"><div class=WordSection1>\n{inner}\n</div></body></html>\n'
    )


def _table(blocks: list[str]) -> str:
    rows = "\n".join(f'<tr><td style="padding:8px 24px;font-family:Arial">{block}</td></tr>' for block in blocks)
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        "<html><head><style>@media only screen and (max-width:600px){.c{width:100%!important}}</style></head>\n"
        '<body bgcolor="#f4f4f4"><table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">\n'
        f'<table class="c" width="600" bgcolor="#ffffff">\n{rows}\n</table></td></tr></table></body></html>\n'
    )


def _soup(blocks: list[str]) -> str:
    inner = "\n".join(block.replace("<p>", '<P><FONT face=verdana size="2">').replace("</p>", "") for block in blocks)
    head = "<HTML><HEAD><META content='text/html' http-equiv=Content-Type><BODY bgColor=#ffffff>"
    return f"{head}\n<center>{inner}\n<BR><BR></TD></TABLE>"


_WRAPS = {"bare": _bare, "div": _div, "outlook": _outlook, "table": _table, "soup": _soup}
