"""A few short mails whose bytes say all a test asks of them; the many are in ``tests/mails``."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from support.sites import FAKE
from support.webmail.imap import MAIL_DOMAIN, USER

DANGEROUS = f"http://{FAKE}/login"
HARMLESS = "https://gazette-du-potager.example/semis"
OFFICIAL = "https://www.impots.gouv.fr/aide"
#: The words of the dangerous link pretend to be the real site.
SHOWN = "https://www.impots.gouv.fr/remboursement"


def letter(sender: str, subject: str, text: str, page: str = "", passed: str = "") -> bytes:
    """Write one mail to the owner of the mailbox.

    Args:
        sender: From, as in the header.
        subject: Subject.
        text: the plain text.
        page: the HTML beside it.
        passed: the domain the receiving server found to be the real sender; it wrote what it found above its own
            Received line, where nobody else can have written it.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = f"{USER}@{MAIL_DOMAIN}"
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:12:00 +0100"
    message.set_content(text)
    if page:
        message.add_alternative(page, subtype="html")
        message.set_boundary("letter")  # the same bytes each time
    return (_receipt(passed) if passed else b"") + message.as_bytes()


def _receipt(domain: str) -> bytes:
    own = f"mx.{MAIL_DOMAIN}"
    found = f"dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"
    return (
        f"Authentication-Results: {own}; {found}\r\n"
        f"Received: from smtp.{domain} (smtp.{domain} [203.0.113.7])\r\n\tby {own} (Postfix) with ESMTPS id 4Nh2Qk\r\n"
        f"\tfor <{USER}@{MAIL_DOMAIN}>; Mon, 23 Nov 2026 09:12:02 +0100\r\n"
    ).encode("ascii")


def refund() -> bytes:
    """A false tax refund: name, link and words."""
    return letter(
        "Impots.gouv.fr <contact@verif-dossier.com>",
        "Remboursement d'impôt de 248,30 €",
        f"Après calcul, vous avez droit à un remboursement de 248,30 €. Suivez ce lien : {DANGEROUS}\n",
        "<p>Après le dernier calcul de votre impôt, vous avez droit à un remboursement de 248,30 €.</p>"
        f'<p><a href="{DANGEROUS}">{SHOWN}</a></p><p><a href="{OFFICIAL}">Aide</a></p>',
    )


def genuine() -> bytes:
    """The tax office's own mail, proven by the receiving server."""
    return letter(
        '"impots.gouv.fr" <ne-pas-repondre@dgfip.finances.gouv.fr>',
        "Votre avis d'impôt est disponible",
        "Votre avis est disponible dans votre espace particulier sur impots.gouv.fr.\n",
        '<p>Votre avis est disponible sur <a href="https://www.impots.gouv.fr/">www.impots.gouv.fr</a>.</p>',
        passed="dgfip.finances.gouv.fr",
    )


def ordinary() -> bytes:
    """A mail of the family."""
    return letter(
        f"Paul Martin <paul.martin@{MAIL_DOMAIN}>",
        "Dimanche",
        f"Bonjour maman,\n\nOn vient dimanche à midi. La recette est là : {HARMLESS}\n\nPaul\n",
    )
