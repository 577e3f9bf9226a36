"""The police mailbox for online blackmail: a draft with the technical headers and the wallet; the person sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from guetteur.reports.channels.fields import account
from guetteur.reports.channels.form import FormChannel
from guetteur.reports.channels.interface import NOWHERE, Draft, Field, Place, mail_of
from guetteur.reports.fingerprint import fingerprint
from guetteur.reports.wallets import wallets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.reports.case import Case, Item

_SUBJECT = "Signalement d’un chantage en ligne"
_MAX_HEADERS = 20_000
_MAX_LINK = 1_800
"""Longer ``mailto:`` links are cut or refused by some mail programs."""


class Channel(FormChannel):
    """Recipient, subject, text; the text again in its parts."""

    def draft(self, case: Case, items: Sequence[Item], place: Place = NOWHERE) -> Draft:
        """As in the interface."""
        mail = mail_of(items)
        data = mail.data if mail is not None else b""
        headers = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")[:_MAX_HEADERS]
        found = ", ".join(wallets(data))
        lines = [
            "Bonjour,",
            "",
            account(case, place),
            "",
            f"Portefeuille de cryptomonnaie indiqué : {found}",
            "Numéro de procédure, si une plainte existe déjà : ",
            "",
            "En-têtes techniques du message :",
            headers,
        ]
        text = "\n".join(lines)
        to = self.facts.address
        link = f"mailto:{to}?subject={quote(_SUBJECT)}"
        with_text = f"{link}&body={quote(text)}"
        return Draft(
            channel=self.id,
            case=case.id,
            to=to,
            subject=fingerprint(case, items),
            fields=(
                Field("Destinataire", "Recipient", to),
                Field("Objet", "Subject", _SUBJECT),
                Field("Texte complet", "Whole text", text),
                Field("Portefeuille", "Wallet", found),
                Field("En-têtes techniques", "Technical headers", headers),
            ),
            link=with_text if len(with_text) <= _MAX_LINK else link,
        )
