"""The few things asked of the Windows registry, behind a protocol so that their use is tested on any platform."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any, Protocol


class Registry(Protocol):
    """Default values of keys under HKEY_CURRENT_USER."""

    def read(self, key: str) -> str | None:
        """The key's default value; None when there is no such key or value."""

    def write(self, key: str, value: str) -> None:
        """Make the key where needed and set its default value. Raises OSError."""

    def remove(self, key: str) -> None:
        """Remove the key, which has no subkeys; a missing one is fine. Raises OSError."""


class WindowsRegistry:
    """The real one. ``winreg`` exists on Windows only, hence it is imported when this is made."""

    def __init__(self) -> None:
        self._winreg: Any = importlib.import_module("winreg")

    def read(self, key: str) -> str | None:
        """See Registry."""
        try:
            return str(self._winreg.QueryValue(self._winreg.HKEY_CURRENT_USER, key))
        except FileNotFoundError:
            return None

    def write(self, key: str, value: str) -> None:
        """See Registry."""
        self._winreg.SetValue(self._winreg.HKEY_CURRENT_USER, key, self._winreg.REG_SZ, value)

    def remove(self, key: str) -> None:
        """See Registry."""
        with contextlib.suppress(FileNotFoundError):
            self._winreg.DeleteKey(self._winreg.HKEY_CURRENT_USER, key)
