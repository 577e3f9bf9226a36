"""The outbox by case: which there are, page by page, and whether anything is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from guetteur.reports.case import Case
from guetteur.reports.outbox import OPEN_CODES, put_case
from guetteur.reports.waiting import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from guetteur.reports.outbox import Outbox
    from guetteur.reports.outbox_file import OutboxFile

_PAGE = """select id, content from cases
    order by coalesce((select min(queued_at) from reports where case_id = id),
                      json_extract(cast(content as text), '$.found_at')) desc, id limit ? offset ?"""
_DUE = """select 1 from reports where state in ('queued', 'sending', 'accepted') and (
    state = 'sending' or (wait_until <= ?1 or wait_from > ?1) and (
    state = 'queued' or state = 'accepted' and queued_at >= ?2
    and channel in (select value from json_each(?3)) and code in (select value from json_each(?4)))) limit 1"""
"""The states first: they are few and have an index, while the rows of what was settled hold whole drafts."""


def keep_case(file: OutboxFile, case: Case) -> None:
    """Keep a case of which nothing may have been queued; see `put_case`.

    Raises:
        OutboxError: ``outbox_unwritable``.
    """
    with file.change() as db:
        put_case(db, case)


def case_page(file: OutboxFile, offset: int, limit: int) -> tuple[tuple[Case, ...], int]:
    """Cases, the latest sent first, and how many there are of all.

    Raises:
        OutboxError: ``outbox_unwritable``.
    """
    total = file.read("select count(*) from cases")[0][0]
    rows = file.read(_PAGE, (limit, offset))
    return tuple(msgspec.json.decode(content, type=Case) for _, content in rows), total


def is_due(outbox: Outbox, now: datetime, asked: Iterable[str]) -> bool:
    """Whether something may be sent, or one of the channels ``asked`` be asked after a report.

    It may say yes where the outbox then finds nothing; never the reverse.

    Raises:
        OutboxError: ``outbox_unwritable``.
    """
    values = (
        stamp(now),
        stamp(now - outbox.waits.age),
        msgspec.json.encode(list(asked)).decode(),
        msgspec.json.encode(list(OPEN_CODES)).decode(),
    )
    return bool(outbox.file.read(_DUE, values))
