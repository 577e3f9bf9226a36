"""The JSON that clients and daemon exchange, as types; `guetteur.web.openapi` documents them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct

from guetteur.core.pageseen import PageSeen
from guetteur.core.prospects import exceptable

if TYPE_CHECKING:
    from datetime import datetime

    from guetteur.core.bodies import Body
    from guetteur.core.explain import Explainer
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.errors import GuetteurError

Lang = Literal["fr", "en"]
Url = Annotated[str, Meta(min_length=1, max_length=8192)]
LevelName = Literal["DANGER", "CAUTION", "UNKNOWN", "NO_KNOWN_RISK", "OFFICIAL"]

MAX_NUMBER = 2**53 - 1
"""What JavaScript can tell apart, and SQLite can hold."""
Offset = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]

MAX_BATCH = 256


class CheckUrl(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask about one address; ``visit`` says that a page of it has opened, in a window that is not private."""

    url: Url
    lang: Lang = "fr"
    visit: bool = False


class CheckAge(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask about one address, and let its domain's age be asked of the registry if that helps to decide."""

    url: Url
    lang: Lang = "fr"


class CheckBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask about several addresses at once."""

    urls: Annotated[list[Url], Meta(min_length=1, max_length=MAX_BATCH)]
    lang: Lang = "fr"


class CheckPage(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask about an address and what the page there shows."""

    url: Url
    page: PageSeen
    lang: Lang = "fr"


class ErrorDetail(Struct, frozen=True):
    """What went wrong and what to do."""

    code: str
    message: str
    hint: str


class ListHosts(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for known-bad hosts, for the browser's own blocking; ``base`` is the base already held, if any."""

    base: str | None = None
    cursor: Offset = 0


class SyncNow(Struct, frozen=True, forbid_unknown_fields=True):
    """Renew the lists now, or join the renewal that runs."""


class PhoneReply(Struct, frozen=True):
    """A genuine number of the body."""

    number: str
    label: str
    hours: str


class BodyReply(Struct, frozen=True):
    """The body a page belongs to or imitates."""

    id: str
    name: str
    home: str | None
    home_host: str | None
    advice: str
    phones: list[PhoneReply]


class Reason(Struct, frozen=True):
    """One thing that was seen, as a code and a sentence."""

    code: str
    text: str


class Skipped(Struct, frozen=True):
    """One thing that could not be looked at."""

    signal: str
    why: str
    text: str


class VerdictReply(Struct, frozen=True):
    """The verdict on one address.

    ``doubted``: something speaks against it, if too little for a warning. ``age_would_help``: it is open, and the age
    of the domain may settle it. ``excepted``: the person made an exception for this host. ``exceptable``: an exception
    would end the warning (it ends none that a list gives).
    """

    level: LevelName
    url: str
    host: str
    registrable_domain: str | None
    body: BodyReply | None
    summary: str
    reasons: list[Reason]
    skipped: list[Skipped]
    list_version: str | None
    checked_at: str
    doubted: bool
    age_would_help: bool
    excepted: bool
    exceptable: bool


class ErrorReply(Struct, frozen=True):
    """Any answer with status 4xx or 5xx, and an entry of a batch that is no address."""

    error: ErrorDetail


class PageHintsReply(Struct, frozen=True):
    """What makes a page worth a question: phrases of field labels, and phrases of its text.

    Both are folded: lower case without accents, one space between words, ``#`` for any number.
    """

    fields: list[str]
    text: list[str]


class BatchReply(Struct, frozen=True):
    """Verdicts in the order asked; each is a `VerdictReply` or an `ErrorReply` (untagged, so typed Any)."""

    results: list[Any]


class ListHostsReply(Struct, frozen=True):
    """One page of the base's hosts, then of what changed since: hosts that came, then hosts that went.

    ``base`` names the full list the hosts are from, None without lists; ``unchanged`` says that it is the one asked
    about, whose hosts are left out. ``next`` is the cursor of the following page. ``version`` names the state with
    ``added`` and ``removed``: pages of different states do not go together.
    """

    base: str | None
    unchanged: bool
    total: int
    hosts: list[str]
    next: int | None
    version: str | None
    added: list[str]
    removed: list[str]


class SyncStep(Struct, frozen=True):
    """Where a running renewal is; ``done`` of ``total`` bytes while downloading, else zeros."""

    stage: str
    done: int
    total: int


class ListsStatus(Struct, frozen=True):
    """State of the blocklists.

    ``source`` says whether a repository is known from which they are renewed; ``error`` is why the last try failed,
    or ``clock_wrong``: then no age can be told.
    """

    version: str | None
    built_at: str | None
    age_days: int | None
    hosts: int
    stale: bool
    source: bool
    last_success: str | None
    next_try: str | None
    error: ErrorDetail | None
    running: SyncStep | None


class SyncReply(Struct, frozen=True):
    """What a renewal came to: ``updated``, ``up_to_date``, ``held``, ``busy``, ``failed`` or ``no_source``."""

    outcome: str
    version: str | None
    received: int
    error: ErrorDetail | None


class StoreStatus(Struct, frozen=True):
    """Whether what the person decides is kept; ``error`` also says what was lost since the daemon started."""

    ok: bool
    error: ErrorDetail | None


class StatusReply(Struct, frozen=True):
    """State of the daemon."""

    product: str
    version: str
    pid: int
    started_at: str
    uptime_s: float
    checks: int
    lists: ListsStatus
    store: StoreStatus
    bodies: int
    public_hosts: int


def verdict_reply(
    subject: UrlSubject, verdict: Verdict, explainer: Explainer, *, age_would_help: bool = False, excepted: bool = False
) -> VerdictReply:
    """Put a verdict into words and into its wire form."""
    return VerdictReply(
        level=verdict.level.value,
        url=subject.url,
        host=subject.host,
        registrable_domain=subject.registrable_domain,
        body=body_reply(verdict.body, explainer.lang) if verdict.body is not None else None,
        summary=explainer.summary(verdict),
        reasons=[Reason(piece.code, explainer.reason(piece)) for piece in verdict.telling],
        skipped=[Skipped(skip.signal, skip.why, explainer.skip(skip)) for skip in verdict.skipped],
        list_version=verdict.list_version,
        checked_at=iso(verdict.checked_at),
        doubted=verdict.points > 0,
        age_would_help=age_would_help,
        excepted=excepted,
        exceptable=exceptable(verdict),
    )


def iso(moment: datetime) -> str:
    """A moment as it goes over the wire: UTC, whole seconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def error_reply(error: GuetteurError) -> ErrorReply:
    """The wire form of a coded error."""
    return ErrorReply(ErrorDetail(error.code, error.message, error.hint))


def body_reply(body: Body, lang: str) -> BodyReply:
    """A body in the reader's language."""
    english = lang == "en"
    return BodyReply(
        id=body.id,
        name=body.named(lang),
        home=body.home,
        home_host=body.home.split("/")[2] if body.home else None,
        advice=body.advised(lang),
        phones=[
            PhoneReply(
                phone.number,
                phone.label_en or phone.label if english else phone.label,
                phone.hours_en or phone.hours if english else phone.hours,
            )
            for phone in body.phones
        ],
    )
