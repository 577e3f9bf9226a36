"""The copy for third parties: what tells who the person is goes, what tells who the scammer is stays."""

from guetteur.reports.redact.changes import REDACTED, Change, Redacted
from guetteur.reports.redact.mail import redact_mail
from guetteur.reports.redact.page import redact_html
from guetteur.reports.redact.url import redact_url

__all__ = ["REDACTED", "Change", "Redacted", "redact_html", "redact_mail", "redact_url"]
