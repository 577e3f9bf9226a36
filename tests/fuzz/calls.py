"""Asks a real daemon whatever its OpenAPI document allows and does not: ``python -m fuzz.calls FOLDER SECONDS``.

The daemon runs as shipped, in a home of its own, kept off the network by ``offline/sitecustomize.py``. It never answers
5xx, and every answer fits the document. Right bodies mostly name real addresses and reports that were begun.
"""

import asyncio
import json
import os
import sys
import time
from base64 import b64encode
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from fuzz.unix_http import session
from guetteur.web.openapi import openapi
from support.daemon import ROOT, Daemon
from support.report_cases import EML

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
ADDRESSES = ("https://impots-gouv.example.com/fr?a=b", "http://[2001:db8::1]/", "https://www.ameli.fr/", "http://é.fr")
CHANNELS = ("phishing-initiative", "google", "33700", "abuse-mailbox", "netcraft")
EXAMPLES = 40
"""Of one call in one round."""


class Calls:
    """One daemon's calls; remembers the reports that were begun."""

    def __init__(self, daemon: Daemon) -> None:
        self._session = session(daemon.settings.socket_path)
        self._begun: list[str] = []
        self.answers: Counter[tuple[str, str]] = Counter()

    def round(self, operation: APIOperation, mode: GenerationMode, number: int) -> None:
        """Some cases of one call."""

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @seed(number)
        @given(operation.as_strategy(generation_mode=mode), st.integers(0, 7))
        def ask(case: Case, which: int) -> None:
            if mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and which:
                case.body |= self._plausible(case.body, which)
            reply = case.call(base_url="http://localhost", session=self._session)
            case.validate_response(reply, checks=CHECKS)
            told = "answered" if reply.status_code == 200 else reply.json()["error"]["code"]
            self.answers[case.path, told] += 1
            if case.path.endswith("/report/begin") and reply.status_code == 200:
                self._begun = [*self._begun[-3:], reply.json()["case"]]

        ask()

    def _plausible(self, body: dict[str, Any], which: int) -> dict[str, Any]:
        """What noise alone never hits: real addresses and mails, reports that were begun, evidence that is whole."""
        mail = which % 2 == 0
        given: dict[str, Any] = {
            "url": ADDRESSES[which % len(ADDRESSES)],
            "raw": b64encode(EML).decode(),
            "data": b64encode(EML if mail else b"<p>jean.dupont@free.fr</p>").decode(),
            "name": "mail" if mail else "html",
            "part": 0,
            "parts": 1,
            "channel": CHANNELS[which % len(CHANNELS)],
            "channels": CHANNELS[: which % len(CHANNELS)],
        }
        if self._begun:
            given["case"] = self._begun[-which % len(self._begun)]
        return {key: value for key, value in given.items() if key in body}


def fuzz(daemon: Daemon, folder: Path, seconds: int) -> int:
    """How many calls broke; each is written down once."""
    # A body too long to be read at all is refused as such (413), whatever else is wrong with it.
    config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}}})
    schema = schemathesis.openapi.from_dict(openapi(), config=config)
    operations = [one.ok() for one in schema.get_all_operations()]
    # A call without a body cannot be asked wrongly.
    modes = {"get": (GenerationMode.POSITIVE,), "post": (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)}
    rounds = [(operation, mode) for operation in operations for mode in modes[operation.method]]
    calls, broken, number = Calls(daemon), set(), int(time.time())
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for operation, mode in rounds:
            if operation.path in broken or time.monotonic() > end:
                continue
            number += 1
            try:
                calls.round(operation, mode, number)
            except (FailureGroup, BaseExceptionGroup, OSError) as error:
                broken.add(operation.path)
                told = {"path": operation.path, "mode": mode.value, "seed": number, "error": _text(error)}
                name = f"crash-{operation.path.strip('/').replace('/', '-')}.json"
                (folder / name).write_text(json.dumps(told, indent=1), "utf-8")
                print(f"{operation.path}: {told['error']}", flush=True)
    for (path, told), count in sorted(calls.answers.items()):
        print(f"{path} {told}: {count}")
    print(f"cases tried: {calls.answers.total()}", flush=True)
    return len(broken)


def _text(error: BaseException) -> str:
    """What broke, without bodies of a megabyte."""
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else (error,)
    return "\n".join(f"{type(one).__name__}: {str(one)[:2000]}" for one in parts)


async def main() -> None:
    folder, seconds = Path(sys.argv[1]), int(sys.argv[2])
    daemon = Daemon(
        {
            "PYTHONPATH": os.pathsep.join((str(Path(__file__).parent / "offline"), str(ROOT / "daemon"))),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "GUETTEUR_LISTS_URL": "",
            "GUETTEUR_TRANSPORT": "unix",
        }
    )
    try:
        await daemon.start()
        broken = await asyncio.to_thread(fuzz, daemon, folder, seconds)
    finally:
        await daemon.stop()
        (folder / "serve.log").write_bytes((daemon.home / "serve.log").read_bytes())
        await daemon.close()
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    asyncio.run(main())
