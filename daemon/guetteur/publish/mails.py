"""Reads and checks what mails are read with: ``lexicon/senders.toml``, ``lexicon/mail.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.core.mail.received import Receivers
from guetteur.core.mail.senders import SenderTable
from guetteur.core.suffixes import split_host
from guetteur.errors import DataFileError
from guetteur.publish.bodies import read_toml

if TYPE_CHECKING:
    from pathlib import Path


def read_senders(path: Path) -> SenderTable:
    """Read ``senders.toml``.

    Raises:
        DataFileError: ``senders_invalid``.
    """
    content = read_toml(path)
    keys = {"free": "domains", "persons": "names", "places": "words", "anonymous": "hosts", "reject": "domains"}
    try:
        table = msgspec.convert({name: content[name][key] for name, key in keys.items()}, SenderTable)
    except (KeyError, msgspec.ValidationError) as error:
        raise DataFileError("senders_invalid", f"{path}: {error}", "mend the file") from None
    odd = [
        host
        for host in (*table.free, *table.anonymous, *table.reject)
        if host != host.lower() or not split_host(host)[1]
    ]
    if odd:
        raise DataFileError("senders_invalid", f"{path}: {', '.join(odd)}", "write host names in lower case")
    return table


def read_receivers(path: Path) -> Receivers:
    """Read ``mail.toml``.

    Raises:
        DataFileError: ``receivers_invalid``.
    """
    try:
        return msgspec.convert(read_toml(path), Receivers)
    except msgspec.ValidationError as error:
        raise DataFileError("receivers_invalid", f"{path}: {error}", "mend the file") from None
