"""The JSON that clients and daemon exchange, and its OpenAPI document, from one set of types."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from guetteur import __version__

if TYPE_CHECKING:
    from guetteur.core.bodies import Body
    from guetteur.core.explain import Explainer
    from guetteur.core.subject import UrlSubject
    from guetteur.core.verdict import Verdict
    from guetteur.errors import GuetteurError

Lang = Literal["fr", "en"]
Url = Annotated[str, Meta(min_length=1, max_length=8192)]
LevelName = Literal["DANGER", "CAUTION", "UNKNOWN", "NO_KNOWN_RISK", "OFFICIAL"]

MAX_BATCH = 256


class CheckUrl(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask about one address."""

    url: Url
    lang: Lang = "fr"


class CheckBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask about several addresses at once."""

    urls: Annotated[list[Url], Meta(min_length=1, max_length=MAX_BATCH)]
    lang: Lang = "fr"


class ErrorDetail(Struct, frozen=True):
    """What went wrong and what to do."""

    code: str
    message: str
    hint: str


class ListHosts(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for known-bad hosts, for the browser's own blocking; ``base`` is the base already held, if any."""

    base: str | None = None
    cursor: Annotated[int, Meta(ge=0)] = 0


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
    """The verdict on one address."""

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


class ErrorReply(Struct, frozen=True):
    """Any answer with status 4xx or 5xx, and an entry of a batch that is no address."""

    error: ErrorDetail


class BatchReply(Struct, frozen=True):
    """Verdicts in the order asked; each is a `VerdictReply` or an `ErrorReply` (untagged, so typed Any)."""

    results: list[Any]


class ListHostsReply(Struct, frozen=True):
    """One page of the base's hosts, and what changed since as a whole.

    ``base`` names the full list the hosts are from, None without lists; ``unchanged`` says that it is the one asked
    about. ``next`` is the cursor of the following page. ``version`` names the state with ``added`` and ``removed``.
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

    ``source`` says whether a repository is known from which they are renewed; ``error`` is why the last try failed.
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


class StatusReply(Struct, frozen=True):
    """State of the daemon."""

    product: str
    version: str
    pid: int
    started_at: str
    uptime_s: float
    checks: int
    lists: ListsStatus
    bodies: int
    public_hosts: int


def verdict_reply(subject: UrlSubject, verdict: Verdict, explainer: Explainer) -> VerdictReply:
    """Put a verdict into words and into its wire form."""
    return VerdictReply(
        level=verdict.level.value,
        url=subject.url,
        host=subject.host,
        registrable_domain=subject.registrable_domain,
        body=_body_reply(verdict.body, explainer.lang) if verdict.body is not None else None,
        summary=explainer.summary(verdict),
        reasons=[Reason(piece.code, explainer.reason(piece)) for piece in verdict.evidence],
        skipped=[Skipped(skip.signal, skip.why, explainer.skip(skip)) for skip in verdict.skipped],
        list_version=verdict.list_version,
        checked_at=verdict.checked_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z",
    )


def error_reply(error: GuetteurError) -> ErrorReply:
    """The wire form of a coded error."""
    return ErrorReply(ErrorDetail(error.code, error.message, error.hint))


def _body_reply(body: Body, lang: str) -> BodyReply:
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


_CALLS: tuple[tuple[str, str, str, type[Struct] | None, type[Struct]], ...] = (
    ("post", "/v1/check/url", "Check one web address", CheckUrl, VerdictReply),
    ("post", "/v1/check/batch", "Check up to 256 web addresses", CheckBatch, BatchReply),
    ("post", "/v1/lists/hosts", "Known-bad hosts, page by page", ListHosts, ListHostsReply),
    ("post", "/v1/lists/sync", "Renew the lists now", SyncNow, SyncReply),
    ("get", "/v1/status", "State of the daemon and its lists", None, StatusReply),
)


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the daemon."""
    types = [kind for call in _CALLS for kind in call[3:] if kind is not None]
    schemas, components = msgspec.json.schema_components(
        [*types, ErrorReply], ref_template="#/components/schemas/{name}"
    )
    either = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in (VerdictReply, ErrorReply)]
    components["BatchReply"]["properties"]["results"]["items"] = {"anyOf": either}
    by_type = dict(zip([*types, ErrorReply], schemas, strict=True))
    paths: dict[str, Any] = {}
    for method, path, summary, request, reply in _CALLS:
        operation: dict[str, Any] = {
            "summary": summary,
            "operationId": path.removeprefix("/v1/").replace("/", "_"),
            "responses": {
                "200": {"description": "the answer", "content": {"application/json": {"schema": by_type[reply]}}},
                "default": {
                    "description": "a coded error with a hint",
                    "content": {"application/json": {"schema": by_type[ErrorReply]}},
                },
            },
        }
        if request is not None:
            operation["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": by_type[request]}},
            }
        paths[path] = {method: operation}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Guetteur daemon", "version": __version__, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "http://localhost", "description": "unix socket in the user's runtime folder"}],
        "paths": paths,
        "components": {"schemas": components},
    }
