"""What decoders raise; apart from the other errors, since the browser's relay knows those and loads no decoder."""

from __future__ import annotations

import msgspec

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""All that msgspec raises for bytes that are not what they should be."""
