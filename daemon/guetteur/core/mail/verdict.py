"""From a mail's evidence to a level, by the policy that web addresses have too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guetteur.core.signal import Basis, Evidence, Skip
from guetteur.core.verdict import POLICY, Level, telling, total

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from guetteur.core.bodies import Body
    from guetteur.core.mail.facts import LinkFacts, MailFacts
    from guetteur.core.mail.subject import MailSubject
    from guetteur.core.scripts import ScriptSeen
    from guetteur.core.signal import Signal

_WARNED = (Level.DANGER, Level.CAUTION)
_WORST_FIRST = (Level.DANGER, Level.CAUTION)


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """The answer about one mail.

    Attributes:
        level: what follows.
        points: what the evidence adds up to.
        evidence: what was seen, weightiest first.
        skipped: what could not be looked at.
        body: the body it comes from (OFFICIAL), else the one it claims.
        script: the scam it follows, where it is warned of.
        facts: what the evidence rests on.
        list_version: version of the lists that were asked, or None without lists.
        checked_at: moment of the check, UTC.
    """

    level: Level
    points: float
    evidence: tuple[Evidence, ...]
    skipped: tuple[Skip, ...]
    body: Body | None
    script: ScriptSeen | None
    facts: MailFacts
    list_version: str | None
    checked_at: datetime

    @property
    def telling(self) -> tuple[Evidence, ...]:
        """What the person is told as reasons."""
        return telling(self.level, self.evidence)

    def level_of(self, link: LinkFacts) -> Level:
        """What to tell of a link: its own level, or the mail's where that is worse and nobody vouches for the link."""
        own = link.verdict.level if link.verdict is not None else Level.UNKNOWN
        vouched = (link.trusted and not link.anonymous) or own is Level.OFFICIAL
        if vouched or self.level not in _WARNED:
            return own
        return min(own, self.level, key=_severity)


def _severity(level: Level) -> int:
    return _WORST_FIRST.index(level) if level in _WORST_FIRST else len(_WORST_FIRST)


def judge_mail(
    mail: MailSubject,
    facts: MailFacts,
    signals: Iterable[Signal[MailSubject, MailFacts]],
    *,
    list_version: str | None,
    now: datetime,
) -> MailVerdict:
    """Ask every signal and apply the policy.

    A mail that is proven to be a body's is OFFICIAL whatever it says, unless something in it stands on a list: bodies'
    senders are broken into, too. Where a body carries strangers' words, they are judged as anybody's, and a name of
    another body among them is nobody's proof.
    """
    found = [signal.check(mail, facts) for signal in signals]
    seen = sorted((piece for piece in found if isinstance(piece, Evidence)), key=lambda piece: -piece.weight)
    skipped = tuple(piece for piece in found if isinstance(piece, Skip))
    skipped += tuple(Skip("mail", f"mail_cut_{code}") for code in mail.cut)
    genuine = any(piece.basis is Basis.OFFICIAL for piece in seen)
    borrowed = genuine and facts.sender.claims_falsely
    if borrowed:
        skipped += (Skip("claimed_name", "name_not_proven"),)
    if genuine and not facts.sender.carries:
        seen = [piece for piece in seen if piece.basis is not Basis.GUESS]
    evidence = tuple(seen)
    points = total(evidence)
    level = next((rule.level for rule in POLICY if points >= rule.points), None)
    if level is None:
        level = Level.OFFICIAL if genuine and not borrowed else Level.UNKNOWN if skipped else Level.NO_KNOWN_RISK
    # Whom it is proven to come from is not whom it claims to come from.
    told = [piece for piece in evidence if (piece.basis is Basis.OFFICIAL) is (level is Level.OFFICIAL)]
    named = level in _WARNED or level is Level.OFFICIAL
    body = next((piece.body for piece in told if piece.body is not None), None) if named else None
    script = facts.scripts[0] if facts.scripts and level in _WARNED else None
    return MailVerdict(level, points, evidence, skipped, body, script, facts, list_version, now)
