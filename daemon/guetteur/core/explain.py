"""From codes and parameters to sentences; the sentences themselves are passed in."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from guetteur.core.verdict import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guetteur.core.mail.verdict import MailVerdict
    from guetteur.core.signal import Evidence, Skip
    from guetteur.core.verdict import Verdict

_MAIL_PARAMS = ("name", "label")
_DAYS = ("since", "created")
"""Parameters that are a day."""

Table = dict[str, dict[str, str]]
"""section → code → sentence with ``{parameter}`` fields."""


class Explainer:
    """Sentences of one language."""

    def __init__(self, lang: str, table: Table) -> None:
        """Take the sentences.

        Raises:
            ValueError: a field is more than a plain name (``{name.attribute}``), which would reach into objects.
        """
        self.lang = lang
        self._table = table
        for sentences in table.values():
            for code, sentence in sentences.items():
                for _, field, spec, conversion in string.Formatter().parse(sentence):
                    if field is not None and not (field.isidentifier() and not spec and not conversion):
                        raise ValueError(f"{code}: {{{field}}} is no plain field")

    def reason(self, evidence: Evidence) -> str:
        """The sentence for one piece of evidence; a body in it is named in the reader's language."""
        # A parameter that reads differently in each language comes once for each, as `label_fr` and `label_en`.
        ours = {name.removesuffix(f"_{self.lang}"): text for name, text in evidence.params.items()}
        params = {**evidence.params, **ours}
        params.update({name: self._day(params[name]) for name in _DAYS if name in params})
        if evidence.body is not None:
            params["name"] = evidence.body.named(self.lang)
        return self.say("reason", evidence.code, params)

    def _day(self, iso: str) -> str:
        """``2026-11-20`` as people write it."""
        year, month, day = iso.split("-")
        return f"{int(day)} {self.template('month', month)} {year}"

    def skip(self, skip: Skip) -> str:
        """The sentence for something that could not be looked at."""
        return self.say("skip", skip.why, {})

    def level(self, level: Level) -> str:
        """The level in one or two words."""
        return self.say("level", level.value, {})

    def summary(self, verdict: Verdict) -> str:
        """The verdict in one sentence."""
        if verdict.telling and verdict.telling[0].signal == "redirector":
            return self.say("summary", f"{verdict.level.value}_link", {})
        if verdict.body is not None:
            code = verdict.level.value
            if verdict.level is not Level.OFFICIAL:
                code += "_body"
            if code in self._table["summary"]:
                return self.say("summary", code, {"name": verdict.body.named(self.lang)})
        if verdict.level is Level.CAUTION and verdict.telling and verdict.telling[0].signal.startswith("page_"):
            return self.say("summary", "CAUTION_page", {})
        if verdict.level is Level.DANGER and any(piece.signal == "listed" for piece in verdict.evidence):
            return self.say("summary", "DANGER_listed", {})
        return self.say("summary", verdict.level.value, {})

    def mail(self, verdict: MailVerdict) -> str:
        """The verdict on a mail in one sentence."""
        code = verdict.level.value
        params: dict[str, str] = {}
        if verdict.body is not None:
            params["name"] = verdict.body.named(self.lang)
        if verdict.script is not None:
            script = verdict.script.script
            params["label"] = script.label_en if self.lang == "en" else script.label
        for found in (f"{code}_body_script", f"{code}_body", f"{code}_script"):
            sentence = self._table["mail"].get(found)
            if sentence is not None and all(f"{{{name}}}" not in sentence or name in params for name in _MAIL_PARAMS):
                return self.say("mail", found, params)
        return self.say("mail", code, params)

    def template(self, section: str, code: str) -> str:
        """The sentence before anything is filled in."""
        return self._table[section][code]

    def say(self, section: str, code: str, params: Mapping[str, str]) -> str:
        """Fill one sentence. Parameters are inserted as they are: they are text for whoever shows the sentence."""
        return self.template(section, code).format_map(params)
