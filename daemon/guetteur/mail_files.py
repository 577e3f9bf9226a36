"""Finds messages in what a person points at: a message, a folder of messages, an mbox, standard input."""

from __future__ import annotations

import mailbox
import sys
from typing import TYPE_CHECKING, NamedTuple

from guetteur.core.mail.limits import MAX_MAIL_BYTES
from guetteur.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STDIN = "-"
_MBOX = b"From "


class Message(NamedTuple):
    """One message: where it was found, its bytes; ``truncated`` when it is longer than is read."""

    name: str
    raw: bytes
    truncated: bool = False


def messages(path: Path) -> Iterator[Message]:
    """Every message at ``path``, in the order of names.

    Raises:
        InvalidInputError: ``no_such_file``, ``unreadable_file``.
    """
    if str(path) == STDIN:
        yield _bounded(STDIN, sys.stdin.buffer.read(MAX_MAIL_BYTES + 1))
        return
    if not path.exists():
        raise InvalidInputError("no_such_file", f"{path} does not exist", "give a .eml file, a folder or an mbox")
    if path.is_dir():
        # Maildir's `tmp` holds messages that are still being delivered; dot files are its indexes.
        for file in sorted(found for found in path.rglob("*") if found.is_file()):
            if file.parent.name != "tmp" and not file.name.startswith("."):
                yield from _file(file)
        return
    yield from _file(path)


def _file(path: Path) -> Iterator[Message]:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MBOX))
            if head != _MBOX:
                yield _bounded(str(path), head + file.read(MAX_MAIL_BYTES + 1 - len(head)))
                return
        box = mailbox.mbox(path, create=False)
        try:
            for number, key in enumerate(box.iterkeys(), start=1):
                yield _bounded(f"{path}#{number}", box.get_bytes(key))
        finally:
            box.close()
    except OSError as error:
        raise InvalidInputError(
            "unreadable_file",
            f"{path} cannot be read: {error.strerror}",
            "check its permissions",
            path=path,
            reason=error,
        ) from None


def _bounded(name: str, raw: bytes) -> Message:
    return Message(name, raw[:MAX_MAIL_BYTES], len(raw) > MAX_MAIL_BYTES)
