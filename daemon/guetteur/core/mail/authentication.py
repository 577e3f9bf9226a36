"""What the receiving side found about the sender (RFC 8601), and nothing that the sender wrote himself.

Results count where only the receiving side can have put them: above the Received line with which its border took the
message in; or directly under that line, where the provider is known to write there and to remove forged ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from guetteur.core.facts import Fact, Known
from guetteur.core.mail import decode
from guetteur.core.mail.addresses import ascii_domain
from guetteur.core.mail.received import Hop, Receivers, border, hops, under
from guetteur.core.mail.subject import NOT_CHECKED, UNREADABLE, Authentication, Result

if TYPE_CHECKING:
    from guetteur.core.mail.mime import Headers

_FAILS = frozenset(("fail", "softfail", "hardfail", "policy"))
_POLICY = re.compile(r"\bp=(none|quarantine|reject)\b", re.IGNORECASE)
# Possessive throughout: a sender's words stand in these lines, and nothing is to be read twice.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_METHOD = re.compile(r"\s*+([a-zA-Z][a-zA-Z0-9-]*+)(?:\s*+/\s*+\d++)?+\s*+=\s*+([a-zA-Z]++)")
_PROPERTY = re.compile(
    rf"(?<!\S)([a-zA-Z][a-zA-Z-]*+(?:\s*+\.\s*+[a-zA-Z-]++)?+)\s*+=\s*+({_QUOTED.pattern}[^\s;]*+|[^\s;]*+)"
)
_INSTANCE = re.compile(r"\s*i\s*=\s*(\d{1,2})\s*;")
_TRACE = frozenset((
    "received-spf", "authentication-results", "arc-seal", "arc-message-signature", "arc-authentication-results",
    "return-path", "delivered-to", "x-original-to", "x-received",
))  # fmt: skip
_DOMAIN_OF = re.compile(
    rf"\s*+(?:[^\s:]++:\s*+)?+(?:best guess record for )?+domain of (?:transitioning )?+"
    rf"((?:{_QUOTED.pattern}|[^\s\"])++)",
    re.IGNORECASE,
)
_SPF_SENDERS = ("smtp.mailfrom", "smtp.mail", "smtp.envfrom", "smtp.helo")
_SPF_IDENTITIES = {"": "envelope-from", "mailfrom": "envelope-from", "mfrom": "envelope-from", "helo": "helo"}
_NOBODY = ("", "<>", "none")


class _Finding(msgspec.Struct, frozen=True):
    method: str
    result: str
    properties: dict[str, str]
    comments: str


class _Report(msgspec.Struct, frozen=True):
    authserv: str
    findings: list[_Finding]


def authentication(headers: Headers, receivers: Receivers) -> tuple[Fact[Authentication], Fact[str]]:
    """Return (what the receiving side found, the first foreign host it got the message from)."""
    hop = border(hops(headers), receivers)
    if hop is None:
        return NOT_CHECKED, NOT_CHECKED
    relay: Fact[str] = Known(hop.found or hop.address or hop.greeting)
    reports, spf = _trusted(headers, hop, receivers)
    if not reports and spf is None:
        return NOT_CHECKED, relay
    first = reports[0].authserv if reports else ""
    findings = [finding for report in reports if report.authserv == first for finding in report.findings]
    said = _authentication(findings, spf, first or hop.by)
    return Known(_with_arc(said, findings, headers, receivers)), relay


def _trusted(headers: Headers, hop: Hop, receivers: Receivers) -> tuple[list[_Report], str | None]:
    """The reports of the receiving side, topmost first, and its Received-SPF line."""
    reports: list[_Report] = []
    spf: str | None = None
    above = headers.fields[: hop.index]
    for name, raw in above:
        if name == "authentication-results":
            reports.append(read_report(decode.unfold(raw)))
        elif name == "received-spf" and spf is None:
            spf = decode.unfold(raw)
    known = receivers.of(hop.by)
    if known is not None and known.order == "below" and known.strips:
        for name, raw in headers.fields[hop.index + 1 :]:
            if name not in _TRACE:
                break
            if name == "authentication-results":
                report = read_report(decode.unfold(raw))
                if under(report.authserv, known.authserv):
                    reports.append(report)
                    break  # the topmost; what follows is the sender's
            elif name == "received-spf" and spf is None:
                spf = decode.unfold(raw)
    return [report for report in reports if report.findings], spf


def read_report(text: str) -> _Report:
    """Take one Authentication-Results value apart. Microsoft writes no ``authserv-id``."""
    pieces = _pieces(text)
    authserv = ""
    if pieces and not _METHOD.match(pieces[0][0]):
        words = pieces[0][0].replace('"', "").split()
        authserv = words[0].lower().rstrip(".") if words else ""
        pieces = pieces[1:]
    findings: list[_Finding] = []
    for piece, comments in pieces[:64]:
        method = _METHOD.match(piece)
        if not method:
            continue
        properties = _properties(piece, method.end())
        findings.append(_Finding(method[1].lower(), method[2].lower(), properties, comments))
    return _Report(authserv, findings)


def _properties(piece: str, start: int = 0) -> dict[str, str]:
    """The properties of a finding. Where one is there twice and differs, somebody's words got into the line."""
    properties: dict[str, str] = {}
    for found in _PROPERTY.finditer(piece, start):
        name = "".join(found[1].lower().split())
        properties[name] = found[2] if properties.get(name, found[2]) == found[2] else UNREADABLE
    return properties


