"""Annexes of the letter taken from the sealed bundle of an earlier report."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from guetteur.errors import InvalidInputError
from guetteur.reports.days import spoken_day
from guetteur.reports.letters.answers import Annex
from guetteur.reports.verify import read_bundle, verify_bytes

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def bundle_annexes(path: Path) -> list[Annex]:
    """The bundle itself, then every file in it, with their hashes.

    Args:
        path: a bundle that nobody has altered since it was sealed.

    Raises:
        InvalidInputError: ``bundle_altered``, and those of `guetteur.reports.verify.verify`.
        BundleError: those of `guetteur.reports.verify.verify`.
    """
    data = read_bundle(path)
    found = verify_bytes(data)
    if not found.unaltered or found.created_at is None:
        hint = f"see: guetteur report verify {path}; list it with --annex if it still belongs to the letter"
        raise InvalidInputError("bundle_altered", f"{path} was changed since it was sealed", hint, path=path)
    sealed = f"Dossier scellé le {_moment(found.created_at)}, signalement {found.case_id}"
    files = [
        Annex(one.path, one.sha256, f"Dans ce dossier, recueilli le {_moment(one.taken_at)}") for one in found.files
    ]
    return [Annex(path.name[:300], hashlib.sha256(data).hexdigest(), sealed), *files]


def _moment(at: datetime) -> str:
    return f"{spoken_day(at, 'fr')} à {at:%H:%M} UTC"
