"""The name is put together the way fakes are: what is left of it when the body's name is taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guetteur.core.signal import Evidence, Need, Signal, Skip

if TYPE_CHECKING:
    from guetteur.core.facts import Facts
    from guetteur.core.subject import UrlSubject


def check(subject: UrlSubject, facts: Facts) -> Evidence | Skip | None:
    """What the tables of letter sequences say, as log-odds."""
    if facts.trusted or facts.wording is None:
        return None
    cues = {"wording.form": facts.wording.form, "wording.letters": facts.wording.letters}
    return Evidence("wording", "worded_like_fakes", {"host": subject.host}, cues=cues, vague=True)


SIGNAL = Signal("wording", ("worded_like_fakes",), check, Need.NAME)
