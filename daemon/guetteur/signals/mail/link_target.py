"""A link leads to a site that is warned of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Basis, Evidence, Signal, Skip
from guetteur.core.verdict import Level

if TYPE_CHECKING:
    from guetteur.core.mail.facts import MailFacts
    from guetteur.core.mail.subject import MailSubject

_WEIGHTS = {Level.DANGER: 2.0, Level.CAUTION: 1.0}


def check(_mail: MailSubject, facts: MailFacts) -> Evidence | Skip | None:
    """The worst of them."""
    warned = [link for link in facts.links if link.verdict is not None and link.verdict.level in _WEIGHTS]
    worst = max(warned, key=lambda link: link.verdict.points if link.verdict is not None else 0, default=None)
    if worst is None or worst.verdict is None or worst.target is None:
        return None
    verdict, target = worst.verdict, worst.target
    listed = any(piece.basis is Basis.LISTED for piece in verdict.evidence)
    body = verdict.body
    code = "link_listed" if listed else "link_like" if body is not None else "link_odd"
    if worst.link.origin == "qr":
        code = "link_in_picture"
    params = {"target": target.host, "name": body.name if body is not None else ""}
    basis = Basis.LISTED if listed else Basis.GUESS
    return Evidence("link_target", code, params, body, weight=_WEIGHTS[verdict.level], basis=basis)


SIGNAL = Signal("link_target", ("link_listed", "link_like", "link_odd", "link_in_picture"), check)
