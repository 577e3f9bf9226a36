"""Finds the day of creation in a WHOIS answer by the labels registries use; every pattern takes linear time.

WHOIS texts have no grammar (RFC 3912 defines none). Only labels at the start of a line count: an organisation named
``Creation Date: 1999-01-01`` must not make its domain look old.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

_MAX_LINE = 400
_LABELS = (
    "created",
    "created on",
    "created date",
    "created-date",
    "create date",
    "creation date",
    "date created",
    "creation time",
    "created at",
    "registered",
    "registered on",
    "registered date",
    "registered at",
    "registered since",
    "registration",
    "registration date",
    "registration time",
    "first registration date",
    "date registered",
    "record created",
    "record created on",
    "domain created",
    "domain created on",
    "domain create date",
    "domain creation date",
    "domain registered",
    "domain registration date",
    "domain record activated",
    "domain name commencement date",
    "domain name registration date",
    "domain_dateregistered",
    "commencement date",
    "activated",
    "activated on",
    "activation",
    "connected date",
    "fecha de registro",
    "fecha de creacion",
    "fecha de creación",
    "fecha de activación",
    "fecha de activacion",
    "date de creation",
    "date de création",
    "data de registo / creation date (dd/mm/yyyy)",
    "creation date (dd/mm/yyyy)",
    "assigned",
    "登録年月日",
    "接続年月日",
)
_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?:[a-z]{1,2}\.?[ ](?=\[))?[\[*]?[ ]?(?:"
    + "|".join(re.escape(label) for label in sorted(_LABELS, key=len, reverse=True))
    + r")(?:[ \t]*[.:\]]+[ \t.:]*|[ \t]{2,}|\t|[ ](?=\d))(?P<value>\S.*)?",
    re.IGNORECASE,
)
_IL_ASSIGNED = re.compile(r"changed:[ \t]+\S.* (?P<value>\d{8}) \(Assigned\)")

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_MONTH = r"(?P<b>[A-Za-z]{3})[a-z]{0,6}\.?"
_DAY = r"(?P<d>\d{1,2})"
_SHAPES = tuple(
    re.compile(rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}},? )?{shape}", re.IGNORECASE)
    for shape in (
        rf"\"?{_YEAR}[-/.][ ]?(?P<m>\d{{1,2}})[-/.][ ]?{_DAY}(?!\d)",
        rf"{_YEAR}[-/. ]{_MONTH}[-/. ]{_DAY}(?!\d)",
        rf"{_YEAR}(?P<m>\d\d)(?P<d>\d\d)(?:\d{{6}})?(?!\d)",
        rf"{_DAY}[-/. ][ ]?(?P<m>\d{{1,2}})[-/. ][ ]?{_YEAR}(?!\d)",
        rf"{_DAY}(?:st|nd|rd|th)?[-/. ]?{_MONTH},?[-/. ]?{_YEAR}(?!\d)",
        rf"{_MONTH}[-/. ][ ]?{_DAY}(?:st|nd|rd|th)?,?[-/. ]{_YEAR}(?!\d)",
        # C's asctime() and date(1): "Jun 05 00:00:00 GMT 2002", with or without zone.
        rf"{_MONTH} [ ]?{_DAY} \d\d?:\d\d(?::\d\d)?(?: [A-Z]{{2,5}})? {_YEAR}(?!\d)",
        # Nominet's names of before it kept days: no day, so the month's first.
        rf"before {_MONTH}-{_YEAR}(?!\d)",
    )
)
_MONTH_FIRST_ZONES = frozenset({"tk", "ml", "ga", "cf", "gq"})
"""Freenom's servers wrote 12/31/2013; every other registry's numeric day that is not ISO has the day first."""

_NO_SUCH_DOMAIN = re.compile(
    r"\b(?:no match|not found|no entries found|no data found|no object found|no such domain|nothing found"
    r"|no information (?:available )?about|does not exist|not registered|no found|not been registered"
    r"|is available|is free|status:[ \t]*(?:free|available)|no records? found|is not in use|available for registration"
    r"|no information was found|domain unknown|object_not_found|not find matchingrecord|no matching)\b",
    re.IGNORECASE,
)
_DECLINED = re.compile(
    r"\b(?:limit exceeded|exceeded the|exceeded your|too many (?:requests|queries|connections)|quota"
    r"|query rate|rate limit|temporarily (?:denied|unavailable)|access (?:denied|restricted|control)"
    r"|try again (?:later|after|in)|please wait|throttled|blacklisted|go away|maximum queries"
    r"|excessive quer[a-z]+|grace period|address blocked)\b",
    re.IGNORECASE,
)


def read_day(value: str, *, month_first: bool = False) -> date | None:
    """Read the day at the start of a value in any of the shapes registries write; None for anything else."""
    for shape in _SHAPES:
        found = shape.match(value)
        if found is None:
            continue
        parts = found.groupdict()
        month = _MONTHS.get(parts["b"].lower(), 0) if parts.get("b") else int(parts["m"])
        day = int(parts.get("d") or 1)
        if month_first and shape is _SHAPES[3]:
            month, day = day, month
        try:
            return date(int(parts["y"]), month, day)
        except ValueError:
            return None
    return None


def labelled_day(domain: str, text: str) -> date | None:
    """Return the day of creation that a well-known label gives, or None.

    Of several labelled days the least indented counts, then the first: registries put the domain before its contacts
    and registrar, which have days of their own.

    Args:
        domain: the name that was asked for; its zone tells the order of day and month.
        text: the whole answer.
    """
    month_first = domain.rpartition(".")[2] in _MONTH_FIRST_ZONES
    found: list[tuple[int, date]] = []
    for line, after in pairwise([*text.splitlines(), ""]):
        match = _LINE.match(line[:_MAX_LINE])
        if match is not None:
            indent = len(match["indent"].expandtabs())
            # Switzerland's registry writes the day on a line of its own.
            day = read_day(match["value"] or after[:_MAX_LINE].strip(), month_first=month_first)
        elif (assigned := _IL_ASSIGNED.match(line[:_MAX_LINE])) is not None:
            indent, day = 0, read_day(assigned["value"])
        else:
            continue
        if day is not None:
            found.append((indent, day))
    return min(found, key=lambda entry: entry[0])[1] if found else None


def no_such_domain(text: str) -> bool:
    """Whether an answer without a day says that the domain is not registered."""
    return _NO_SUCH_DOMAIN.search(text) is not None


def declined(text: str) -> bool:
    """Whether an answer without a day says that we asked too often or may not ask."""
    return _DECLINED.search(text) is not None
