"""What a mailbox is here; light on purpose: the build of the package imports it."""

from __future__ import annotations

import re

_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}\Z)(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)


def is_mailbox(text: str) -> bool:
    """Whether it is one plain address, fit for a header and an envelope."""
    return bool(_MAILBOX.fullmatch(text)) and ".." not in text
