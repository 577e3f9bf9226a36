"""Where each browser's manifest goes, and what stands in it."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guetteur.transport import host_script

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from guetteur.config import Settings
    from guetteur.transport.browsers import Browser, Identities, Kind

PROFILE = "user-data-dir"


@dataclass(frozen=True, slots=True)
class Target:
    """Where one browser's manifest goes, and the registry key that must name it on Windows."""

    browser: str
    kind: Kind
    file: Path
    key: str | None = None

    @property
    def place(self) -> str:
        """What the browser looks at, and what a person is shown."""
        return self.key or str(self.file)


def targets(
    settings: Settings,
    browsers: Iterable[Browser],
    identities: Identities,
    user_data_dir: Path | None = None,
) -> list[Target]:
    """Where the manifests of some browsers go; browsers that share a folder give a target each."""
    name = f"{identities.host_name}.json"
    found = []
    for browser in browsers:
        if not browser.reachable:
            continue
        if browser.manifests is not None:
            found.append(Target(browser.id, browser.kind, browser.manifests / name))
        elif browser.registry is not None:
            # Both kinds share a folder here, so the file's name tells them apart.
            file = host_script.folder(settings) / f"{identities.host_name}.{browser.kind}.json"
            found.append(
                Target(browser.id, browser.kind, file.absolute(), f"{browser.registry}\\{identities.host_name}")
            )
    if user_data_dir is not None:
        folder = user_data_dir.expanduser().absolute() / "NativeMessagingHosts"
        found.append(Target(PROFILE, "chromium", folder / name))
    return found


def manifest(kind: Kind, identities: Identities, script: Path) -> dict[str, object]:
    """The manifest's content, ready for ``json.dumps``."""
    common: dict[str, object] = {
        "name": identities.host_name,
        "description": identities.description,
        "path": str(script),
        "type": "stdio",
    }
    if kind == "gecko":
        return common | {"allowed_extensions": list(identities.gecko_extension_ids)}
    return common | {"allowed_origins": [f"chrome-extension://{id_}/" for id_ in identities.chromium_extension_ids]}


def read_manifest(file: Path) -> dict[str, object] | None:
    """A manifest's content; None when there is no file, or none that holds a JSON object."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(file.read_bytes())
        if isinstance(found, dict):
            return found
    return None
