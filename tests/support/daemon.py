"""The real daemon in a private home, and the native host manifests that lead a browser to it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.browser import until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guetteur.config import Settings
    from support.browser import Setup

ROOT = Path(__file__).parents[2]
IDENTITIES = tomllib.loads((ROOT / "daemon/guetteur/transport/identities.toml").read_text("utf-8"))
BROKEN = Path(__file__).parent / "broken"


class Daemon:
    """One daemon below its own ``GUETTEUR_HOME`` (a short path: a unix socket's may have 107 bytes)."""

    def __init__(
        self, more: dict[str, str] | None = None, command: Sequence[str] = ("-m", "guetteur", "serve")
    ) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="guet-", dir="/tmp"))
        self.home.chmod(0o700)
        self._more = more or {}
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """What the daemon, the relay and so the browser need in their environment."""
        paths = [str(BROKEN), str(ROOT / "daemon")]
        return {
            "GUETTEUR_HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
        } | self._more

    @property
    def settings(self) -> Settings:
        """The settings it derives from its home."""
        from guetteur.config import Settings

        return Settings(runtime_dir=self.home / "run", state_dir=self.home / "state")

    async def start(self) -> None:
        """Start ``python -m guetteur serve``, or another command of Python's, and wait until it answers."""
        (self.home / "broken").unlink(missing_ok=True)
        log = (self.home / "serve.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, *self._command],
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            await until(self._status_or_end, "the daemon's answer", 20)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    async def stop(self) -> None:
        """End it politely (SIGTERM) and keep relays from starting another."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as a crash would (SIGKILL) and keep relays from starting another."""
        await self._end(signal.SIGKILL)

    async def close(self) -> None:
        """End it and forget its folder."""
        await self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    async def status(self) -> dict[str, Any] | None:
        """Return ``/v1/status`` as the relay's own client sees it, or None when nothing answers."""
        return await asyncio.to_thread(self._status)

    async def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the daemon directly, without a browser."""
        answer = await asyncio.to_thread(self._request, path, body)
        return dict(answer)

    async def _status_or_end(self) -> dict[str, Any] | None:
        status = await self.status()
        if status is None and self._process and self._process.poll() is not None:
            raise AssertionError(f"the daemon ended: {(self.home / 'serve.log').read_text('utf-8')}")
        return status

    async def first(self, level: str, hosts: Sequence[str]) -> str:
        """Return the first of some hosts the daemon gives this level."""
        found = {}
        for host in hosts:
            found[host] = (await self.ask("/v1/check/url", {"url": f"http://{host}/", "lang": "fr"}))["level"]
            if found[host] == level:
                return host
        raise AssertionError(f"no {level} among {found}")

    async def _end(self, how: signal.Signals) -> None:
        (self.home / "broken").touch()
        status = await self.status()
        if status:
            os.kill(status["pid"], how)
        process, self._process = self._process, None
        if process:
            if process.poll() is None and not (status and status["pid"] == process.pid):
                process.send_signal(how)
            await asyncio.to_thread(process.wait, 10)

        async def gone() -> bool:
            return await self.status() is None

        await until(gone, "the daemon's end", 10)

    def _status(self) -> dict[str, Any] | None:
        from guetteur.errors import GuetteurError

        try:
            return dict(self._request("/v1/status", None))
        except (GuetteurError, OSError):
            return None

    def _request(self, path: str, body: dict[str, Any] | None) -> Any:
        from guetteur.transport.client import DaemonClient

        with DaemonClient(self.settings) as client:
            _, raw = client.request(path, body, 5)
        return json.loads(raw)


def install_relay(setup: Setup, daemon: Daemon, gecko: str = "firefox") -> None:
    """Register the real relay for one browser profile, as ``guetteur install`` does."""
    from guetteur.transport.manifests import install

    if setup.native_hosts.name == "NativeMessagingHosts":
        results = install(daemon.settings, user_data_dir=setup.profile, environ=daemon.env)
    else:
        results = install(daemon.settings, [gecko], home=setup.home, environ=daemon.env)
    wrong = [result for result in results if not result.ok]
    assert not wrong, wrong
    # The written launcher sets its own PYTHONPATH; ours also holds what keeps a stopped daemon down.
    launcher = Path(results[0].path)
    text = launcher.read_text("utf-8")
    launcher.write_text(text.replace("exec ", f"export PYTHONPATH='{daemon.env['PYTHONPATH']}'\nexec ", 1), "utf-8")


def install_stub(setup: Setup) -> None:
    """Register the stub host that answers every field with hostile text."""
    install_host(setup, [sys.executable, str(Path(__file__).parent / "stub_host.py")])


def install_host(setup: Setup, command: list[str]) -> None:
    """Write a launcher and the manifest that names it, in the form the browser of this profile reads."""
    setup.native_hosts.mkdir(parents=True, exist_ok=True)
    launcher = setup.root / "native-host"
    launcher.write_text("#!/bin/sh\nexec " + " ".join(f"'{part}'" for part in command) + ' "$@"\n')
    launcher.chmod(0o755)
    name = IDENTITIES["host_name"]
    manifest: dict[str, Any] = {"name": name, "description": "tests", "path": str(launcher), "type": "stdio"}
    if setup.native_hosts.name == "NativeMessagingHosts":
        manifest["allowed_origins"] = [f"chrome-extension://{one}/" for one in IDENTITIES["chromium_extension_ids"]]
    else:
        manifest["allowed_extensions"] = IDENTITIES["gecko_extension_ids"]
    (setup.native_hosts / f"{name}.json").write_text(json.dumps(manifest), "utf-8")