def _pieces(text: str) -> list[tuple[str, str]]:
    """``text`` cut at its semicolons, comments apart: a ``;`` or ``dmarc=pass`` in quotes or brackets is no result."""
    pieces: list[tuple[str, str]] = []
    words: list[str] = []
    comments: list[str] = []
    at = depth = 0
    for match in re.finditer(r'\\.|"|[();]', text):
        start, sign = match.start(), match[0]
        if start < at or sign[0] == "\\":
            continue
        (comments if depth else words).append(text[at:start])
        at = match.end()
        if sign == '"':  # in a comment too: Google and others put the sender's own address there
            quoted = _QUOTED.match(text, start)
            (comments if depth else words).append(quoted[0] if quoted else "")
            at = quoted.end() if quoted else at
        elif sign == "(":
            depth += 1
            words.append(" ")
            comments.append(" ")
        elif sign == ")":
            depth = max(0, depth - 1)
        elif sign == ";" and not depth:
            pieces.append(("".join(words), "".join(comments)))
            words, comments = [], []
    (comments if depth else words).append(text[at:])
    pieces.append(("".join(words), "".join(comments)))
    return pieces


def _authentication(findings: list[_Finding], spf_line: str | None, checked_by: str) -> Authentication:
    spf, envelope = _spf(findings, spf_line)
    dkim = [finding for finding in findings if finding.method == "dkim"]
    passed = [finding for finding in dkim if finding.result == "pass"]
    signers = dict.fromkeys(_domain(f.properties.get("header.d") or f.properties.get("header.i", "")) for f in passed)
    dmarc = [finding for finding in findings if finding.method == "dmarc"]
    return Authentication(
        spf=spf,
        envelope=envelope,
        dkim=_best([_result(finding.result) for finding in dkim]),
        signers=tuple(signer for signer in signers if signer)[:16],
        # One message has one result. Two that differ: somebody's words got into the line.
        dmarc=_worst([_result(finding.result) for finding in dmarc]),
        policy=_policy(dmarc[0]) if dmarc else "",
        checked_by=checked_by,
        dmarc_of=_judged(dmarc),
    )


def _judged(dmarc: list[_Finding]) -> str:
    """The domain of From that the result is of; two that differ cannot be read."""
    named = {_domain(value) for finding in dmarc if (value := finding.properties.get("header.from"))}
    if not named:
        return ""
    return (named.pop() or UNREADABLE) if len(named) == 1 else UNREADABLE


def _spf(findings: list[_Finding], line: str | None) -> tuple[Result, str]:
    """SPF of the envelope sender, else of the greeting, else as the Received-SPF line says."""
    found = [finding for finding in findings if finding.method == "spf"]
    for name in _SPF_SENDERS:
        for finding in found:
            value = finding.properties.get(name, "")
            if value not in _NOBODY:
                return _result(finding.result), _domain(value)
    if found and line is None:
        return _result(found[0].result), ""
    return _spf_line(line or "")


def _spf_line(line: str) -> tuple[Result, str]:
    """What a Received-SPF line (RFC 7208, 9.1) says, and of which domain.

    The sender's greeting and address stand in it as he wrote them: only the property of that very name counts, and the
    sentence that begins the first comment. Where they differ, neither does.
    """
    pieces = _pieces(line)
    first, comments = pieces[0]
    properties = _properties(" ".join(piece for piece, _ in pieces))
    name = _SPF_IDENTITIES.get(properties.get("identity", "").lower(), "")
    sentence = _DOMAIN_OF.match(comments) if name == "envelope-from" else None
    said = (properties.get(name, ""), sentence[1] if sentence else "")
    named = {_domain(value) for value in said if value not in _NOBODY}
    word = first.split(None, 1)[0].lower() if first.strip() else ""
    return _result(word), named.pop() if len(named) == 1 else ""


def _with_arc(said: Authentication, findings: list[_Finding], headers: Headers, receivers: Receivers) -> Authentication:
    """What a known forwarder found before the receiving side, where that one vouches for its seal."""
    if said.dmarc is Result.PASS or not any(f.method == "arc" and f.result == "pass" for f in findings):
        return said
    seals = [decode.unfold(raw) for raw in headers.all("arc-seal")]
    newest = max(seals, key=_instance, default="")
    sealer = re.search(r";\s*d\s*=\s*([^\s;]+)", newest)
    known = tuple(domain for one in receivers.receivers for domain in one.seals)
    if sealer is None or ascii_domain(sealer[1]) not in known:
        return said
    for raw in headers.all("arc-authentication-results"):
        text = decode.unfold(raw)
        if _instance(text) == _instance(newest) > 0:
            report = read_report(text.partition(";")[2])
            return _authentication(report.findings, None, said.checked_by)
    return said


def _instance(text: str) -> int:
    found = _INSTANCE.match(text)
    return int(found[1]) if found else 0


def _policy(finding: _Finding) -> str:
    written = _POLICY.search(finding.comments)
    if written:
        return written[1].lower()
    published = finding.properties.get("policy.published-domain-policy", "").lower()
    if published in ("none", "quarantine", "reject"):
        return published
    # Microsoft: "oreject" is a refusal it overrode; "none" says nothing of a message that passed.
    action = finding.properties.get("action", "").lower().removeprefix("o")
    if action in ("quarantine", "reject"):
        return action
    return "none" if action == "none" and finding.result == "fail" else ""


def _domain(value: str) -> str:
    return ascii_domain(value.strip('"<>').rpartition("@")[2]) if value not in ("", "none") else ""


def _result(word: str) -> Result:
    return Result.PASS if word == "pass" else Result.FAIL if word in _FAILS else Result.NONE


def _best(results: list[Result]) -> Result:
    return next((one for one in (Result.PASS, Result.FAIL) if one in results), Result.NONE)


def _worst(results: list[Result]) -> Result:
    return next((one for one in (Result.FAIL, Result.NONE, Result.PASS) if one in results), Result.NONE)
