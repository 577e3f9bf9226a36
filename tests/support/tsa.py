"""A real time-stamping authority on loopback: ``openssl ts`` behind HTTP, with a root of its own."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CONFIG = """
[tsa]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256

[usage]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


class Authority:
    """Makes responses.

    Attributes:
        root: PEM file of its root.
        answer: what to send in place of its own answer, when set.
        status: HTTP status it answers with.
        go: it answers when this is set.
        requests: what was asked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
        self.root = folder / "root.pem"
        self.answer: bytes | None = None
        self.status = 200
        self.go = threading.Event()
        self.go.set()
        self.requests: list[bytes] = []
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self._run(
            "req", "-x509", *curve, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Racine", "-days", "9"
        )
        self._run("req", *curve, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Horloge")
        self._run(
            "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "9",
            "-out", "tsa.pem", "-extfile", "tsa.cnf", "-extensions", "usage",
        )  # fmt: skip

    def stamp(self, request: bytes) -> bytes:
        """The response to a request, both in DER."""
        (self._folder / "query.tsq").write_bytes(request)
        self._run(
            "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", "query.tsq", "-out", "reply.tsr"
        )
        return (self._folder / "reply.tsr").read_bytes()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its address while the block lasts."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = self.rfile.read(int(self.headers["Content-Length"]))
                authority.requests.append(request)
                authority.go.wait(8)
                answer = authority.answer if authority.answer is not None else authority.stamp(request)
                self.send_response(authority.status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                try:
                    self.wfile.write(answer)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            authority.go.set()
            server.shutdown()
            server.server_close()
            thread.join()

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
