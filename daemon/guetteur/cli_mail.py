"""What ``guetteur check-mail`` prints: coloured text for people, one JSON object a message for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.markup import escape

from guetteur.app import build_mail_checker, now_utc
from guetteur.cli_common import FAILED, FOUND, complain
from guetteur.cli_output import STYLE, plain, print_json
from guetteur.core.verdict import Level
from guetteur.errors import InvalidInputError
from guetteur.mail_files import messages
from guetteur.texts import load_explainers
from guetteur.web.wire import error_reply
from guetteur.web.wire_mail import mail_reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.config import Settings
    from guetteur.core.explain import Explainer
    from guetteur.mail_checker import MailChecker
    from guetteur.mail_files import Message
    from guetteur.web.wire_mail import MailReply

_WARNED = ("DANGER", "CAUTION")
_WORDS = {
    "fr": {"from": "De :", "subject": "Objet :", "todo": "Que faire :", "report": "Signaler :"},
    "en": {"from": "From:", "subject": "Subject:", "todo": "What to do:", "report": "Report it:"},
}


def print_mails(settings: Settings, paths: Sequence[str], *, with_lists: bool, as_json: bool, lang: str) -> int:
    """Judge and print each message found at ``paths``; return the exit status."""
    checker = build_mail_checker(settings.data_dir, with_lists=with_lists, stored=settings.lists_dir)
    explainer = load_explainers()[lang]
    status = 0
    for path in paths:
        try:
            for message in messages(Path(path)):
                status = max(status, _print_message(checker, explainer, message, as_json=as_json))
        except InvalidInputError as error:
            status = FAILED
            _print_error(path, error, lang, as_json=as_json)
    return status


def _print_message(checker: MailChecker, explainer: Explainer, message: Message, *, as_json: bool) -> int:
    try:
        mail = checker.read(message.raw, truncated=message.truncated)
    except InvalidInputError as error:
        _print_error(message.name, error, explainer.lang, as_json=as_json)
        return FAILED
    reply = mail_reply(mail, checker.check(mail, now=now_utc()), explainer, checker.routes)
    if as_json:
        print_json({"input": message.name} | msgspec.to_builtins(reply))
    else:
        _print_reply(message.name, reply, explainer)
    return FOUND if reply.level in _WARNED else 0


def _print_reply(name: str, reply: MailReply, explainer: Explainer) -> None:
    console = Console(highlight=False, soft_wrap=True)
    words = _WORDS[explainer.lang]
    console.print(f"[{STYLE[reply.level]}] {escape(explainer.level(Level(reply.level)))} [/] {escape(name)}")
    console.print(f"  {words['from']} {escape(reply.sender_name)} <{escape(reply.sender)}>", style="dim")
    console.print(f"  {words['subject']} {escape(reply.subject)}", style="dim")
    console.print(f"  {escape(reply.summary)}")
    for reason in reply.reasons:
        console.print(f"  • {escape(reason.text)}")
    for link in reply.links:
        if link.level in _WARNED:
            console.print(f"  ↗ {escape(link.host)} – {escape(link.summary)}")
    for skipped in reply.skipped:
        console.print(f"  ? {escape(skipped.text)}", style="dim")
    if reply.todo:
        console.print(f"  {words['todo']}")
        for line in reply.todo:
            console.print(f"  → {escape(line)}")
    if reply.route is not None:
        console.print(f"  {words['report']} {escape(reply.route.name)} – {escape(reply.route.url or reply.route.text)}")


def _print_error(name: str, error: InvalidInputError, lang: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"input": name} | msgspec.to_builtins(error_reply(error)))
    else:
        complain(error, lang, plain(name))
