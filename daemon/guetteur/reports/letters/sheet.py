"""An A4 sheet in 12 points: paragraphs, fields, lines to fill in by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from guetteur.reports.letters.clean import on_one_line, printable

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

_FONTS = Path(__file__).parent / "fonts"
_POINTS = 12
_LINE = 6.4
"""Millimetres from one line to the next."""
_RULE = 8.6
"""The same for lines that are filled in by hand."""
_MARGIN = 22.0
_BOTTOM = 20.0


class Sheet(FPDF):
    """Pages that number themselves; all text passes the cleaner."""

    def __init__(self, title: str, now: datetime) -> None:
        super().__init__(format="A4")
        self.add_font("sans", "", _FONTS / "DejaVuSans.ttf")
        self.add_font("sans", "B", _FONTS / "DejaVuSans-Bold.ttf")
        drawn = [set(font.cmap) for font in self.fonts.values() if isinstance(font, TTFFont)]
        self.glyphs: Container[int] = set.intersection(*drawn)
        self.set_margins(_MARGIN, 16)
        self.set_auto_page_break(True, _BOTTOM)
        self.set_title(title)
        self.set_lang("fr")
        self.set_creation_date(now)
        self.alias_nb_pages("{pages}")
        self.add_page()
        self.set_font("sans", "", _POINTS)

    def footer(self) -> None:
        """Number the page."""
        self.set_y(-15)
        self.set_font("sans", "", 10)
        self.cell(0, 6, f"Page {self.page_no()} sur {{pages}}", align=Align.R)

    def paragraph(self, text: str, *, bold: bool = False, after: float = 2.5, left: float = 0) -> None:
        """Lines of text."""
        self.set_font("sans", "B" if bold else "", _POINTS)
        self.set_x(_MARGIN + left)
        self.multi_cell(0, _LINE, printable(text, self.glyphs), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("sans", "", _POINTS)
        self.ln(after)

    def heading(self, text: str) -> None:
        """A title that is not left alone at the foot of a page, listed in the reader's outline."""
        self.need(4 * _LINE)
        self.ln(2.5)
        self.start_section(text)
        self.paragraph(text, bold=True, after=1)

    def field(self, label: str, value: str) -> None:
        """``label : value``, or a line where the value is unknown."""
        value = on_one_line(value, self.glyphs)
        if value:
            self.paragraph(f"{label} : {value}", after=0.8)
            return
        self.need(_RULE)
        self.cell(self.get_string_width(f"{label} : ") + 3, _RULE, f"{label} : ")
        self._rule(self.get_x())

    def text_or_lines(self, text: str, lines: int) -> None:
        """The text, or room to write it."""
        if printable(text, self.glyphs):
            self.paragraph(text)
            return
        for _ in range(lines):
            self.need(_RULE)
            self._rule(_MARGIN)
        self.ln(2)

    def items(self, texts: tuple[str, ...], lines: int) -> None:
        """One line each, or room for some."""
        shown = [clean for text in texts if (clean := on_one_line(text, self.glyphs))]
        for text in shown:
            self.paragraph(f"–  {text}", after=0.5, left=3)
        if not shown:
            self.text_or_lines("", lines)

    def box(self, text: str, *, ticked: bool) -> None:
        """A box to tick."""
        self.paragraph(f"{'☒' if ticked else '☐'}  {text}", after=0.8)

    def need(self, height: float) -> None:
        """Begin a page if less than this is left on this one."""
        if self.will_page_break(height):
            self.add_page()

    def _rule(self, left: float) -> None:
        y = self.get_y() + _RULE - 2
        self.set_draw_color(110)
        self.line(left, y, self.w - _MARGIN, y)
        self.set_xy(_MARGIN, self.get_y() + _RULE)
