"""The part of the wire about the person's own exceptions; the rest is in `guetteur.web.wire`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

MAX_HOST_LENGTH = 253


class EditExceptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Read or change the sites the person does not want to be warned of; ``host`` with ``add`` and ``remove``."""

    action: Literal["list", "add", "remove"]
    host: Annotated[str, Meta(max_length=MAX_HOST_LENGTH)] = ""


class ExceptionReply(Struct, frozen=True):
    """One site of which the person is not warned; its ``www.`` twin is meant too, what lies below is not."""

    host: str
    added_at: str


class ExceptionsReply(Struct, frozen=True):
    """All of them; ``kept`` is false when a change could not be written and ends with the daemon."""

    exceptions: list[ExceptionReply]
    kept: bool
