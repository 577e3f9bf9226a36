"""What the way of a mail leaves in its headers: Received, SPF, DKIM, DMARC and ARC as real servers write them.

Signatures have the right shape and random content: nothing here checks them, as a reader of stored mail does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.mail_passage import selector

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.mail_passage import Passage

Headers = list[tuple[str, str]]
UNCHECKED = {"Return-Path", "Delivered-To", "Received"}
TLS = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"


def received_headers(way: Passage) -> Headers:
    """Everything above From, topmost first."""
    top = _RECEIVERS[way.receiver](way)
    if way.outcome == "bare" or way.receiver == "none":
        top = [(name, value) for name, value in top if name in UNCHECKED]
    if way.outcome == "list":
        top += [
            ("List-Id", f"<discussion.{way.host}>"),
            ("List-Unsubscribe", f"<mailto:leave-{way.token(6)}@{way.host}>"),
            ("Precedence", "list"),
        ]
    first = (
        f"from [10.0.{way.number(1)}.7] (unknown [10.0.{way.number(1)}.7])\r\n"
        f"\tby {way.server} (Postfix) with ESMTPA id {way.token(11).upper()};\r\n\t{way.when}"
    )
    return top + [("DKIM-Signature", _signature(way, domain)) for domain, _ in way.signatures] + [("Received", first)]


def _signature(way: Passage, domain: str) -> str:
    b = way.base64(256, "b" + domain)
    folded = "\r\n\t ".join(b[at : at + 64] for at in range(0, len(b), 64))
    return (
        f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector(domain)}; t={int(way.sent.timestamp())};\r\n"
        f"\th=from:to:subject:date:message-id:mime-version:content-type;\r\n"
        f"\tbh={way.base64(32, 'bh')};\r\n\tb={folded}"
    )


def _gmail(way: Passage) -> Headers:
    spf = f"{way.spf} (google.com: {way.spf_sentence})"
    results = [
        f"dkim={result} header.i=@{domain} header.s={selector(domain)} header.b={way.base64(6, domain)}"
        for domain, result in way.signatures
    ]
    results.append(f"spf={spf} smtp.mailfrom={way.envelope}")
    result, policy = way.dmarc
    if policy:
        results.append(f"dmarc={result} (p={policy.upper()} sp={policy.upper()} dis=NONE) header.from={way.domain}")
    joined = "mx.google.com;\r\n       " + ";\r\n       ".join(results)
    inside = f"2002:a05:6a10:{way.token(4)}:b0:{way.token(3)}:{way.token(4, 'x')}"
    seal = f"i=1; a=rsa-sha256; t={int(way.sent.timestamp())}; cv=none; d=google.com; s=arc-20240605;"
    came = (
        f"from {way.server} ({way.server}. [{way.ip}])\r\n"
        f"        by mx.google.com with ESMTPS id {way.token(20)}\r\n        for <{way.recipient}>\r\n"
        f"        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\r\n        {way.when}"
    )
    return [
        ("Delivered-To", way.recipient),
        ("Received", f"by {inside} with SMTP id {way.token(16)};\r\n        {way.when}"),
        ("ARC-Seal", f"{seal}\r\n        b={way.base64(64, 'seal')}"),
        ("ARC-Authentication-Results", f"i=1; {joined}"),
        ("Return-Path", f"<{way.envelope}>"),
        ("Received", came),
        ("Received-SPF", f"{spf} client-ip={way.ip};"),
        ("Authentication-Results", joined),
    ]


def _outlook(way: Passage) -> Headers:
    result, policy = way.dmarc
    dkim = "dkim=none (message not signed) header.d=none"
    if signed := way.signatures:
        word = "was verified" if signed[0][1] == "pass" else "did not verify"
        dkim = f"dkim={signed[0][1]} (signature {word}) header.d={signed[0][0]}"
    action = "oreject" if (result, policy) == ("fail", "reject") else "none"
    dmarc = f"dmarc={result} action={action} header.from={way.domain}"
    compauth = "compauth=fail reason=000" if result == "fail" else "compauth=pass reason=100"
    edge = f"{way.token(8).upper()}.mail.protection.outlook.com"
    inside = (
        f"from {way.token(6).upper()}.eurprd04.prod.outlook.com (2603:10a6:{way.token(3)}::{way.token(2)}) by\r\n"
        f" AM9P250MB0{way.token(3)}.EURP250.PROD.OUTLOOK.COM with HTTPS; {way.when}"
    )
    came = (
        f"from {way.server} ({way.ip})\r\n by {edge} (10.13.3.{way.number(2) % 250}) with Microsoft SMTP Server\r\n"
        " (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.9160.9 via Frontend\r\n"
        f" Transport; {way.when}"
    )
    word = "designates" if way.spf == "pass" else "does not designate"
    spf = (
        f"{way.spf.capitalize()} (protection.outlook.com: domain of {way.host}\r\n"
        f" {word} {way.ip} as permitted sender)\r\n"
        f" receiver=protection.outlook.com; client-ip={way.ip}; helo={way.server};"
    )
    found = f"spf={way.spf} (sender IP is {way.ip})\r\n smtp.mailfrom={way.host}; {dkim};{dmarc};{compauth}"
    return [
        ("Received", inside),
        ("Authentication-Results", found),
        ("Received-SPF", spf),
        ("Received", came),
        ("X-IncomingTopHeaderMarker", f"OriginalChecksum:{way.token(40).upper()}"),
        ("Return-Path", way.envelope),
    ]


def _rspamd(way: Passage, mx: str) -> Headers:
    results = [
        f"dkim={result} header.d={domain} header.s={selector(domain)} header.b={way.base64(6, domain)}"
        for domain, result in way.signatures
    ] or ["dkim=none"]
    result, policy = way.dmarc
    results.append(f"dmarc={result} {f'(policy={policy}) ' if policy else ''}header.from={way.domain}")
    results.append(f"spf={way.spf} ({mx}: {way.spf_sentence}) smtp.mailfrom={way.envelope}")
    came = (
        f"from {way.server} ({way.server} [{way.ip}])\r\n\t(using {TLS})\r\n"
        f"\tby {mx} (Postfix) with ESMTPS id {way.token(12).upper()}\r\n\tfor <{way.recipient}>; {way.when}"
    )
    return [
        ("Return-Path", f"<{way.envelope}>"),
        ("Delivered-To", way.recipient),
        ("Received", came),
        ("Authentication-Results", f"{mx};\r\n\t" + ";\r\n\t".join(results)),
    ]


def _opendmarc(way: Passage, mx: str, came: str = "") -> Headers:
    result, policy = way.dmarc
    dkim = [
        (
            f"dkim={result} (2048-bit key; unprotected) header.d={domain} header.i=@{domain}\r\n"
            f'\theader.a=rsa-sha256 header.s={selector(domain)} header.b="{way.base64(6, domain)}";\r\n'
            "\tdkim-atps=neutral"
        )
        for domain, result in way.signatures
    ]
    came = came or (
        f"from {way.server} ({way.server} [{way.ip}])\r\n"
        f"\tby {mx} (Postfix) with ESMTPS id {way.token(10).upper()}\r\n\tfor <{way.recipient}>; {way.when}"
    )
    return [
        ("Return-Path", f"<{way.envelope}>"),
        ("Authentication-Results", f"{mx}; dmarc={result} (p={policy or 'none'} dis=none) header.from={way.domain}"),
        ("Authentication-Results", f"{mx}; spf={way.spf} smtp.mailfrom={way.envelope}"),
        *(("Authentication-Results", f"{mx};\r\n\t{one}") for one in dkim),
        ("Received", came),
    ]


def _free(way: Passage) -> Headers:
    mx = f"mx{way.number(1) + 10}-g26.priv.proxad.net"
    came = f"from {way.server} ([{way.ip}])\r\n\tby {mx} (MXproxy) for {way.recipient};\r\n\t{way.when} (UTC)"
    return [*_opendmarc(way, mx, came), ("X-ProXaD-SC", "state=HAM score=0")]


def _ovh(way: Passage) -> Headers:
    marks = [("X-Ovh-Tracer-Id", str(way.number(15))), ("X-VR-SPAMSTATE", "OK")]
    return [*_opendmarc(way, f"in{way.number(1) + 40}.mail.ovh.net"), *marks]


def _postfix(way: Passage) -> Headers:
    return _opendmarc(way, "mx1." + way.recipient.rpartition("@")[2])


_RECEIVERS: dict[str, Callable[[Passage], Headers]] = {
    "gmail": _gmail,
    "outlook": _outlook,
    "orange": lambda way: _rspamd(way, f"opmtai{way.number(1)}.mx.orange.fr"),
    "free": _free,
    "ovh": _ovh,
    "postfix": _postfix,
    "none": _postfix,
}
