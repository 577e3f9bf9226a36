"""Line charts as SVG, stacked over one axis of time: small enough to need no library."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 760, 170
LEFT, RIGHT, TOP, GAP = 56, 150, 28, 34
LABEL = 15
COLOURS = ("#1f5fa8", "#c2571a", "#3d8b4f")


class Panel(NamedTuple):
    """One chart: its title, and values by the name of their line."""

    title: str
    lines: dict[str, Sequence[float]]


def svg(across: Sequence[float], panels: Sequence[Panel], unit: str) -> str:
    """A drawing of all panels, one below the other; every line has one value for each of ``across``."""
    height = TOP + len(panels) * (HEIGHT + GAP) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for number, panel in enumerate(panels):
        parts += _panel(across, panel, TOP + number * (HEIGHT + GAP))
    parts.append(
        f'<text x="{WIDTH - RIGHT}" y="{height - 8}" text-anchor="end" fill="#333">{escape(unit)}</text></svg>'
    )
    return "\n".join(parts) + "\n"


def _panel(across: Sequence[float], panel: Panel, top: float) -> list[str]:
    most = max(max(values) for values in panel.lines.values())
    step = _step(most)
    ceiling = max(step, math.ceil(most / step) * step)
    end = across[-1] or 1.0
    right = WIDTH - RIGHT

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + (right - LEFT) * x / end, top + HEIGHT * (1 - y / ceiling)

    parts = [f'<text x="{LEFT}" y="{top - 8}" font-weight="bold" fill="#222">{escape(panel.title)}</text>']
    level = 0.0
    while level <= ceiling + step / 2:
        _, y = place(0, level)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{level:g}</text>')
        level += step
    wide = _step(end)
    for mark in range(int(end / wide) + 1):
        x, y = place(mark * wide, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 15:.1f}" text-anchor="middle" fill="#555">{mark * wide:g}</text>')
    lines = [(name, values, colour) for colour, (name, values) in zip(COLOURS, panel.lines.items(), strict=False)]
    for _, values, colour in lines:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, across, values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
    free = 0.0
    for y, name, colour in sorted((place(end, values[-1])[1], name, colour) for name, values, colour in lines):
        free = max(free, y) + LABEL  # names of lines that end side by side stand one below the other
        parts.append(f'<text x="{right + 6}" y="{free - LABEL + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return parts


def _step(most: float) -> float:
    """A round number of which about five make ``most``."""
    if most <= 0:
        return 1.0
    rough = most / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
