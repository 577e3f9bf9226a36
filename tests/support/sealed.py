"""Asks an application behind a loopback listener as a program with its key does."""

import json
from typing import Any

from aiohttp.test_utils import TestClient

from guetteur.transport.endpoint import Listener
from guetteur.transport.seal import SEALED_TYPE, Seal


async def ask_sealed(client: TestClient, listener: Listener, path: str, body: object = None) -> tuple[int, Any]:
    """GET without a body, else POST; returns the status and what the opened answer holds."""
    assert listener.key is not None
    seal, method = Seal(listener.key), "GET" if body is None else "POST"
    head, authorization = seal.begin(method, path, listener.host)
    headers = {"Host": listener.host, "Authorization": authorization, "Content-Type": SEALED_TYPE}
    data = None if body is None else seal.close_body(head, json.dumps(body).encode())
    async with client.request(method, path, data=data, headers=headers) as reply:
        return reply.status, json.loads(seal.open_answer(head, reply.status, await reply.read()))
