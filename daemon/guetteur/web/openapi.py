"""The OpenAPI document of the daemon, from the types of `guetteur.web.wire`."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING, Any

import msgspec

from guetteur import __version__
from guetteur.web.wire import (
    BatchReply,
    CheckAge,
    CheckBatch,
    CheckPage,
    CheckUrl,
    ErrorReply,
    ListHosts,
    ListHostsReply,
    PageHintsReply,
    StatusReply,
    SyncNow,
    SyncReply,
    VerdictReply,
)
from guetteur.web.wire_exceptions import EditExceptions, ExceptionsReply
from guetteur.web.wire_letter import AskLetter, LetterReply
from guetteur.web.wire_mail import CheckMail, MailReply
from guetteur.web.wire_privacy import (
    AddHistory,
    ClearEgress,
    ClearHistory,
    EgressReply,
    HistoryKept,
    HistoryReply,
    ListSourcesReply,
)

if TYPE_CHECKING:
    from msgspec import Struct

    _Call = tuple[str, str, str, type[Struct] | None, type[Struct]]

_CALLS: tuple[_Call, ...] = (
    ("post", "/v1/check/url", "Check one web address", CheckUrl, VerdictReply),
    ("post", "/v1/check/page", "Check one web address by what its page shows", CheckPage, VerdictReply),
    ("get", "/v1/check/page/hints", "What makes a page worth checking", None, PageHintsReply),
    ("post", "/v1/check/age", "Check one web address, the age of its domain included", CheckAge, VerdictReply),
    ("post", "/v1/check/mail", "Check one mail: raw, as shown, or both", CheckMail, MailReply),
    ("post", "/v1/letter", "Write the complaint letter", AskLetter, LetterReply),
    ("post", "/v1/check/batch", "Check up to 256 web addresses", CheckBatch, BatchReply),
    ("post", "/v1/lists/hosts", "Known-bad hosts, page by page", ListHosts, ListHostsReply),
    ("post", "/v1/lists/sync", "Renew the lists now", SyncNow, SyncReply),
    ("get", "/v1/lists/sources", "Whose lists are in use", None, ListSourcesReply),
    ("post", "/v1/exceptions", "Sites the person does not want to be warned of", EditExceptions, ExceptionsReply),
    ("get", "/v1/egress", "What left this computer", None, EgressReply),
    ("post", "/v1/egress/clear", "Forget what left this computer", ClearEgress, EgressReply),
    ("get", "/v1/history", "Warnings the person wants kept", None, HistoryReply),
    ("post", "/v1/history/add", "Keep a warning", AddHistory, HistoryKept),
    ("post", "/v1/history/clear", "Forget warnings", ClearHistory, HistoryReply),
    ("get", "/v1/status", "State of the daemon and its lists", None, StatusReply),
)


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the daemon."""
    calls = (*_CALLS, *_report_calls())
    types = [kind for call in calls for kind in call[3:] if kind is not None]
    schemas, components = msgspec.json.schema_components(
        [*types, ErrorReply], ref_template="#/components/schemas/{name}"
    )
    for component in components.values():
        if "description" in component:  # docstrings, which Python leaves indented before 3.13
            component["description"] = cleandoc(component["description"])
    either = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in (VerdictReply, ErrorReply)]
    components["BatchReply"]["properties"]["results"]["items"] = {"anyOf": either}
    by_type = dict(zip([*types, ErrorReply], schemas, strict=True))
    paths: dict[str, Any] = {}
    for method, path, summary, request, reply in calls:
        operation: dict[str, Any] = {
            "summary": summary,
            "operationId": path.removeprefix("/v1/").replace("/", "_").replace("-", "_"),
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


def _report_calls() -> tuple[_Call, ...]:
    from guetteur.web import wire_receipts as sent  # noqa: PLC0415 -- as below
    from guetteur.web import wire_report as wire  # noqa: PLC0415 -- as large as all others, and rarely needed

    return (
        ("post", "/v1/report/begin", "Begin a report", wire.BeginReport, wire.BegunReport),
        ("post", "/v1/report/evidence", "Add a piece of evidence to a report", wire.AddEvidence, wire.EvidenceTaken),
        ("post", "/v1/report/preview", "Show who would get exactly what", wire.PreviewReport, wire.PreviewReply),
        ("post", "/v1/report/send", "Send what the last preview showed", wire.SendReport, sent.ReceiptsReply),
        ("post", "/v1/report/hand-over", "Note that the person opened a form", sent.HandOver, sent.ReceiptsReply),
        ("post", "/v1/report/retract", "Take back what is still queued", sent.RetractReport, sent.ReceiptsReply),
        (
            "post",
            "/v1/report/watch",
            "Begin or end looking whether the page is still there",
            sent.WatchReport,
            sent.ReceiptsReply,
        ),
        ("post", "/v1/report/receipts", "What became of reports", sent.AskReceipts, sent.ReceiptsReply),
        ("post", "/v1/report/bundle", "The sealed original, piece by piece", sent.ReadBundle, sent.BundlePiece),
        ("post", "/v1/report/campaigns", "Reports that hang together", sent.AskCampaigns, sent.CampaignsReply),
        ("post", "/v1/report/channels", "Channels and settings, after a change", sent.EditChannels, sent.ChannelsReply),
    )
