"""Requests byte by byte, as no library would send them."""

import re
import socket
from dataclasses import dataclass, field

from guetteur.transport.seal import SEALED_TYPE, Head, Seal

Address = tuple[str, int] | str


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: of the first answer that is more than "go on"; 0 when there is none.
        headers: its headers, names in lower case.
        body: its body.
        whole: every byte that came.
        closed: whether the other side hung up.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bytes
    closed: bool


@dataclass
class Asked:
    """A request of our own client, to be spoilt in one respect.

    Attributes:
        seal: with the right key; None on a unix socket, or without credentials.
        route: method of the route.
        path: what the seal is made for.
        right_host: what the seal is made for.
        method: what is written; as the others below, the right one unless said.
    """

    seal: Seal | None
    route: str
    path: str
    right_host: str
    host: str = ""
    target: str = ""
    method: str = ""
    version: str = "HTTP/1.1"
    more: list[bytes] = field(default_factory=list)
    plain: bytes = b"{}"
    kind: str = ""
    head: Head | None = None

    def __post_init__(self) -> None:
        """Seal it."""
        self.host = self.host or self.right_host
        self.target = self.target or self.path
        self.method = self.method or self.route
        self.authorization, self.body = "", self.plain
        if self.seal is not None:
            self.head, self.authorization = self.seal.begin(self.route, self.path, self.right_host)
            self.body = self.seal.close_body(self.head, self.plain)
        self.kind = self.kind or (SEALED_TYPE if self.seal is not None else "application/json")

    def first_line(self) -> bytes:
        """The request line."""
        return f"{self.method} {self.target} {self.version}\r\n".encode("latin-1")

    def headers(self) -> list[bytes]:
        """The header lines."""
        lines = [f"Host: {self.host}".encode("latin-1")]
        if self.authorization:
            lines.append(f"Authorization: {self.authorization}".encode())
        if self.route == "POST":
            lines += [f"Content-Type: {self.kind}".encode(), b"Content-Length: %d" % len(self.body)]
        return lines + self.more

    def bytes(self) -> bytes:
        """All of it."""
        body = self.body if self.route == "POST" else b""
        return self.first_line() + b"\r\n".join(self.headers()) + b"\r\n\r\n" + body


def connect(address: Address, timeout_s: float = 10.0) -> socket.socket:
    """A connection to a port or to a socket file."""
    if isinstance(address, tuple):
        return socket.create_connection(address, timeout_s)
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(timeout_s)
    sock.connect(address)
    return sock


def exchange(address: Address, sent: bytes, *, to_the_end: bool = True) -> Answer:
    """Send and read: until the other side hangs up, or only the first whole answer."""
    got, closed = b"", False
    with connect(address) as sock:
        try:
            sock.sendall(sent)
            while to_the_end or not _is_whole(got):
                part = sock.recv(65536)
                if not part:
                    closed = True
                    break
                got += part
        except ConnectionError:
            closed = True
        except TimeoutError:
            pass
    return parsed(got, closed=closed)


def parsed(got: bytes, *, closed: bool = False) -> Answer:
    """The first answer in some bytes."""
    rest = re.sub(rb"\AHTTP/1\.1 100 [^\r]*\r\n\r\n", b"", got)
    head, _, body = rest.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    found = re.match(r"HTTP/[0-9.]+ ([0-9]{3})", first)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", len(body)))
    return Answer(int(found[1]) if found else 0, headers, body[:length], got, closed)


def _is_whole(got: bytes) -> bool:
    answer = parsed(got)
    return answer.status != 0 and b"\r\n\r\n" in got and len(answer.body) == int(answer.headers["content-length"])
