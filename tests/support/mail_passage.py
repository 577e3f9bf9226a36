"""The way of one written mail: who sent it, who received it, and what was found on the way."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

NETS = ("192.0.2", "198.51.100", "203.0.113")
"""Kept for documentation (RFC 5737)."""

POLICIES = ("reject", "quarantine", "none", "reject")


@dataclass(frozen=True, slots=True)
class Passage:
    """How a mail came.

    Attributes:
        receiver: ``gmail``, ``outlook``, ``orange``, ``free``, ``ovh``, ``postfix`` or ``none`` (headers without
            results).
        outcome: ``ok`` (all pass, aligned), ``esp`` (envelope and second signature of `via`, the sender's own signature
            passes), ``spf`` (SPF passes, no signature, domain without DMARC), ``relay`` (SPF passes for `via`, nothing
            for From), ``spoof`` (SPF fails, DMARC reject), ``soft`` (SPF softfail, DMARC none), ``list`` (through the
            list at `via`: author's signature broken), ``forward`` (by `via`: SPF fails, signature kept), ``unsigned``
            (aligned SPF pass alone, under DMARC), ``bare`` (the server looked at nothing).
        via: other host, see above.
        sender: address in From.
        recipient: address it was delivered to.
        sent: when.
        seed: makes the random parts.
    """

    receiver: str
    outcome: str
    via: str
    sender: str
    recipient: str
    sent: datetime
    seed: str

    @property
    def domain(self) -> str:
        """Domain of From."""
        return self.sender.rpartition("@")[2]

    @property
    def host(self) -> str:
        """Domain of the envelope."""
        return self.via if self.outcome in {"esp", "relay", "list", "forward"} and self.via else self.domain

    @property
    def envelope(self) -> str:
        """Return path."""
        return self.sender if self.host == self.domain else f"bounce-{self.token(10)}@{self.host}"

    @property
    def server(self) -> str:
        """Name the sending server gives."""
        if self.outcome == "spoof":
            return f"vps-{self.token(8)}.hebergement-lorvane.net"
        return f"mail-{self.token(2)}.{self.host}"

    @property
    def ip(self) -> str:
        """Address of the sending server."""
        return f"{NETS[self.number(6) % 3]}.{self.number(6) // 3 % 250 + 1}"

    @property
    def when(self) -> str:
        """`sent` as headers have it."""
        return format_datetime(self.sent)

    @property
    def spf(self) -> str:
        """Result for the envelope."""
        return {"spoof": "fail", "soft": "softfail", "forward": "softfail"}.get(self.outcome, "pass")

    @property
    def spf_sentence(self) -> str:
        """The result with its reason, as servers put it in brackets."""
        word = "designates" if self.spf == "pass" else "does not designate"
        return f"domain of {self.envelope} {word} {self.ip} as permitted sender"

    @property
    def signatures(self) -> list[tuple[str, str]]:
        """Domain and result of each signature."""
        return {
            "ok": [(self.domain, "pass")],
            "esp": [(self.domain, "pass"), (self.host, "pass")],
            "list": [(self.domain, "fail"), (self.host, "pass")],
            "forward": [(self.domain, "pass")],
        }.get(self.outcome, [])

    @property
    def dmarc(self) -> tuple[str, str]:
        """Result and policy; empty policy: the domain publishes none."""
        return {
            "ok": ("pass", POLICIES[self.number(1) % 4]),
            "esp": ("pass", "reject"),
            "forward": ("pass", "reject"),
            "unsigned": ("pass", "quarantine"),
            "spoof": ("fail", "reject"),
            "list": ("fail", "none"),
            "soft": ("fail", "none"),
        }.get(self.outcome, ("none", ""))

    def token(self, length: int, what: str = "") -> str:
        """Random letters and digits, the same each time."""
        return sha256(f"{self.seed}{what}{length}".encode()).hexdigest()[:length]

    def number(self, length: int) -> int:
        """A random number of that many hexadecimal digits."""
        return int(self.token(length), 16)

    def base64(self, size: int, what: str) -> str:
        """Random bytes as they stand in a signature."""
        blob = b"".join(sha256(f"{self.seed}{what}{turn}".encode()).digest() for turn in range(size // 32 + 1))
        return b64encode(blob[:size]).decode()


def selector(domain: str) -> str:
    """Name of the key a domain signs with."""
    return ("s1", "mail", "k2", "default", "dkim2024")[sum(domain.encode()) % 5]
