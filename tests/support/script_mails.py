"""A mail for each scam script there is, and what the command line says of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from support.mails import mails
from support.webmail import letters

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "blocklists/scripts").glob("*.toml"))
TEXTS = ROOT / "tests/unit/core/scam_texts.toml"
WARNED = ("DANGER", "CAUTION")


def _candidates() -> dict[str, list[tuple[str, bytes]]]:
    # How many of them are recognised is measured elsewhere (make evaluate-mail): the order is that of the files.
    found: dict[str, list[tuple[str, bytes]]] = {script: [] for script in SCRIPTS}
    for mail in mails():
        if mail.script in found:
            found[mail.script].append((mail.id, mail.raw()))
    texts = tomllib.loads(TEXTS.read_text("utf-8"))
    for script, known in found.items():
        for number, text in enumerate(texts.get(script, {}).get("texts", ())):
            raw = letters.letter("Service <service.dossier@zolmarek.example>", "Information", f"{text}\n")
            known.append((f"{script}-text-{number}", raw))
    return found


@cache
def _verdicts() -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        for known in _candidates().values():
            for name, raw in known:
                Path(folder, f"{name}.eml").write_bytes(raw)
        done = subprocess.run(
            [sys.executable, "-m", "guetteur", "check-mail", "--json", "--lang", "fr", folder],
            env={**os.environ, "GUETTEUR_HOME": f"{folder}/home"},
            capture_output=True,
            text=True,
            check=False,  # it says by its status that there are scams
        )
    return {Path(one["input"]).stem: one for one in map(json.loads, done.stdout.splitlines())}


def warned(script: str) -> tuple[str, bytes, dict[str, Any]]:
    """Return name and bytes of the first mail playing `script` of which ``check-mail`` warns, and what it says."""
    for name, raw in _candidates()[script]:
        said = _verdicts()[name]
        if said["level"] in WARNED:
            return name, raw, said
    raise LookupError(f"check-mail warns of no mail of {script}")
