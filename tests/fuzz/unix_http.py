"""Lets requests, and so schemathesis, speak to the daemon's unix socket."""

import socket
from http.client import HTTPConnection
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection as PooledConnection
from urllib3.connectionpool import HTTPConnectionPool

TIMEOUT_S = 20.0


class _Connection(PooledConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(str(self._path))


class _Pool(HTTPConnectionPool):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def _new_conn(self) -> HTTPConnection:
        return _Connection(self._path)


class UnixAdapter(HTTPAdapter):
    """Every address leads to the socket at ``path``."""

    def __init__(self, path: Path) -> None:
        self._pool = _Pool(path)
        super().__init__()

    def get_connection_with_tls_context(self, *_args: object, **_options: object) -> HTTPConnectionPool:
        return self._pool


def session(path: Path) -> requests.Session:
    """A session whose ``http://`` requests all go to the socket at ``path``."""
    made = requests.Session()
    made.trust_env = False
    made.mount("http://", UnixAdapter(path))
    return made
