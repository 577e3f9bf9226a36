"""How much of a message is read. Every loop and buffer of the parser ends at one of these."""

from __future__ import annotations

MAX_MAIL_BYTES = 25 * 1024 * 1024
"""Largest message that is taken; the big providers refuse larger ones."""

MAX_DEPTH = 20
MAX_PARTS = 200
MAX_HEADER_BYTES = 256 * 1024
"""Of one header block; honest ones have 2 to 30 KB."""

MAX_HEADERS = 1000
MAX_VALUE_BYTES = 16 * 1024
"""Of one header value, once read; recipients lists get long, nothing else does."""

MAX_MAILBOXES = 64
MAX_SENDERS = 16
MAX_RECIPIENTS = 128
MAX_NAME = 1000
"""Characters of a name, a subject, a file name or the words of a link."""

MAX_MARKUP_BYTES = 4 * 1024 * 1024
"""Of one text part, decoded. Gmail clips at 102 KB."""

MAX_TAGS = 60_000
MAX_TEXT = 64_000
MAX_LINKS = 256
MAX_ATTACHMENTS = 64
MAX_HOLDS = 32
MAX_LOOKED_INTO = 16
"""Attachments whose bytes are looked at."""

WINDOW_BYTES = 256 * 1024
"""Of an archive or document, from its beginning and from its end."""

MAX_PAGE_BYTES = 1024 * 1024
"""Of an attached page."""

MAX_PICTURES = 6
"""That may hold a code; logos and rules are passed over."""

MAX_PICTURE_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 6_000_000
MAX_ALL_PIXELS = 12_000_000
"""Of all pictures of a message: about a quarter of a second at worst."""

READ_SIDE = 1200
"""Pixels that a larger picture is shrunk to before it is read."""

MIN_PICTURE_SIDE = 60
"""Pixels; a code of 21 modules at three pixels each."""
