"""Reads ``browsers.toml`` and says which browsers of this computer can be told about the relay."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from guetteur.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Kind = Literal["chromium", "gecko"]
Platform = Literal["linux", "macos", "windows"]

TABLE = Path(__file__).with_name("browsers.toml")
IDENTITIES = Path(__file__).with_name("identities.toml")


@dataclass(frozen=True, slots=True)
class Places:
    """The folders paths in the table start from, and the platform they are meant for.

    Attributes:
        data: ``$XDG_DATA_HOME`` where that is set; None for ``~/.local/share``.
    """

    platform: Platform
    home: Path
    config: Path
    data: Path | None = None

    @property
    def applications(self) -> Path:
        """Folder of the desktop's menu entries."""
        return (self.data or self.home / ".local/share") / "applications"

    def expand(self, text: str) -> Path:
        """Fill in ``{home}``, ``{config}``, ``{local}`` and ``{roaming}``."""
        appdata = self.home / "AppData"
        return Path(
            text.format(home=self.home, config=self.config, local=appdata / "Local", roaming=appdata / "Roaming")
        )


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser as it is on one platform.

    Attributes:
        id: name on the command line.
        name: as its maker writes it.
        kind: decides how a manifest names the extension.
        manifests: folder of its manifests; None on Windows.
        registry: key under HKEY_CURRENT_USER; None elsewhere.
        found_by: folders that exist once it has been used.
        executables: names or paths that exist when it is installed.
        reachable: False when its packaging keeps it from starting the relay.
        note_fr: what a person should know, possibly empty.
        note_en: the same in English.
    """

    id: str
    name: str
    kind: Kind
    manifests: Path | None
    registry: str | None
    found_by: tuple[Path, ...]
    executables: tuple[str, ...]
    reachable: bool
    note_fr: str
    note_en: str

    def is_found(self, which: Callable[[str], str | None] = shutil.which) -> bool:
        """Whether it seems to be on this computer."""
        # os.path: False, no exception, where we may not look or a name is too long.
        return any(os.path.exists(folder) for folder in self.found_by) or any(  # noqa: PTH110
            os.path.exists(name) if "/" in name else which(name) is not None  # noqa: PTH110
            for name in self.executables
        )


@dataclass(frozen=True, slots=True)
class Identities:
    """Who may talk to the relay (``identities.toml``)."""

    host_name: str
    description: str
    chromium_extension_ids: tuple[str, ...]
    gecko_extension_ids: tuple[str, ...]


def places(home: Path | None = None, platform: Platform | None = None) -> Places:
    """The person's folders; ``$XDG_CONFIG_HOME`` and ``$XDG_DATA_HOME`` count only when no other home is asked for."""
    config = _xdg("XDG_CONFIG_HOME") if home is None else None
    data = _xdg("XDG_DATA_HOME") if home is None else None
    base = home or Path.home()
    return Places(
        platform or this_platform(),
        base,
        config or base / ".config",
        data,
    )


def _xdg(name: str) -> Path | None:
    # "If an implementation encounters a relative path in any of these variables it should consider the path invalid
    # and ignore it": https://specifications.freedesktop.org/basedir-spec/latest/
    path = Path(os.environ.get(name, ""))
    return path if path.is_absolute() else None


def this_platform() -> Platform:
    """Which column of the table applies here; other Unix systems follow Linux's conventions."""
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")  # type: ignore[return-value]


def load_browsers(where: Places) -> list[Browser]:
    """Every browser of the table that exists on a platform.

    Raises:
        DataFileError: code ``browsers_table_broken``.
    """
    try:
        rows = _read(TABLE)["browser"]
        return [_browser(row, row[where.platform], where) for row in rows if where.platform in row]
    except (KeyError, TypeError) as error:
        raise DataFileError("browsers_table_broken", f"{TABLE.name}: {error!r}", "reinstall guetteur") from error


def load_identities() -> Identities:
    """Read the host's name and the ids of our extension.

    Raises:
        DataFileError: code ``browsers_table_broken``.
    """
    try:
        found = _read(IDENTITIES)
        return Identities(
            host_name=found["host_name"],
            description=found["description"],
            chromium_extension_ids=tuple(found["chromium_extension_ids"]),
            gecko_extension_ids=tuple(found["gecko_extension_ids"]),
        )
    except KeyError as error:
        raise DataFileError("browsers_table_broken", f"{IDENTITIES.name}: {error!r}", "reinstall guetteur") from error


def _browser(row: Mapping[str, Any], here: Mapping[str, Any], where: Places) -> Browser:
    manifests = here.get("manifests")
    return Browser(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        manifests=where.expand(manifests) if manifests else None,
        registry=here.get("registry"),
        found_by=tuple(where.expand(text) for text in here["found_by"]),
        executables=tuple(str(where.expand(text)) if "/" in text else text for text in here["executables"]),
        reachable=here.get("reachable", True),
        note_fr=here.get("note_fr", ""),
        note_en=here.get("note_en", ""),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataFileError("browsers_table_broken", f"{path.name}: {error}", "reinstall guetteur") from error
