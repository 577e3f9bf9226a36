"""The copy for third parties: what tells who the person is goes, what tells who the scammer is stays."""

from guetteur.reports.redact.changes import REDACTED, Change, Redacted
from guetteur.reports.redact.mail import RedactedMail, redact_mail
from guetteur.reports.redact.recipients import NOBODY, Person, secrets_of
from guetteur.reports.redact.secrets import Secrets
from guetteur.reports.redact.url import redact_url

__all__ = [
    "NOBODY",
    "REDACTED",
    "Change",
    "Person",
    "Redacted",
    "RedactedMail",
    "Secrets",
    "redact_mail",
    "redact_url",
    "secrets_of",
]
