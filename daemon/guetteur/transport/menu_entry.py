"""The entry in the desktop's menu (Linux): opens a terminal that says whether all is well."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from guetteur.transport import host_script

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from guetteur.transport.browsers import Places

NAME = "guetteur.desktop"


def file(where: Places) -> Path | None:
    """Where it goes; None where desktops have no such entries."""
    return where.applications / NAME if where.platform == "linux" else None


def content(environ: Mapping[str, str]) -> bytes:
    """The entry, by the Desktop Entry Specification 1.4."""
    kept = [f"{name}={value}" for name, value in host_script.variables(environ).items()]
    words = [*(["/usr/bin/env", *kept] if kept else []), sys.executable, "-P", "-m", "guetteur", "doctor", "--wait"]
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.4",
        "Name=Guetteur",
        "Comment=See whether Guetteur protects your browsers",
        "Comment[fr]=Voir si Guetteur protège vos navigateurs",
        f"Exec={' '.join(_quoted(word) for word in words)}",
        "Icon=security-high",
        "Terminal=true",
        "Categories=System;Security;",
        "Keywords=phishing;scam;",
        "Keywords[fr]=hameçonnage;arnaque;",
        "",
    ]
    return "\n".join(lines).encode()


def _quoted(word: str) -> str:
    """Quoted as an argument, then escaped as a value of the file: so says the specification, in this order."""
    for char in '\\"`$':
        word = word.replace(char, "\\" + char)
    return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'
