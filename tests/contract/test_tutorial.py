"""The tutorial's commands, run one after the other as a reader types them; only `make run` is left to the reader."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/tutorial.md").read_text("utf-8")
BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: What the reader types where a command asks.
ANSWERS = {"--set intake_url": "http://127.0.0.1:8098/", "--channel intake": "y"}
PORTS = ("8098", "8099")

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


class Reader:
    """Two terminals in a copy of the sources: one keeps its variables, the other runs one server at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {port: free_port() for port in PORTS}
        self._script = "set -o monitor\n"  # `kill %1` wants jobs
        self._server: subprocess.Popen[bytes] | None = None
        self._environ = {**os.environ, "LANG": "en_GB.UTF-8"}

    def _here(self, text: str) -> str:
        for written, free in self.ports.items():
            text = text.replace(written, free)
        return text

    def serve(self, line: str) -> None:
        """Run a server in the second terminal, in place of the one before."""
        self.end()
        line = self._here(line.strip())
        if "tests/demo/" in line:  # its port is its own default
            line += f" {self.ports['8098']}"
        self._server = subprocess.Popen(
            ["bash", "-c", f"exec {line}"], cwd=self.folder, env=self._environ, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        (port,) = (port for port in self.ports.values() if port in line)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError(line)

    def type(self, block: str) -> str:
        """Type a block into the first terminal; everything it says."""
        for asks, answer in ANSWERS.items():
            block = re.sub(rf"^(.*{asks}.*)$", rf"\1 <<< {answer}", block, flags=re.MULTILINE)
        exports = "".join(f"{line}\n" for line in block.splitlines() if line.startswith("export "))
        done = subprocess.run(
            ["bash", "-c", self._script + self._here(block)], cwd=self.folder, env=self._environ,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
        )  # fmt: skip
        self._script += self._here(exports)
        return done.stdout

    def end(self) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.wait(10)


@pytest.fixture
def reader() -> Iterator[Reader]:
    # A short path: a unix socket's may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="guet-tut-", dir="/tmp"))
    for name in (".venv", "daemon", "tests", "docs"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "blocklists", folder / "blocklists", ignore=shutil.ignore_patterns(".work", "repository"))
    one = Reader(folder)
    yield one
    one.end()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_tutorial_does_what_it_says(reader: Reader) -> None:
    said = ""
    for language, block in BLOCK.findall(TEXT):
        if block.startswith("make run"):
            continue
        if "http.server" in block or block.startswith(".venv/bin/python tests/demo/"):
            reader.serve(block)
        elif language == "console":
            said += reader.type("\n".join(line[2:] for line in block.splitlines() if line.startswith("$ ")))
        else:
            said += reader.type(block)
    for words in (
        "This page imitates French tax office",
        "fake tax refund",
        "Unaltered",
        "changed: mail/original.eml",
        ": accepted",
        "never_block (official) 1",
        "www.impots.gouv.fr: not listed",
        "are in place",
        "1 reported sites",
    ):
        assert words in said, said
    assert not (reader.folder / "build/essai").exists()
