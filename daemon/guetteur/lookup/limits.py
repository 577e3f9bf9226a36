"""What a question may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Deadlines and caps of one question about a domain's age.

    Attributes:
        total_s: time for the whole question, whatever is tried.
        server_s: time for one server, from resolving its name to the last byte.
        parse_s: time for reading a WHOIS text, the start of the process that does it included.
        max_bytes: length of an answer, both as sent and unpacked; real ones have 1 to 15 KB.
    """

    total_s: float = 8.0
    server_s: float = 5.0
    parse_s: float = 2.0
    max_bytes: int = 64 * 1024
